//! A database of each kind, filled at once and gone when dropped.

use anyhow::Context;
use bench::report::memory;
use login_store::DatabaseUrl;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, raw_sql,
};
use tempfile::TempDir;
use test_support::postgres::Server;

use crate::population;

/// Either.
pub(crate) enum Database {
    /// A file of a temporary folder.
    Sqlite(TempDir),
    /// A server of our own.
    Postgres { url: String, _server: Server },
}

/// What so many records take in the larger of the two with identities, indexes, a log as long and the sorting.
pub(crate) fn bytes_for(records: u32) -> u64 {
    u64::from(records) * 1_100 + 1_500_000_000
}

impl Database {
    pub(crate) fn sqlite() -> anyhow::Result<Self> {
        Ok(Self::Sqlite(tempfile::tempdir()?))
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
    pub(crate) fn url(&self) -> anyhow::Result<DatabaseUrl> {
        match self {
            Self::Sqlite(folder) => Ok(DatabaseUrl::SqliteFile(folder.path().join("proxy.sqlite"))),
            Self::Postgres { url, .. } => DatabaseUrl::parse(url).map_err(anyhow::Error::msg),
        }
    }

    /// Fills it, and leaves it as if it had been running for long: written through, and looked after as it looks
    /// after itself. What is filled in may be lost with the machine meanwhile, and refers to nothing that is not there.
    /// Gives name and version of the engine, and the bytes of tables and indexes.
    pub(crate) async fn fill(&self, identities: u64) -> anyhow::Result<(String, u64)> {
        // Makes the database and its tables.
        drop(login_store::open(&self.url()?).await?);
        let statements = population::fill(identities);
        let told = match self {
            Self::Sqlite(folder) => {
                let file = folder.path().join("proxy.sqlite");
                let cache = memory().unwrap_or(2_000_000_000) / 4 / 1_024;
                let mut connection = SqliteConnectOptions::new()
                    .filename(&file)
                    .synchronous(SqliteSynchronous::Off)
                    .foreign_keys(false)
                    .pragma("cache_size", format!("-{cache}"))
                    .connect()
                    .await?;
                raw_sql(AssertSqlSafe(statements))
                    .execute(&mut connection)
                    .await?;
                let version = sqlx::query_scalar("SELECT 'SQLite ' || sqlite_version()");
                let version: String = version.fetch_one(&mut connection).await?;
                // No ANALYZE: the proxy does not run it, so this is what users have.
                connection
                    .execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    .await?;
                connection.close().await?;
                (version, std::fs::metadata(&file)?.len())
            }
            Self::Postgres { url, .. } => {
                let mut connection = PgConnection::connect(url).await?;
                for statement in [
                    "ALTER SYSTEM SET fsync = off",
                    "ALTER SYSTEM SET full_page_writes = off",
                    "SELECT pg_reload_conf()",
                    "SET synchronous_commit = off",
                    "SET session_replication_role = replica",
                ] {
                    connection.execute(statement).await?;
                }
                raw_sql(AssertSqlSafe(statements))
                    .execute(&mut connection)
                    .await?;
                for statement in [
                    "ALTER SYSTEM RESET ALL",
                    "SELECT pg_reload_conf()",
                    // What autovacuum would have done by and by.
                    "VACUUM (ANALYZE)",
                    "CHECKPOINT",
                ] {
                    connection.execute(statement).await?;
                }
                let told = sqlx::query_as(
                    "SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1),
                     pg_database_size(current_database())",
                );
                let (version, bytes): (String, i64) = told.fetch_one(&mut connection).await?;
                (version, bytes.try_into().context("no size")?)
            }
        };
        nix::unistd::sync();
        Ok(told)
    }
}
