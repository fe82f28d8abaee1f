//! A copy of an SQLite database, made beside whoever uses it, and looked through before it counts.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::Error;
use crate::files::User;
use crate::migrations::{self, Tables};
use crate::place::{beside, folder_of, resolved, sync_folder, with_end};

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// It would do harm, or could not be what was meant.
    #[error("{0}")]
    Refused(String),
    /// A file cannot be read, written or moved.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// The database fails.
    #[error(transparent)]
    Store(#[from] Error),
}

impl CopyError {
    pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> Self {
        |why| Self::File {
            path: path.to_owned(),
            why,
        }
    }

    /// Says what is in the way there, if anything is.
    pub(crate) fn explained(self, path: &Path) -> Self {
        match self {
            Self::Store(error) => Self::Store(error.explained(path)),
            Self::File { .. } => Error::in_the_way(path).map_or(self, Self::Store),
            Self::Refused(_) => self,
        }
    }
}

/// What a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Users, of one account each.
    pub users: u64,
    /// Records bound to them.
    pub records: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Which version's tables.
    pub tables: Tables,
}

/// Writes all that the database holds at this moment into a new file, which nobody but its owner may read. Takes constant
/// memory, and changes nothing for whoever uses the database. What was erased is not in it.
///
/// The file has its name only once it is whole, on the disk, and looked through.
///
/// # Errors
/// [`CopyError`] if there is such a file already, or the database or the place cannot be used. Nothing is left behind then.
pub async fn backup(database: &Path, file: &Path) -> Result<Contents, CopyError> {
    Error::refuse_half_restored(database)?;
    let (database, file) = (&resolved(database), &resolved(file));
    refuse_place(database, file)?;
    let part = &with_end(file, ".part");
    let held = hold(part)?;
    let copied = async {
        let contents = copy(database, part).await?;
        held.sync_all().map_err(CopyError::at(part))?;
        publish(part, file).map_err(CopyError::at(file))?;
        Ok(contents)
    };
    let copied: Result<_, CopyError> = copied.await;
    copied.map_err(|error| {
        for path in [part, &with_end(part, "-journal")] {
            let _ = std::fs::remove_file(path);
        }
        error.explained(part).explained(database)
    })
}

fn refuse_place(database: &Path, file: &Path) -> Result<(), CopyError> {
    let refuse = |words: String| Err(CopyError::Refused(words));
    let (shown, folder) = (file.display(), folder_of(file));
    if beside(database).iter().any(|it| it == file) {
        return refuse(format!(
            "{shown} belongs to the database; name another file"
        ));
    }
    for taken in beside(file) {
        if taken.symlink_metadata().is_ok() {
            let taken = taken.display();
            return refuse(format!(
                "{taken} exists, and nothing is overwritten; name another file"
            ));
        }
    }
    if !folder.try_exists().unwrap_or(true) {
        let folder = folder.display();
        return refuse(format!(
            "there is no folder {folder}: install -d -m 700 {folder}"
        ));
    }
    let metadata = folder.metadata().map_err(CopyError::at(folder))?;
    // Sticky, as /tmp: nobody else's entries can be replaced there.
    let is_shared = metadata.mode() & 0o1000 == 0 && metadata.mode() & 0o022 != 0;
    if User::current().is_root() && (metadata.uid() != 0 || is_shared) {
        let folder = folder.display();
        return refuse(format!(
            "others than root may change {folder}, and could have root write elsewhere: take a folder of root's \
             (install -d -m 700 /var/backups/wechat-login), or run this as the folder's owner"
        ));
    }
    Ok(())
}

/// A new file, kept from others who make the same backup. One that was left by a copy that was killed is replaced.
fn hold(part: &Path) -> Result<File, CopyError> {
    let make = || {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        options.open(part)
    };
    let made = match make() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let left = File::open(part).map_err(CopyError::at(part))?;
            if let Err(TryLockError::WouldBlock) = left.try_lock() {
                let shown = part.display();
                return Err(CopyError::Refused(format!(
                    "{shown} is being written by another backup"
                )));
            }
            std::fs::remove_file(part).and_then(|()| make())
        }
        made => made,
    };
    let file = made.map_err(|error| CopyError::at(part)(error).explained(part))?;
    file.lock().map_err(CopyError::at(part))?;
    Ok(file)
}

async fn copy(database: &Path, part: &Path) -> Result<Contents, CopyError> {
    let name = part.to_str().ok_or_else(|| {
        let shown = part.display();
        CopyError::Refused(format!("{shown} is no text of UTF-8"))
    })?;
    let options = SqliteConnectOptions::new()
        .filename(database)
        .read_only(true)
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .map_err(Error::from)?;
    let vacuum = sqlx::query("VACUUM INTO ?").bind(name);
    vacuum.execute(&mut connection).await.map_err(Error::from)?;
    connection.close().await.map_err(Error::from)?;
    // Without leaving anything beside it.
    let options = SqliteConnectOptions::new().filename(part).immutable(true);
    look_through(options.read_only(true), part, database).await
}

/// Gives the finished file its name, unless somebody else was first.
fn publish(part: &Path, file: &Path) -> io::Result<()> {
    match std::fs::hard_link(part, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) => std::fs::remove_file(part)?,
        // A file system without links.
        Err(_) => std::fs::rename(part, file)?,
    }
    sync_folder(file)
}

/// Counts what is in a database, once everything in it was found to be as this program has written it. Errors name it `shown`.
pub(crate) async fn look_through(
    options: SqliteConnectOptions,
    path: &Path,
    shown: &Path,
) -> Result<Contents, CopyError> {
    let shown = shown.display();
    let judged = |error: sqlx::Error| {
        let code = error
            .as_database_error()
            .and_then(|it| it.code()?.parse().ok());
        // SQLITE_NOTADB, SQLITE_CORRUPT, below what is more exact.
        match code.map(|it: i32| it & 0xff) {
            Some(26) => CopyError::Refused(format!("{shown} is no SQLite database")),
            Some(11) => CopyError::Refused(format!("{shown} is damaged: {error}")),
            _ => CopyError::Store(error.into()),
        }
    };
    let mut connection = SqliteConnection::connect_with(&options.disable_statement_logging())
        .await
        .map_err(judged)?;
    let ours = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('_sqlx_migrations', 'identity', 'record')";
    let ours: i64 = sqlx::query_scalar(ours)
        .fetch_one(&mut connection)
        .await
        .map_err(judged)?;
    if ours != 3 {
        return Err(CopyError::Refused(format!(
            "{shown} is no database of this program"
        )));
    }
    let intact = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut connection);
    let intact: String = intact.await.map_err(judged)?;
    if intact != "ok" {
        return Err(CopyError::Refused(format!("{shown} is damaged: {intact}")));
    }
    let ran = sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version");
    let ran: Vec<(i64, Vec<u8>)> = ran.fetch_all(&mut connection).await.map_err(judged)?;
    let tables = migrations::judge_all(&ran)?;
    let counts = "SELECT (SELECT count(*) FROM identity), (SELECT count(*) FROM record)";
    let counts = sqlx::query_as(counts).fetch_one(&mut connection);
    let (users, records): (i64, i64) = counts.await.map_err(judged)?;
    connection.close().await.map_err(judged)?;
    Ok(Contents {
        users: users.cast_unsigned(),
        records: records.cast_unsigned(),
        bytes: path.metadata().map_err(CopyError::at(path))?.len(),
        tables,
    })
}
