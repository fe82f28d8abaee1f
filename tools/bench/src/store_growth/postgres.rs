//! PostgreSQL, a server of our own in a temporary folder.

use std::fmt::Write as _;

use anyhow::Context;
use login_store::{DatabaseUrl, PostgresUrl};
use sqlx::{Connection, Executor, PgConnection};

use crate::engine::{Engine, Facts};
use crate::postgres_server::Server;
use crate::progress::Progress;
use crate::stage::Stage;

/// Rows of one COPY, which is one transaction.
const ROWS: usize = 20_000;

/// Bytes that a record takes with its share of an identity and of every index, and a tenth more.
pub(crate) const BYTES_PER_RECORD: u64 = 600;
/// What the server's log of changes takes besides.
pub(crate) const BYTES_OF_LOG: u64 = 1_500_000_000;

const IDENTITIES: &str =
    "COPY identity (appid, openid, platform, unionid, scope, first_seen, last_seen) FROM STDIN";
const RECORDS: &str =
    "COPY record (appid, openid, kind, key, value, version, created_at, updated_at) FROM STDIN";

pub(crate) struct PostgresEngine {
    url: DatabaseUrl,
    postgres_url: PostgresUrl,
    /// Ends when dropped, and its folder is removed.
    _server: Server,
}

impl PostgresEngine {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        // The one setting that everybody changes; the others, that of writing through above all, as they come.
        let server = Server::start(&["-c", "shared_buffers=1GB"])?;
        let postgres_url = server.new_database().await?;
        Ok(Self {
            url: DatabaseUrl::Postgres(postgres_url.clone()),
            postgres_url,
            _server: server,
        })
    }

    async fn connect(&self) -> anyhow::Result<PgConnection> {
        PgConnection::connect(self.postgres_url.expose())
            .await
            .context("cannot connect to the PostgreSQL of this measurement")
    }
}

impl Engine for PostgresEngine {
    fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    async fn load(&mut self, stage: &Stage) -> anyhow::Result<()> {
        let mut connection = self.connect().await?;
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
        let mut identities = stage.identities().peekable();
        while identities.peek().is_some() {
            let mut rows = String::new();
            for row in identities.by_ref().take(ROWS) {
                let (appid, openid, seen) = (row.appid, row.openid, row.seen);
                writeln!(
                    rows,
                    "{appid}\t{openid}\t{}\t{}\tsnsapi_base\t{seen}\t{seen}",
                    row.platform, row.unionid
                )?;
            }
            copy(&mut connection, IDENTITIES, rows).await?;
        }
        let mut progress = Progress::start("records", stage.record_count());
        let mut records = stage.records().peekable();
        while records.peek().is_some() {
            let mut rows = String::new();
            for row in records.by_ref().take(ROWS) {
                let (appid, openid, text, created_at) =
                    (row.appid, row.openid, row.text, row.created_at);
                // Neither tabs nor backslashes nor ends of lines are in any of them.
                writeln!(
                    rows,
                    "{appid}\t{openid}\t{}\t{}\t{}\t{}\t{created_at}\t{created_at}",
                    text.kind, text.key, text.value, row.version
                )?;
            }
            copy(&mut connection, RECORDS, rows).await?;
            progress.add(ROWS);
        }
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
        nix::unistd::sync();
        Ok(())
    }

    async fn bytes(&self) -> anyhow::Result<u64> {
        let mut connection = self.connect().await?;
        let bytes: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok(bytes.unsigned_abs())
    }

    async fn facts(&self) -> anyhow::Result<Facts> {
        let mut connection = self.connect().await?;
        let (version, date): (String, String) = sqlx::query_as(
            "SELECT split_part(current_setting('server_version'), ' ', 1), current_date::text",
        )
        .fetch_one(&mut connection)
        .await?;
        connection.close().await?;
        Ok(Facts {
            name: format!("PostgreSQL {version}"),
            date,
        })
    }
}

async fn copy(connection: &mut PgConnection, statement: &str, rows: String) -> anyhow::Result<()> {
    let mut copy = connection.copy_in_raw(statement).await?;
    copy.send(rows.into_bytes()).await?;
    copy.finish().await?;
    Ok(())
}
