//! A copy of an SQLite database, made beside whoever uses it, and looked through before it counts.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::OFlag;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::Error;
use crate::error::sqlite_code;
use crate::files::User;
use crate::migrations::{self, Tables};
use crate::place::{beside, folder_of, from_the_root, is_same, resolved, sync_folder, with_end};

/// The file that becomes a backup, the same for all in a folder: what one that was killed has left is replaced by the next.
const PART: &str = "wechat-login-backup.part";

/// Until somebody else's is made.
const PAUSE: Duration = Duration::from_millis(100);

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Users, of one account each.
    pub users: u64,
    /// Records bound to them.
    pub records: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Which version's tables.
    pub tables: Tables,
    /// When somebody signed in for the last time, as people read it.
    pub last_login: Option<String>,
}

/// Writes all that the database holds at this moment into a new file, which nobody but its owner may read. Takes constant
/// memory, and changes nothing for whoever uses the database. What was erased is not in it.
///
/// The file has its name only once it is whole, on the disk, and looked through.
///
/// # Errors
/// [`CopyError`] if there is such a file already, or the database or the place cannot be used. Nothing is left behind then,
/// nor where it is given up before its end.
pub async fn backup(database: &Path, file: &Path) -> Result<Contents, CopyError> {
    Error::refuse_half_restored(database)?;
    Error::refuse_links(database)?;
    let (database, file) = (&resolved(database), &resolved(file));
    refuse_place(database, file)?;
    let held = Part::hold(folder_of(file)).await?;
    let part = &held.path;
    let copied = async {
        let contents = copy(database, part).await?;
        held.file.sync_all().map_err(CopyError::at(part))?;
        publish(part, file).map_err(CopyError::at(file))?;
        Ok(contents)
    };
    let copied: Result<_, CopyError> = copied.await;
    copied.map_err(|error| error.explained(part).explained(database))
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
    if !User::current().is_root() {
        return Ok(());
    }
    for step in from_the_root(folder) {
        let metadata = step.metadata().map_err(CopyError::at(step))?;
        // Sticky, as /tmp: nobody else's entries can be replaced there.
        let is_shared = metadata.mode() & 0o1000 == 0 && metadata.mode() & 0o022 != 0;
        if metadata.uid() != 0 || is_shared {
            let step = step.display();
            return refuse(format!(
                "others than root may change {step}, and could have root write elsewhere: take a folder of root's \
                 (install -d -m 700 /var/backups/wechat-login), or run this as the folder's owner"
            ));
        }
    }
    Ok(())
}

/// The file that becomes the backup, until it has its name. Removed where it does not get there.
struct Part {
    path: PathBuf,
    file: File,
}

impl Part {
    /// A new one, kept from other backups into the same folder, which are waited for.
    async fn hold(folder: &Path) -> Result<Self, CopyError> {
        let path = folder.join(PART);
        let failed = |error| CopyError::at(&path)(error).explained(&path);
        loop {
            let (file, is_new) = open_or_make(&path).map_err(failed)?;
            while let Err(error) = file.try_lock() {
                match error {
                    TryLockError::WouldBlock => tokio::time::sleep(PAUSE).await,
                    TryLockError::Error(error) => return Err(failed(error)),
                }
            }
            let part = Self {
                path: path.clone(),
                file,
            };
            match (part.is_there(), is_new) {
                (true, true) => return Ok(part),
                // Left by one that was killed.
                (true, false) => part.remove().map_err(failed)?,
                // It has got its name meanwhile.
                (false, _) => {}
            }
        }
    }

    fn remove(&self) -> io::Result<()> {
        let _ = std::fs::remove_file(with_end(&self.path, "-journal"));
        std::fs::remove_file(&self.path)
    }

    fn is_there(&self) -> bool {
        let there = self.path.symlink_metadata();
        let same = |it: &Metadata| self.file.metadata().is_ok_and(|own| is_same(&own, it));
        there.is_ok_and(|it| same(&it))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.is_there() {
            let _ = self.remove();
        }
    }
}

/// Whether it is new, too.
fn open_or_make(part: &Path) -> io::Result<(File, bool)> {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    loop {
        match options.clone().create_new(true).open(part) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (file, true)),
        }
        match options.open(part) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened.map(|file| (file, false)),
        }
    }
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
        // SQLITE_NOTADB, SQLITE_CORRUPT.
        match sqlite_code(&error) {
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
    let counts = "SELECT (SELECT count(*) FROM identity), (SELECT count(*) FROM record),
        (SELECT strftime('%Y-%m-%d %H:%M:%S UTC', max(last_seen), 'unixepoch') FROM identity)";
    let counts = sqlx::query_as(counts).fetch_one(&mut connection);
    let (users, records, last_login): (i64, i64, _) = counts.await.map_err(judged)?;
    connection.close().await.map_err(judged)?;
    Ok(Contents {
        users: users.cast_unsigned(),
        records: records.cast_unsigned(),
        bytes: path.metadata().map_err(CopyError::at(path))?.len(),
        tables,
        last_login,
    })
}
