//! What lies beside an SQLite database: whose it is, who can use it, and the command that mends it.

use std::fmt::{self, Display, Formatter};
use std::fs::{DirEntry, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::{self, AccessFlags, Gid, Uid};

pub use crate::holder::{Process, holder};
pub use crate::place::beside;
use crate::place::{BEFORE, folder_of, from_the_root, resolved};

/// Less than SQLite needs for a transaction.
const FULL: u64 = 64 * 1024;

/// Where systemd keeps the folders of its dynamic users: closed to them from outside, open within their units.
const OF_SYSTEMD: &str = "/var/lib/private";

/// A user of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    uid: u32,
    /// The first one is what its files get.
    groups: Vec<u32>,
}

impl User {
    /// One with this group alone, as services have it.
    pub fn new(uid: u32, gid: u32) -> Self {
        let groups = vec![gid];
        Self { uid, groups }
    }

    /// Who this process is.
    pub fn current() -> Self {
        let others = unistd::getgroups().unwrap_or_default();
        let groups = std::iter::once(unistd::getegid()).chain(others);
        Self {
            uid: unistd::geteuid().as_raw(),
            groups: groups.map(Gid::as_raw).collect(),
        }
    }

    /// Who has a file or a folder.
    ///
    /// # Errors
    /// Where there is none, or it cannot be looked at.
    pub fn owner_of(path: &Path) -> io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        Ok(Self::new(metadata.uid(), metadata.gid()))
    }

    /// Whether it may do everything.
    pub fn is_root(&self) -> bool {
        self.uid == 0
    }

    fn is_current(&self) -> bool {
        *self == Self::current()
    }

    /// As `chown` takes it: numbers, for a service's user may have no name.
    fn numbers(&self) -> String {
        let gid = self.groups.first().unwrap_or(&self.uid);
        format!("{}:{gid}", self.uid)
    }

    /// What the kernel would say; of others than this process only by owner and mode.
    fn may(&self, path: &Path, flags: AccessFlags) -> bool {
        if self.is_current() {
            return unistd::eaccess(path, flags).is_ok();
        }
        let Ok(metadata) = std::fs::metadata(path) else {
            return false;
        };
        let mode = metadata.mode();
        let mode = if metadata.uid() == self.uid {
            mode >> 6
        } else if self.groups.contains(&metadata.gid()) {
            mode >> 3
        } else {
            mode
        };
        self.is_root() || mode.cast_signed() & flags.bits() == flags.bits()
    }
}

/// Its name, where it has one, and its number.
impl Display for User {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match unistd::User::from_uid(Uid::from_raw(self.uid)) {
            Ok(Some(it)) if self.is_root() => formatter.write_str(&it.name),
            Ok(Some(it)) => write!(formatter, "{} (uid {})", it.name, self.uid),
            _ => write!(formatter, "uid {}", self.uid),
        }
    }
}

/// What keeps somebody from using a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// Which files or folders, whose they are, and who cannot use them.
    pub what: String,
    /// The command that mends it, or whatever else does.
    pub remedy: String,
}

impl Display for Obstacle {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.what, self.remedy)
    }
}

/// Everything that keeps `user` from using the database at this path, or from making it where there is none yet: the folders
/// on the way, their own one, the files in it. Nothing where all is well.
///
/// What the kernel says to this process is asked; what others may is read off owners and modes.
pub fn obstacles(database: &Path, user: &User) -> Vec<Obstacle> {
    let database = &resolved(database);
    let folder = folder_of(database);
    let mut is_there = Path::new("/");
    for step in from_the_root(folder) {
        match step.symlink_metadata() {
            Ok(_) => is_there = step,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return vec![blocked_at(is_there, user)];
            }
            Err(_) => break,
        }
        let is_open = step == Path::new(OF_SYSTEMD) && !user.is_current();
        if step != folder && !is_open && !user.may(step, AccessFlags::X_OK) {
            return vec![blocked_at(step, user)];
        }
    }
    if !is_there.is_dir() {
        return vec![Obstacle {
            what: format!("{} is no folder", is_there.display()),
            remedy: "name another place in database_url".to_owned(),
        }];
    }
    if statvfs(is_there).is_ok_and(|it| it.flags().contains(FsFlags::ST_RDONLY)) {
        let shown = is_there.display();
        return vec![Obstacle {
            what: format!("{shown} cannot be written, for its file system is read-only here"),
            remedy: "mount it for writing, or name another place in database_url; a unit with ProtectSystem= may write \
                     below its StateDirectory= alone"
                .to_owned(),
        }];
    }
    if !user.may(is_there, AccessFlags::W_OK | AccessFlags::X_OK) {
        return vec![folder_obstacle(database, is_there, user)];
    }
    let mut found = links(database);
    let mut by_owner: Vec<(User, Vec<(PathBuf, Metadata)>)> = Vec::new();
    for path in beside(database) {
        let Ok(metadata) = path.symlink_metadata() else {
            continue;
        };
        if !is_link(&path, &metadata) && !user.may(&path, AccessFlags::R_OK | AccessFlags::W_OK) {
            let owner = User::new(metadata.uid(), metadata.gid());
            match by_owner.iter_mut().find(|(it, _)| it.uid == owner.uid) {
                Some((_, files)) => files.push((path, metadata)),
                None => by_owner.push((owner, vec![(path, metadata)])),
            }
        }
    }
    found.extend(
        by_owner
            .iter()
            .map(|(owner, files)| file_obstacle(database, owner, files, user)),
    );
    found
}

