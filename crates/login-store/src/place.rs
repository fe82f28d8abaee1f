//! Where an SQLite database and what belongs to it lie, and how files are made there: private, and never root's where
//! somebody else is to use them.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::unistd;

/// The database, and what SQLite and this program keep beside it, there or not.
pub fn beside(database: &Path) -> [PathBuf; 5] {
    ["", "-wal", "-shm", "-journal", "-lock"].map(|end| with_end(database, end))
}

/// The file that whoever opens the database holds meanwhile.
pub(crate) fn lock_of(database: &Path) -> PathBuf {
    with_end(database, "-lock")
}

/// The folder that is there while a restore puts one database in the place of another.
pub(crate) fn restore_of(database: &Path) -> PathBuf {
    with_end(database, "-restore")
}

/// The folder in which a restore makes the new database, before that.
pub(crate) fn staged_of(database: &Path) -> PathBuf {
    with_end(&restore_of(database), ".part")
}

/// How the names of the folders begin in which restores keep what was there before.
pub(crate) const BEFORE: &str = "before-restore-";

pub(crate) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(end);
    path.into()
}

pub(crate) fn folder_of(resolved: &Path) -> &Path {
    resolved.parent().unwrap_or(resolved)
}

/// All folders on the way to one, itself the last.
pub(crate) fn from_the_root(folder: &Path) -> Vec<&Path> {
    let mut all: Vec<&Path> = folder.ancestors().collect();
    all.reverse();
    all
}

/// Where links on the way lead, as far as they are no secret. A link in the place of the file itself stays one, or whoever
/// plants it could have root write anywhere.
pub(crate) fn resolved(database: &Path) -> PathBuf {
    let absolute = std::path::absolute(database).unwrap_or_else(|_| database.to_owned());
    let (Some(folder), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return absolute;
    };
    let mut links = 40_u8;
    let mut rest: Vec<PathBuf> = folder.iter().rev().map(PathBuf::from).collect();
    let mut at = PathBuf::new();
    while let Some(next) = rest.pop() {
        if next == Path::new("..") {
            at.pop();
            continue;
        }
        at.push(next);
        if let (Ok(target), Some(left)) = (at.read_link(), links.checked_sub(1)) {
            links = left;
            at.pop();
            rest.extend(target.iter().rev().map(PathBuf::from));
        }
    }
    at.join(name)
}

/// Opens a file beside the database, or the database itself; makes it where there is none, for its owner alone, whatever
/// the umask (SQLite gives its own files the same permissions). Follows no link, and leaves its content as it is.
///
/// What root makes belongs to whoever has the place.
pub(crate) fn open_private(path: &Path, database: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options.custom_flags(OFlag::O_NOFOLLOW.bits());
    match options.clone().create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => options.open(path),
        made => {
            let file = made?;
            give(&file, database)?;
            Ok(file)
        }
    }
}

/// Makes the folder of a database, and those on the way: for their owner alone, who is the one of the folder around where
/// root makes them.
pub(crate) fn make_folder(database: &Path) -> io::Result<()> {
    for folder in from_the_root(folder_of(database)) {
        if folder.as_os_str().is_empty() || folder.exists() {
            continue;
        }
        match DirBuilder::new().mode(0o700).create(folder) {
            // By another process, that starts at the same time.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => {
                made?;
                give(&open_folder(folder)?, folder)?;
            }
        }
    }
    Ok(())
}

/// Gives what root has made to the owner of the file at `place`, or else to the folder's. What others make is their own
/// already, and a service may be forbidden even to ask.
pub(crate) fn give(made: &File, place: &Path) -> io::Result<()> {
    if !unistd::geteuid().is_root() {
        return Ok(());
    }
    let own = place.symlink_metadata().ok().filter(|it| it.uid() != 0);
    let owner = own.map_or_else(|| folder_of(place).metadata(), Ok)?;
    std::os::unix::fs::fchown(made, Some(owner.uid()), Some(owner.gid()))
}

/// Not where a link leads.
pub(crate) fn open_folder(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    options.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_DIRECTORY).bits());
    options.open(folder)
}

/// Whether both are of the same file or folder.
pub(crate) fn is_same(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Makes what has happened to the name of a file outlast a power cut.
pub(crate) fn sync_folder(of: &Path) -> io::Result<()> {
    File::open(folder_of(of))?.sync_all()
}
