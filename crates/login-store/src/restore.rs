//! A backup put in the place of a database.
//!
//! The files beside a database belong to it: SQLite would play an old `-wal` into the backup. So all of them go aside
//! together, into a folder, and nothing is lost. While they do there is a folder with `-restore` at its end, which keeps
//! everybody from opening whatever is there; stopped at any moment, it is what was there before, what comes after it, or
//! a database that is refused until the restore runs again.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::unistd;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{Connection as _, SqliteConnection};

use crate::Error;
use crate::backup::{Contents, CopyError, look_through};
use crate::holder::holder;
use crate::place::{self, BEFORE, beside, folder_of, resolved, restore_of, sync_folder, with_end};
use crate::sqlite::lock_beside;

/// What a restore has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the database holds now.
    pub contents: Contents,
    /// When the backup was written, by its file.
    pub written: Option<String>,
    /// The folder where everything is that was there before, if anything was.
    pub before: Option<PathBuf>,
}

/// The new database, as long as it is not in its place.
const NEW: &str = "new";

/// Puts the backup `file` in the place of the database, which nobody may have open. The backup stays as it is; what a `-wal`
/// beside it holds counts. The new one belongs to the owner of the old one, or else of the folder.
///
/// # Errors
/// [`CopyError`] if somebody uses the database, or `file` is no whole database of this program's. Everything is as it was
/// then, also where it is given up before its end, or was interrupted before and stays so.
pub async fn restore(database: &Path, file: &Path) -> Result<Restored, CopyError> {
    let database = &resolved(database);
    let file = &file.canonicalize().map_err(CopyError::at(file))?;
    if beside(database).contains(file) {
        let shown = file.display();
        return Err(CopyError::Refused(format!(
            "{shown} belongs to the database itself"
        )));
    }
    let metadata = file.metadata().map_err(CopyError::at(file))?;
    if !metadata.is_file() {
        let shown = file.display();
        return Err(CopyError::Refused(format!(
            "{shown} is no file: name the one that `wechat-login-proxy backup` has made"
        )));
    }
    let put = put(database, file, metadata.mtime()).await;
    put.map_err(|error| error.explained(database))
}

async fn put(database: &Path, file: &Path, written: i64) -> Result<Restored, CopyError> {
    place::make_folder(database).map_err(CopyError::at(folder_of(database)))?;
    // Whoever wants to open it waits until all is done.
    let lock = lock_beside(database).await;
    let _lock = lock.map_err(CopyError::at(&place::lock_of(database)))?;
    Error::refuse_links(database)?;
    refuse_user(database)?;
    // Where there are no locks, as on a server's disk, nobody has it open.
    if let Ok(Some(process)) = holder(file) {
        return Err(CopyError::Refused(format!(
            "{} is in use by {process}, and so no backup: make one of it by `wechat-login-proxy backup`",
            file.display()
        )));
    }
    let written = time("%Y-%m-%d %H:%M:%S UTC", &written.to_string()).await?;
    let aside = restore_of(database);
    if aside.symlink_metadata().is_ok() && aside.join(NEW).symlink_metadata().is_err() {
        // Interrupted when nothing but the name of the folder was left to do.
        let before = before(database, &now().await?);
        rename(&aside, &before).map_err(CopyError::at(&aside))?;
    }
    let before = before(database, &now().await?);
    let placed = async {
        let staged = Staged::make(place::staged_of(database))?;
        let contents = stage(database, file, &staged).await?;
        // It may have taken long.
        refuse_user(database)?;
        Steps::plan(database, &staged, &before)?.run()?;
        Ok(contents)
    };
    let placed: Result<Contents, CopyError> = placed.await;
    let contents = placed?;
    // Empty where nothing was there.
    let before = std::fs::remove_dir(&before).is_err().then_some(before);
    Ok(Restored {
        contents,
        written,
        before,
    })
}

fn refuse_user(database: &Path) -> Result<(), CopyError> {
    match holder(database).map_err(CopyError::at(database))? {
        None => Ok(()),
        user => Err(Error::InUse(user).into()),
    }
}

/// For the name of a folder.
async fn now() -> Result<String, CopyError> {
    let now = time("%Y-%m-%dT%H%M%SZ", "now").await?;
    Ok(now.unwrap_or_default())
}

/// A time as SQLite writes it; nothing for one of no calendar.
async fn time(format: &str, at: &str) -> Result<Option<String>, CopyError> {
    let time = async {
        let mut memory = SqliteConnection::connect("sqlite::memory:").await?;
        let time = sqlx::query_scalar("SELECT strftime(?, ?, 'auto')");
        time.bind(format).bind(at).fetch_one(&mut memory).await
    };
    Ok(time.await.map_err(Error::from)?)
}

/// The folder of the new database until that is ready, root's alone where root makes it. Removed where it does not get
/// that far.
///
/// Who has the folder around can put another in the place of its name meanwhile, so that it is reached by its handle.
struct Staged {
    path: PathBuf,
    handle: File,
}

