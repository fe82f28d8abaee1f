//! Who on this machine may read the secrets and the database.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::report::{Finding, Level, Subject};
use crate::config::{Config, SecretPlace};
use login_store::DatabaseUrl;

const CHECK: Subject = Subject("permissions");
/// Where systemd puts its copies, some of whose versions let a list of users (ACL) look like a group's right.
const SYSTEMD: &str = "/run/credentials";

/// One finding for each file: those secrets were read from, and the database.
pub(super) fn findings(config: &Config, config_file: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = Vec::new();
    for place in &config.secret_places {
        // The path of an SQLite file is nobody's secret.
        let is_secret =
            place.key != "database_url" || matches!(config.database, DatabaseUrl::Postgres(_));
        let path = place.file.as_deref().unwrap_or(config_file);
        if is_secret && !seen.contains(&path) {
            seen.push(path);
            let home = config_file.with_file_name("credentials");
            // Docker, Compose and Kubernetes make theirs readable for whoever the container runs as.
            let is_elsewhere = place.credential.is_some() && !path.starts_with(home);
            findings.push(secret_file(path, place, config.simulator || is_elsewhere));
        }
    }
    findings.extend(changed_by_all(config_file, config.simulator));
    if let DatabaseUrl::SqliteFile(path) = &config.database
        && path.exists()
    {
        findings.push(database_file(path));
    }
    findings
}

/// A configuration that everybody can change, in its own place or by another one in its place.
fn changed_by_all(config_file: &Path, is_mild: bool) -> Option<Finding> {
    let path = std::path::absolute(config_file).ok()?;
    let is_open = |path: &&Path| {
        let mode = path.metadata().map_or(0, |it| it.permissions().mode());
        // Where the sticky bit is, as in /tmp, each may only replace what is his.
        let is_sticky = path.is_dir() && mode & 0o1000 != 0;
        mode & 0o002 != 0 && !is_sticky
    };
    let open = path.ancestors().find(is_open)?.display();
    let level = if is_mild {
        Level::Warning
    } else {
        Level::Error
    };
    Some(CHECK.bad(
        level,
        format!("Every user of this machine may change the configuration: {open} is writable for all."),
        "whoever does so has WeChat's place taken by a program of his own (wechat.relay), which is told the AppSecret.",
        format!("chmod o-w {open}."),
    ))
}

fn secret_file(path: &Path, place: &SecretPlace, is_mild: bool) -> Finding {
    let shown = path.display();
    if path.starts_with(SYSTEMD) {
        return CHECK.ok(format!(
            "{shown} is systemd's own copy, for the service alone."
        ));
    }
    let Some(mode) = mode_of(path) else {
        return unknown(path);
    };
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let reached = mode & mode_of(folder).map_or(0o777, passed_by);
    let key = &place.key;
    let fix = match &place.credential {
        Some(_) => format!("chmod 700 {} and chmod 600 {shown}.", folder.display()),
        None => format!(
            "chmod 600 {shown}, or 640 with a group that only the service is in; or give the secret as a credential of \
             systemd."
        ),
    };
    let what =
        |who| format!("{who} may read or write {shown}, which holds {key} (mode {mode:03o}).");
    if reached & 0o007 != 0 {
        let level = if is_mild {
            Level::Warning
        } else {
            Level::Error
        };
        let why = "every program on this machine can act as the official account or as its users.";
        return CHECK.bad(level, what("Every user of this machine"), why, fix);
    }
    if reached & 0o070 != 0 {
        let why = "everybody in that group can act as the official account or as its users.";
        return CHECK.warning(what("The file's group"), why, fix);
    }
    if mode & 0o077 != 0 {
        return CHECK.warning(
            format!(
                "Its folder alone keeps others from {shown}, which holds {key} (mode {mode:03o})."
            ),
            "a copy of it elsewhere, or of the folder, is everybody's.",
            fix,
        );
    }
    CHECK.ok(format!("Only its owner may read {shown}."))
}

/// Which bits of files count in a folder of this mode.
fn passed_by(folder: u32) -> u32 {
    let bits = [(0o100, 0o700), (0o010, 0o070), (0o001, 0o007)];
    let bits = bits.into_iter().filter(|(pass, _)| folder & pass != 0);
    bits.fold(0, |all, (_, bits)| all | bits)
}

fn database_file(path: &Path) -> Finding {
    let shown = path.display();
    let Some(mode) = mode_of(path) else {
        return unknown(path);
    };
    let fix = format!("chmod 600 {shown}, and start the service with UMask=0077.");
    if mode & 0o002 != 0 {
        let what =
            format!("Every user of this machine may write the database {shown} (mode {mode:03o}).");
        let why = "anybody can give records to other users.";
        return CHECK.error(what, why, fix);
    }
    if mode & 0o077 != 0 {
        let what =
            format!("Others than its owner may read the database {shown} (mode {mode:03o}).");
        let why = "it holds users' ids, names and records.";
        return CHECK.warning(what, why, fix);
    }
    CHECK.ok(format!("Only its owner may read the database {shown}."))
}

fn unknown(path: &Path) -> Finding {
    CHECK.skipped(
        format!("The permissions of {} cannot be read.", path.display()),
        "see that only the service may read it.",
    )
}

fn mode_of(path: &Path) -> Option<u32> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(metadata.permissions().mode() & 0o777)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_with(mode: u32, look: impl Fn(&Path) -> Finding) -> Level {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        look(file.path()).level
    }

    #[test]
    fn a_secret_belongs_to_its_owner() {
        let place = SecretPlace {
            key: "k".to_owned(),
            file: None,
            credential: None,
        };
        let level = |mode| level_with(mode, |path| secret_file(path, &place, false));
        assert_eq!(level(0o600), Level::Ok);
        assert_eq!(level(0o400), Level::Ok);
        assert_eq!(level(0o640), Level::Warning);
        assert_eq!(level(0o604), Level::Error);
        assert_eq!(level(0o644), Level::Error);
        let simulated = level_with(0o644, |path| secret_file(path, &place, true));
        assert_eq!(simulated, Level::Warning);
    }

    #[test]
    fn a_configuration_is_not_for_all_to_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("proxy.toml");
        std::fs::write(&file, "").unwrap();
        for (of_file, of_folder, is_said) in [
            (0o644, 0o755, false),
            (0o644, 0o1777, false),
            (0o664, 0o775, false),
            (0o666, 0o755, true),
            (0o644, 0o777, true),
        ] {
            for (path, mode) in [(&file, of_file), (&folder.path().to_owned(), of_folder)] {
                let mode = std::fs::Permissions::from_mode(mode);
                std::fs::set_permissions(path, mode).unwrap();
            }
            let found = changed_by_all(&file, false);
            assert_eq!(found.is_some(), is_said, "{of_file:o} {of_folder:o}");
        }
    }

    #[test]
    fn a_folder_keeps_others_out() {
        for (folder, passed) in [
            (0o700, 0o700),
            (0o755, 0o777),
            (0o750, 0o770),
            (0o711, 0o777),
        ] {
            assert_eq!(passed_by(folder), passed, "{folder:o}");
        }
    }

    #[test]
    fn a_database_nobody_else_writes() {
        let level = |mode| level_with(mode, database_file);
        assert_eq!(level(0o600), Level::Ok);
        assert_eq!(level(0o644), Level::Warning);
        assert_eq!(level(0o666), Level::Error);
    }
}