/// What is in the place of the database's files and would lead elsewhere whoever opens them, root too.
pub(crate) fn links(database: &Path) -> Vec<Obstacle> {
    let database = resolved(database);
    let is_link = |path: &PathBuf| path.symlink_metadata().is_ok_and(|it| is_link(path, &it));
    let links = beside(&database).into_iter().filter(is_link);
    let obstacle = |path: PathBuf| Obstacle {
        what: format!(
            "{} is no file but a link, a folder or a device",
            path.display()
        ),
        remedy: "move it away; where the link is yours, name in database_url what it leads to"
            .to_owned(),
    };
    links.map(obstacle).collect()
}

/// Or anything else but a file, or a second name for a file of somebody who has not the folder.
fn is_link(path: &Path, metadata: &Metadata) -> bool {
    let owner = folder_of(path).metadata().map_or(0, |it| it.uid());
    let is_foreign = metadata.nlink() > 1 && owner != 0 && metadata.uid() != owner;
    !metadata.is_file() || is_foreign
}

/// Where the file system of a database has no room left.
pub(crate) fn full(database: &Path) -> Option<Obstacle> {
    let database = &resolved(database);
    let folder = folder_of(database);
    let left = statvfs(folder).ok()?;
    if left.blocks_available().saturating_mul(left.fragment_size()) >= FULL {
        return None;
    }
    Some(Obstacle {
        what: format!("the file system of {} is full", folder.display()),
        remedy: format!("make room; how much there is: df -h {}", quoted(folder)),
    })
}

fn blocked_at(closed: &Path, user: &User) -> Obstacle {
    Obstacle {
        what: format!("{}, and {user} may not pass", described(closed)),
        remedy: "run this as root; where it is the service, name a folder in database_url that it can reach"
            .to_owned(),
    }
}

fn folder_obstacle(database: &Path, is_there: &Path, user: &User) -> Obstacle {
    let folder = folder_of(database);
    let shown = quoted(folder);
    if folder != is_there {
        let what = format!(
            "there is no folder {}, and {user} may not make it: {}",
            folder.display(),
            described(is_there)
        );
        let remedy = making(folder, user);
        return Obstacle { what, remedy };
    }
    let what = format!("{}, and {user} may make no files in it", described(folder));
    let owner = User::owner_of(folder).ok();
    let remedy = match owner {
        Some(owner) if owner.uid == user.uid => format!("chmod u+rwx {shown}"),
        owner => format!(
            "run this as {}; where {user} is the service, {}",
            by_whom(owner.as_ref()),
            giving(database, user),
        ),
    };
    Obstacle { what, remedy }
}

fn file_obstacle(
    database: &Path,
    owner: &User,
    files: &[(PathBuf, Metadata)],
    user: &User,
) -> Obstacle {
    let described: Vec<String> = files.iter().map(|(path, _)| described(path)).collect();
    let paths: Vec<String> = files.iter().map(|(path, _)| quoted(path)).collect();
    let folder = folder_of(database);
    let (paths, folder_owner) = (paths.join(" "), User::owner_of(folder).ok());
    let is_own = |it: &User| it.uid == user.uid;
    let remedy = if is_own(owner) {
        format!("chmod u+rw {paths}")
    } else if folder_owner.as_ref().is_some_and(is_own) {
        format!("chown --reference={} {paths}", quoted(folder))
    } else {
        format!(
            "run this as {}; where {user} is the service, {}",
            by_whom(Some(owner)),
            giving(database, user),
        )
    };
    let what = format!("{}, and {user} may not write there", described.join(", "));
    Obstacle { what, remedy }
}

/// The command that makes a folder of its own for somebody.
fn making(folder: &Path, user: &User) -> String {
    let (uid, gid) = (user.uid, user.groups.first().unwrap_or(&user.uid));
    format!("install -d -m 700 -o {uid} -g {gid} {}", quoted(folder))
}

/// How somebody gets the folder of a database: never where others have something in it.
fn giving(database: &Path, user: &User) -> String {
    let folder = folder_of(database);
    let Ok(mut entries) = folder.read_dir() else {
        return "`wechat-login-proxy check`, run as root, has the command".to_owned();
    };
    let name = database.file_name().unwrap_or_default().as_bytes();
    let is_ours = |entry: io::Result<DirEntry>| {
        entry.is_ok_and(|entry| {
            let entry = entry.file_name();
            entry.as_bytes().starts_with(name) || entry.as_bytes().starts_with(BEFORE.as_bytes())
        })
    };
    if entries.all(is_ours) {
        let (numbers, folder) = (user.numbers(), quoted(folder));
        return format!("give it all of the folder: chown -R {numbers} {folder}");
    }
    let own = making(&folder.join("wechat-login"), user);
    format!(
        "make a folder for the database alone, move it there, and name it in database_url: {own}"
    )
}

fn by_whom(owner: Option<&User>) -> String {
    match owner {
        Some(owner) if !owner.is_root() => format!("root or {owner}"),
        _ => "root".to_owned(),
    }
}

fn described(path: &Path) -> String {
    let shown = path.display();
    match std::fs::metadata(path) {
        Ok(it) => {
            let owner = User::new(it.uid(), it.gid());
            format!(
                "{shown} belongs to {owner} (mode {:04o})",
                it.mode() & 0o7777
            )
        }
        Err(error) => format!("{shown} cannot be looked at ({error})"),
    }
}

/// As a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+:@%,".contains(letter);
    if text.chars().all(is_plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
