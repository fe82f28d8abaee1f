//! A database of each kind, empty at first and gone when dropped.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use bench::report::memory;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection, Executor, PgConnection, SqliteConnection,
    raw_sql,
};
use tempfile::TempDir;
use wechat_login_proxy::config::{DatabaseUrl, PostgresUrl};

use crate::population::Stage;
use crate::postgres_server::Server;

/// Rows of one INSERT; more are no faster.
const ROWS: usize = 1_000;

/// Either.
pub(crate) enum Database {
    /// A file of a temporary folder.
    Sqlite { file: PathBuf, _folder: TempDir },
    /// A server of our own.
    Postgres { url: PostgresUrl, _server: Server },
}

/// What so many records take in the larger of the two with identities, indexes and the log of changes, and some more.
pub(crate) fn bytes_for(records: u32) -> u64 {
    u64::from(records) * 600 + 1_500_000_000
}

impl Database {
    pub(crate) fn sqlite() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        Ok(Self::Sqlite {
            file: folder.path().join("proxy.sqlite"),
            _folder: folder,
        })
    }

    pub(crate) async fn postgres() -> anyhow::Result<Self> {
        // The one setting that everybody changes; the others, that of writing through above all, as they come.
        let server = Server::start(&["-c", "shared_buffers=1GB"])?;
        Ok(Self::Postgres {
            url: server.new_database().await?,
            _server: server,
        })
    }

    /// Where the store finds it.
    pub(crate) fn url(&self) -> DatabaseUrl {
        match self {
            Self::Sqlite { file, .. } => DatabaseUrl::SqliteFile(file.clone()),
            Self::Postgres { url, .. } => DatabaseUrl::Postgres(url.clone()),
        }
    }

    /// Name and version.
    pub(crate) async fn name(&self) -> anyhow::Result<String> {
        let version: String = match self {
            Self::Sqlite { file, .. } => {
                let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
                let version = sqlx::query_scalar("SELECT 'SQLite ' || sqlite_version()");
                version.fetch_one(&mut connection).await?
            }
            Self::Postgres { url, .. } => {
                let version = sqlx::query_scalar(
                    "SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)",
                );
                version
                    .fetch_one(&mut PgConnection::connect(url.expose()).await?)
                    .await?
            }
        };
        Ok(version)
    }

    /// The size of the tables and indexes.
    pub(crate) async fn bytes(&self) -> anyhow::Result<u64> {
        match self {
            Self::Sqlite { file, .. } => Ok(std::fs::metadata(file)?.len()),
            Self::Postgres { url, .. } => {
                let size = sqlx::query_scalar("SELECT pg_database_size(current_database())");
                let mut connection = PgConnection::connect(url.expose()).await?;
                let bytes: i64 = size.fetch_one(&mut connection).await?;
                Ok(bytes.unsigned_abs())
            }
        }
    }

    /// Adds rows by statements of its own, and leaves the database as if it had been running for long: written
    /// through, and looked after as it looks after itself. The store has made the tables, and is closed.
    pub(crate) async fn load(&self, stage: &Stage) -> anyhow::Result<()> {
        match self {
            Self::Sqlite { file, .. } => {
                let mut connection = loading_connection(file.clone()).await?;
                connection.execute("BEGIN").await?;
                fill(&mut connection, stage).await?;
                // No ANALYZE: the proxy does not run it, so this is what users have.
                connection.execute("COMMIT").await?;
                connection.close().await?;
            }
            Self::Postgres { url, .. } => {
                let mut connection = PgConnection::connect(url.expose()).await?;
                for statement in [
                    // What is loaded may be lost with the machine, and refers to nothing that is not there.
                    "ALTER SYSTEM SET fsync = off",
                    "ALTER SYSTEM SET full_page_writes = off",
                    "SELECT pg_reload_conf()",
                    "SET synchronous_commit = off",
                    "SET session_replication_role = replica",
                ] {
                    connection.execute(statement).await?;
                }
                fill(&mut connection, stage).await?;
                for statement in [
                    "ALTER SYSTEM RESET ALL",
                    "SELECT pg_reload_conf()",
                    // What autovacuum would have done by and by.
                    "VACUUM (ANALYZE)",
                    "CHECKPOINT",
                ] {
                    connection.execute(statement).await?;
                }
                connection.close().await?;
            }
        }
        nix::unistd::sync();
        Ok(())
    }
}

/// One that writes as fast as can be: what is loaded may be lost with the machine.
async fn loading_connection(file: PathBuf) -> anyhow::Result<SqliteConnection> {
    let cache = (memory().unwrap_or(2_000_000_000) / 4 / 1_024).to_string();
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(false)
        .pragma("cache_size", format!("-{cache}"))
        .busy_timeout(Duration::from_secs(10));
    // The journal changes only once nobody else has the file open, and the store closes in its own time.
    for _ in 0..100 {
        if let Ok(connection) = options.connect().await {
            return Ok(connection);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    options.connect().await.context("cannot load into SQLite")
}

/// The same statements for both: no text of the population has a quotation mark of SQL in it.
async fn fill<C>(connection: &mut C, stage: &Stage) -> anyhow::Result<()>
where
    C: Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
{
    let tables = [
        "identity (appid, openid, platform, unionid, scope, first_seen, last_seen)",
        "record (appid, openid, kind, key, value, version, created_at, updated_at)",
    ];
    let rows: [Box<dyn Iterator<Item = String>>; 2] = [
        Box::new(stage.identity_rows()),
        Box::new(stage.record_rows()),
    ];
    for (table, rows) in tables.into_iter().zip(rows) {
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let values: Vec<String> = rows.by_ref().take(ROWS).collect();
            let insert = format!("INSERT INTO {table} VALUES {}", values.join(","));
            raw_sql(AssertSqlSafe(insert))
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}