impl Staged {
    fn make(path: PathBuf) -> Result<Self, CopyError> {
        let make = || {
            if path.symlink_metadata().is_ok() {
                std::fs::remove_dir_all(&path)?;
            }
            DirBuilder::new().mode(0o700).create(&path)?;
            let handle = place::open_folder(&path)?;
            match handle.metadata()?.uid() == unistd::geteuid().as_raw() {
                true => Ok(handle),
                false => Err(exchanged()),
            }
        };
        let handle = make().map_err(CopyError::at(&path))?;
        Ok(Self { path, handle })
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.path.symlink_metadata().is_ok() {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

fn exchanged() -> io::Error {
    io::Error::other("somebody has put another one in its place")
}

/// Where a folder is, whatever has its name.
fn by_handle(handle: &File, folder: &Path) -> PathBuf {
    match unistd::geteuid().is_root() {
        true => format!("/proc/self/fd/{}", handle.as_raw_fd()).into(),
        false => folder.to_owned(),
    }
}

/// Copies the backup into a folder beside the database, plays what is beside the backup into it, and looks through it.
async fn stage(database: &Path, file: &Path, staged: &Staged) -> Result<Contents, CopyError> {
    let place = by_handle(&staged.handle, &staged.path);
    let whole = copy(file, &place.join(NEW)).await?;
    let mut is_alone = true;
    for end in ["-wal", "-journal"] {
        let beside = with_end(file, end);
        if beside.exists() {
            is_alone = false;
            copy(&beside, &with_end(&place.join(NEW), end)).await?;
        }
    }
    // SQLite goes by names alone. Where there is nothing to play it does not write, nor look at what is beside.
    let new = &staged.path.join(NEW);
    let options = SqliteConnectOptions::new().filename(new);
    let options = match is_alone {
        true => options.immutable(true).read_only(true),
        // Written into the one file that stays.
        false => options.journal_mode(SqliteJournalMode::Delete),
    };
    refuse_another(&whole, new)?;
    let contents = look_through(options, new, file).await?;
    refuse_another(&whole, new)?;
    let give = || {
        place::give(&whole, database)?;
        place::give(&staged.handle, database)?;
        whole.sync_all()?;
        staged.handle.sync_all()
    };
    give().map_err(CopyError::at(new))?;
    Ok(contents)
}

/// Refuses what has come in the place of a file of ours.
fn refuse_another(file: &File, path: &Path) -> Result<(), CopyError> {
    let is_ours = || {
        let (own, there) = (file.metadata()?, path.symlink_metadata()?);
        let is_ours = place::is_same(&own, &there);
        is_ours.then_some(()).ok_or_else(exchanged)
    };
    is_ours().map_err(CopyError::at(path))
}

/// What is copied before anything else has its turn, such as a signal.
const AT_ONCE: u64 = 1 << 20;

async fn copy(from: &Path, to: &Path) -> Result<File, CopyError> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    let mut source = options.open(from).map_err(CopyError::at(from))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut copy = options.open(to).map_err(CopyError::at(to))?;
    let mut next = || io::copy(&mut io::Read::take(&mut source, AT_ONCE), &mut copy);
    while next().map_err(CopyError::at(to))? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(copy)
}

/// The moves that put one database in the place of another, one after the other.
struct Steps {
    moves: Vec<(PathBuf, PathBuf)>,
    /// Folders that are gone into, and where they are.
    within: Vec<(PathBuf, PathBuf)>,
    /// Open as long as those are.
    _handle: Option<File>,
    /// Whether an earlier restore is being gone on with, of which nobody knows any more how to undo it.
    is_resumed: bool,
}

impl Steps {
    fn plan(database: &Path, staged: &Staged, before: &Path) -> Result<Self, CopyError> {
        let aside = restore_of(database);
        let is_resumed = aside.symlink_metadata().is_ok();
        let mut moves = vec![if is_resumed {
            (staged.path.join(NEW), aside.join(NEW))
        } else {
            (staged.path.clone(), aside.clone())
        }];
        let left = is_resumed.then(|| place::open_folder(&aside)).transpose();
        let left = left.map_err(CopyError::at(&aside))?;
        let within = vec![
            (
                aside.clone(),
                by_handle(left.as_ref().unwrap_or(&staged.handle), &aside),
            ),
            (staged.path.clone(), by_handle(&staged.handle, &staged.path)),
        ];
        let files = beside(database).into_iter();
        let is_old =
            |it: &PathBuf| *it != place::lock_of(database) && it.symlink_metadata().is_ok();
        for path in files.filter(is_old) {
            let to = aside.join(path.file_name().unwrap_or_default());
            if to.symlink_metadata().is_ok() {
                let (path, to) = (path.display(), to.display());
                return Err(CopyError::Refused(format!(
                    "{path} was made after a restore was interrupted, which had left {to}: move one of them away"
                )));
            }
            moves.push((path, to));
        }
        moves.push((aside.join(NEW), database.to_owned()));
        moves.push((aside, before.to_owned()));
        Ok(Self {
            moves,
            within,
            _handle: left,
            is_resumed,
        })
    }

    /// All of them, or none where one fails.
    fn run(&self) -> Result<(), CopyError> {
        for (index, (from, to)) in self.moves.iter().enumerate() {
            if let Err(source) = self.rename(from, to) {
                if !self.is_resumed {
                    let mut done = self.moves.iter().take(index).rev();
                    let undone = done.try_for_each(|(from, to)| self.rename(to, from));
                    undone.map_err(CopyError::at(from))?;
                }
                return Err(CopyError::at(from)(source));
            }
        }
        Ok(())
    }
}

impl Steps {
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let there = |path: &Path| {
            let folder = self.within.iter().find(|(it, _)| it == folder_of(path));
            let (folder, name) = folder.zip(path.file_name())?;
            Some(folder.1.join(name))
        };
        let [from, to] = [from, to].map(|path| there(path).unwrap_or_else(|| path.to_owned()));
        rename(&from, &to)
    }
}

/// On the disk before anything else is done.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    sync_folder(to)?;
    sync_folder(from)
}

/// Where what was there goes.
fn before(database: &Path, now: &str) -> PathBuf {
    let base = folder_of(database).join(format!("{BEFORE}{now}"));
    let others = (2..100).map(|number| with_end(&base, &format!("-{number}")));
    let mut names = std::iter::once(base.clone()).chain(others);
    let free = names.find(|it| it.symlink_metadata().is_err());
    free.unwrap_or(base)
}

#[cfg(test)]
mod tests;
