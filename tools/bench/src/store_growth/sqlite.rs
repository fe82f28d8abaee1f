//! SQLite, in a file of a temporary folder.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use bench::report::machine;
use login_store::DatabaseUrl;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, QueryBuilder, Sqlite, SqliteConnection};
use tempfile::TempDir;

use crate::engine::{Engine, Facts};
use crate::progress::Progress;
use crate::stage::Stage;

/// Rows of one INSERT: SQLite allows 32,766 parameters, and more rows are no faster.
const ROWS: usize = 200;

/// Bytes that a record takes with its share of an identity and of every index, and a tenth more.
pub(crate) const BYTES_PER_RECORD: u64 = 500;

pub(crate) struct SqliteEngine {
    url: DatabaseUrl,
    file: PathBuf,
    /// Removed when dropped.
    _folder: TempDir,
}

impl SqliteEngine {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let file = folder.path().join("proxy.sqlite");
        Ok(Self {
            url: DatabaseUrl::SqliteFile(file.clone()),
            file,
            _folder: folder,
        })
    }

    /// A connection that writes as fast as can be: what is loaded may be lost with the machine.
    async fn loading_connection(&self) -> anyhow::Result<SqliteConnection> {
        let cache = (machine::memory().unwrap_or(2_000_000_000) / 4 / 1_024).to_string();
        let options = SqliteConnectOptions::new()
            .filename(&self.file)
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

    async fn tell(&self, question: &'static str) -> anyhow::Result<String> {
        let mut connection = SqliteConnectOptions::new()
            .filename(&self.file)
            .connect()
            .await?;
        let answer = sqlx::query_scalar(question)
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok(answer)
    }
}

impl Engine for SqliteEngine {
    fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    async fn load(&mut self, stage: &Stage) -> anyhow::Result<()> {
        let mut connection = self.loading_connection().await?;
        connection.execute("BEGIN").await?;
        let mut identities = stage.identities().peekable();
        while identities.peek().is_some() {
            identity_rows(identities.by_ref().take(ROWS))
                .build()
                .execute(&mut connection)
                .await?;
        }
        let mut progress = Progress::start("records", stage.record_count());
        let mut records = stage.records().peekable();
        while records.peek().is_some() {
            record_rows(records.by_ref().take(ROWS))
                .build()
                .execute(&mut connection)
                .await?;
            progress.add(ROWS);
        }
        connection.execute("COMMIT").await?;
        // No ANALYZE: the proxy does not run it, so this is what users have.
        connection.close().await?;
        nix::unistd::sync();
        Ok(())
    }

    async fn bytes(&self) -> anyhow::Result<u64> {
        Ok(std::fs::metadata(&self.file)?.len())
    }

    async fn facts(&self) -> anyhow::Result<Facts> {
        Ok(Facts {
            name: format!("SQLite {}", self.tell("SELECT sqlite_version()").await?),
            date: self.tell("SELECT date('now')").await?,
        })
    }
}

fn identity_rows(rows: impl Iterator<Item = crate::stage::IdentityRow>) -> QueryBuilder<Sqlite> {
    let mut insert = QueryBuilder::new(
        "INSERT INTO identity (appid, openid, platform, unionid, scope, first_seen, last_seen) ",
    );
    insert.push_values(rows, |mut columns, row| {
        columns
            .push_bind(row.appid)
            .push_bind(row.openid)
            .push_bind(row.platform)
            .push_bind(row.unionid)
            .push_bind("snsapi_base")
            .push_bind(row.seen)
            .push_bind(row.seen);
    });
    insert
}

fn record_rows(rows: impl Iterator<Item = crate::stage::RecordRow>) -> QueryBuilder<Sqlite> {
    let mut insert = QueryBuilder::new(
        "INSERT INTO record (appid, openid, kind, key, value, version, created_at, updated_at) ",
    );
    insert.push_values(rows, |mut columns, row| {
        columns
            .push_bind(row.appid)
            .push_bind(row.openid)
            .push_bind(row.text.kind)
            .push_bind(row.text.key)
            .push_bind(row.text.value)
            .push_bind(row.version)
            .push_bind(row.created_at)
            .push_bind(row.created_at);
    });
    insert
}
