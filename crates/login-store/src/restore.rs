//! A backup put in the place of a database.
//!
//! The files beside a database belong to it: SQLite would play an old `-wal` into the backup. So all of them go aside
//! together, into a folder, and nothing is lost. While they do there is a folder with `-restore` at its end, which keeps
//! everybody from opening whatever is there; stopped at any moment, it is what was there before, what comes after it, or
//! a database that is refused until the restore runs again.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{Connection as _, SqliteConnection};

use crate::Error;
use crate::backup::{Contents, CopyError, look_through};
use crate::holder::holder;
use crate::place::{self, beside, folder_of, resolved, restore_of, sync_folder, with_end};
use crate::sqlite::lock_beside;

/// What a restore has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the database holds now.
    pub contents: Contents,
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
/// then, or was interrupted before and stays so.
pub async fn restore(database: &Path, file: &Path) -> Result<Restored, CopyError> {
    let database = &resolved(database);
    let file = &file.canonicalize().map_err(CopyError::at(file))?;
    if beside(database).contains(file) {
        let shown = file.display();
        return Err(CopyError::Refused(format!(
            "{shown} belongs to the database itself"
        )));
    }
    let put = put(database, file).await;
    put.map_err(|error| error.explained(database))
}

async fn put(database: &Path, file: &Path) -> Result<Restored, CopyError> {
    place::make_folder(database).map_err(CopyError::at(folder_of(database)))?;
    // Whoever wants to open it waits until all is done.
    let lock = lock_beside(database).await;
    let _lock = lock.map_err(CopyError::at(&place::lock_of(database)))?;
    refuse_user(database)?;
    // Where there are no locks, as on a server's disk, nobody has it open.
    if let Ok(Some(process)) = holder(file) {
        return Err(CopyError::Refused(format!(
            "{} is in use by {process}, and so no backup: make one of it by `wechat-login-proxy backup`",
            file.display()
        )));
    }
    let aside = restore_of(database);
    if aside.symlink_metadata().is_ok() && aside.join(NEW).symlink_metadata().is_err() {
        // Interrupted when nothing but the name of the folder was left to do.
        let before = before(database, &now().await?);
        rename(&aside, &before).map_err(CopyError::at(&aside))?;
    }
    let before = before(database, &now().await?);
    let staged = &with_end(&aside, ".part");
    let placed = async {
        let contents = stage(database, file, staged).await?;
        // It may have taken long.
        refuse_user(database)?;
        Steps::plan(database, staged, &before)?.run()?;
        Ok(contents)
    };
    let placed: Result<Contents, CopyError> = placed.await;
    if staged.exists() {
        let _ = std::fs::remove_dir_all(staged);
    }
    let contents = placed?;
    // Empty where nothing was there.
    let before = std::fs::remove_dir(&before).is_err().then_some(before);
    Ok(Restored { contents, before })
}

fn refuse_user(database: &Path) -> Result<(), CopyError> {
    match holder(database).map_err(CopyError::at(database))? {
        None => Ok(()),
        user => Err(Error::InUse(user).into()),
    }
}

/// For the name of a folder.
async fn now() -> Result<String, CopyError> {
    let now = async {
        let mut memory = SqliteConnection::connect("sqlite::memory:").await?;
        let now = sqlx::query_scalar("SELECT strftime('%Y-%m-%dT%H%M%SZ', 'now')");
        now.fetch_one(&mut memory).await
    };
    Ok(now.await.map_err(Error::from)?)
}

/// Copies the backup into a folder beside the database, plays what is beside the backup into it, and looks through it.
async fn stage(database: &Path, file: &Path, folder: &Path) -> Result<Contents, CopyError> {
    if folder.symlink_metadata().is_ok() {
        std::fs::remove_dir_all(folder).map_err(CopyError::at(folder))?;
    }
    let made = DirBuilder::new().mode(0o700).create(folder);
    made.map_err(CopyError::at(folder))?;
    let new = &folder.join(NEW);
    let whole = copy(file, new)?;
    for end in ["-wal", "-journal"] {
        let beside = with_end(file, end);
        if beside.exists() {
            copy(&beside, &with_end(new, end))?;
        }
    }
    // Written into the one file that stays.
    let options = SqliteConnectOptions::new().filename(new);
    let contents = look_through(options.journal_mode(SqliteJournalMode::Delete), new, file).await?;
    let give = || {
        place::give(&whole, database)?;
        place::give(&place::open_folder(folder)?, database)?;
        whole.sync_all()?;
        sync_folder(new)
    };
    give().map_err(CopyError::at(new))?;
    Ok(contents)
}

fn copy(from: &Path, to: &Path) -> Result<File, CopyError> {
    let mut source = File::open(from).map_err(CopyError::at(from))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut copy = options.open(to).map_err(CopyError::at(to))?;
    io::copy(&mut source, &mut copy).map_err(CopyError::at(to))?;
    Ok(copy)
}

/// The moves that put one database in the place of another, one after the other.
struct Steps {
    moves: Vec<(PathBuf, PathBuf)>,
    /// Whether an earlier restore is being gone on with, of which nobody knows any more how to undo it.
    is_resumed: bool,
}

impl Steps {
    fn plan(database: &Path, staged: &Path, before: &Path) -> Result<Self, CopyError> {
        let aside = restore_of(database);
        let is_resumed = aside.symlink_metadata().is_ok();
        let mut moves = vec![if is_resumed {
            (staged.join(NEW), aside.join(NEW))
        } else {
            (staged.to_owned(), aside.clone())
        }];
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
        Ok(Self { moves, is_resumed })
    }

    /// All of them, or none where one fails.
    fn run(&self) -> Result<(), CopyError> {
        for (index, (from, to)) in self.moves.iter().enumerate() {
            if let Err(source) = rename(from, to) {
                if !self.is_resumed {
                    let mut done = self.moves.iter().take(index).rev();
                    let undone = done.try_for_each(|(from, to)| rename(to, from));
                    undone.map_err(CopyError::at(from))?;
                }
                return Err(CopyError::at(from)(source));
            }
        }
        Ok(())
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
    let base = folder_of(database).join(format!("before-restore-{now}"));
    let others = (2..100).map(|number| with_end(&base, &format!("-{number}")));
    let mut names = std::iter::once(base.clone()).chain(others);
    let free = names.find(|it| it.symlink_metadata().is_err());
    free.unwrap_or(base)
}

#[cfg(test)]
mod tests;
