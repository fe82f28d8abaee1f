//! A file that this user may not read: who that is, what is in the way, and the command that mends it.

use std::io::{Error, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::unistd::{User, geteuid};

/// Why the configuration cannot be read, and what to do.
pub(super) fn configuration(path: &Path, error: &Error) -> String {
    if error.kind() != ErrorKind::PermissionDenied {
        return format!("cannot be read ({error}); name the configuration with --config");
    }
    let user = name(geteuid().as_raw());
    let obstacle = path.ancestors().find(|it| it.metadata().is_ok());
    let (Some(obstacle), shown) = (obstacle, path.display()) else {
        return format!("cannot be read by {user} ({error})");
    };
    let whose = whose(obstacle);
    if obstacle == path {
        return format!(
            "cannot be read by {user}: it {whose}; chmod 644 {shown}, or where a secret stands in it chown {user} {shown}"
        );
    }
    let obstacle = obstacle.display();
    format!("cannot be read by {user}: {obstacle} {whose}; chmod a+x {obstacle}")
}

/// What is in the way to the app's folder or to something in it, and what to do.
pub(crate) fn app(folder: &Path, path: &Path) -> String {
    let user = name(geteuid().as_raw());
    let (folder, path) = (folder.display(), path.display());
    format!(
        "{user} may not read {path} (permission denied); chmod -R a+rX {folder}, and every folder above it a+x"
    )
}

fn whose(path: &Path) -> String {
    path.metadata().map_or_else(
        |error| format!("cannot be looked at ({error})"),
        |it| {
            format!(
                "belongs to {}, mode {:04o}",
                name(it.uid()),
                it.mode() & 0o7777
            )
        },
    )
}

/// As `chown` takes it: a service's user may have no name.
fn name(uid: u32) -> String {
    let user = User::from_uid(uid.into()).ok().flatten();
    user.map_or_else(|| uid.to_string(), |user| user.name)
}
