//! The embedded database: one file, or memory for tests.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use sqlx::sqlite::{
    SqliteArguments as Arguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions,
    SqliteRow as DatabaseRow, SqliteSynchronous,
};
use sqlx::{Arguments as _, FromRow, SqliteConnection, SqlitePool};

use crate::group_commit::GroupCommit;
use crate::migrations::APPLIED;
use crate::queries::{Again, arguments, impl_store};
use crate::rows::{self, IdentityRow, OwnerRow, RecordRow, ScanRow, WrittenRow};
use crate::{
    Error, KnownIdentity, NotedIdentity, Owner, Precondition, RecordDraft, RecordId, RecordKind,
    Scan, ScanState, ScanStep, SeenIdentity, Slice, StoredRecord, Version, Written, migrations,
    place, sql,
};
use wechat_oauth::{AppId, OpenId, UnionId};

/// [`Store`](super::Store) on SQLite.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
    /// One connection for all that is written: what another one writes makes a connection forget the pages it has read.
    /// None in memory, where there is only one.
    writer: Option<SqlitePool>,
    writes: GroupCommit,
}

impl SqliteStore {
    /// Opens or creates the database file, creates its folder, brings the tables to this version.
    ///
    /// Processes that open the same file at once wait for each other, by the lock of a file with `-lock` at its end.
    ///
    /// # Errors
    /// [`Error`] if the file cannot be used, is no database, or is of a newer version this one cannot use.
    pub async fn open_file(path: &Path) -> Result<Self, Error> {
        let path = &place::resolved(path);
        let opened = Self::open_or_create(path).await;
        opened.map_err(|error| error.explained(path))
    }

    async fn open_or_create(path: &Path) -> Result<Self, Error> {
        place::make_folder(path).map_err(sqlx::Error::Io)?;
        // SQLite has no lock that spans a migration and the look whether it is needed. Freed when dropped.
        let _lock = lock_beside(path).await.map_err(sqlx::Error::Io)?;
        Error::refuse_half_restored(path)?;
        Error::refuse_links(path)?;
        remove_left(&place::staged_of(path));
        place::open_private(path, path).map_err(sqlx::Error::Io)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged write survives a power cut, not only the end of the process.
            .synchronous(SqliteSynchronous::Full);
        let store =
            Self::open(options.clone(), SqlitePoolOptions::new().max_connections(3)).await?;
        let writer = SqlitePoolOptions::new().max_connections(1);
        let writer = connect(options, writer).await?;
        Ok(Self {
            writes: GroupCommit::new(writer.clone()),
            writer: Some(writer),
            ..store
        })
    }

    /// A new database in memory, gone when dropped.
    ///
    /// # Errors
    /// [`Error`] if SQLite has no memory for it.
    pub async fn open_in_memory() -> Result<Self, Error> {
        // Every connection to `:memory:` is a database of its own: exactly one, and never replaced.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None);
        Self::open(SqliteConnectOptions::new().in_memory(true), pool).await
    }

    async fn open(options: SqliteConnectOptions, pool: SqlitePoolOptions) -> Result<Self, Error> {
        let pool = connect(options, pool).await?;
        migrations::migrator().run(&pool).await?;
        migrations::accept(sqlx::query_scalar(APPLIED).fetch_one(&pool).await?)?;
        Ok(Self {
            writes: GroupCommit::new(pool.clone()),
            writer: None,
            pool,
        })
    }

    fn pools(&self) -> impl Iterator<Item = &SqlitePool> {
        std::iter::once(&self.pool).chain(&self.writer)
    }

    async fn note_login(&self, seen: &SeenIdentity) -> Result<KnownIdentity, Error> {
        self.writes.note(seen.clone()).await?.identity()
    }

    fn given_up(&self) -> u64 {
        0
    }

    async fn read_rows<R>(
        &self,
        statement: &'static str,
        values: Arguments,
    ) -> Result<Vec<R>, Error>
    where
        R: for<'r> FromRow<'r, DatabaseRow> + Send + Unpin + 'static,
    {
        let mut connection = self.pool.acquire().await?;
        let query = sqlx::query_as_with(statement, values);
        Ok(query.fetch_all(&mut *connection).await?)
    }

    /// Others of this process are waited for, whatever they do; nothing is lost in between that would have to be repeated.
    async fn write_rows<R>(
        &self,
        _: Again,
        statement: &'static str,
        values: Arguments,
    ) -> Result<Vec<R>, Error>
    where
        R: for<'r> FromRow<'r, DatabaseRow> + Send + Unpin + 'static,
    {
        let query = sqlx::query_as_with(statement, values);
        let write = self
            .writes
            .write(move |connection| query.fetch_all(connection).boxed());
        write.await
    }

    async fn probe(&self, statement: &'static str, values: Arguments) -> Result<(), Error> {
        let _: Vec<OwnerRow> = self.write_rows(Again::Harmless, statement, values).await?;
        Ok(())
    }

    async fn transact<T, W>(&self, begin: &'static str, work: W) -> Result<T, Error>
    where
        W: for<'c> Fn(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    {
        let _turn = self.writes.turn().await;
        let mut transaction = self.pool.begin_with(begin).await?;
        let done = work(&mut transaction).await?;
        transaction.commit().await?;
        Ok(done)
    }

    fn keeps_statements(&self) -> bool {
        true
    }
}

async fn connect(
    options: SqliteConnectOptions,
    pool: SqlitePoolOptions,
) -> sqlx::Result<SqlitePool> {
    let options = options
        .foreign_keys(true)
        // What is deleted is overwritten, not only left out: erased means gone from the file.
        .pragma("secure_delete", "ON")
        .busy_timeout(Duration::from_secs(5));
    pool.acquire_timeout(Duration::from_secs(5))
        // There is no server that could have gone meanwhile.
        .test_before_acquire(false)
        .connect_with(options)
        .await
}

/// The locked file beside a database.
pub(crate) async fn lock_beside(database: &Path) -> std::io::Result<File> {
    let database = database.to_owned();
    let lock = move || {
        let file = place::open_private(&place::lock_of(&database), &database)?;
        file.lock()?;
        Ok(file)
    };
    tokio::task::spawn_blocking(lock)
        .await
        .unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

/// What a restore has left that was killed: a copy of everything, which nobody erases from. Nobody else makes one, for the
/// lock is ours.
fn remove_left(staged: &Path) {
    if staged.symlink_metadata().is_err() {
        return;
    }
    if let Err(error) = std::fs::remove_dir_all(staged) {
        let folder = staged.display();
        tracing::warn!(%error, "a restore that was killed has left {folder}: as root, rm -r {folder}");
    }
}

/// Waits for its turn to write at once: a transaction that first reads could find that somebody wrote meanwhile.
const BEGIN_ISOLATED: &str = "BEGIN IMMEDIATE";
const BEGIN_WRITING: &str = BEGIN_ISOLATED;

impl_store!(SqliteStore);
