//! The proxy's database, broken from outside.

use std::path::Path;

use sqlx::{Connection as _, Executor as _, SqliteConnection};

const TABLES: [&str; 2] = ["record", "identity"];

/// A database that does not do what the proxy asks of it, until it is [mended](Self::mend).
pub struct BrokenDatabase {
    connection: SqliteConnection,
    mend: String,
}

impl BrokenDatabase {
    /// Takes the tables away: every statement fails.
    pub(crate) async fn without_tables(path: &Path) -> anyhow::Result<Self> {
        let rename = |from: &str, to: &str| {
            TABLES.map(|it| format!("ALTER TABLE {it}{from} RENAME TO {it}{to};"))
        };
        Self::broken(
            path,
            rename("", "_gone").concat(),
            rename("_gone", "").concat(),
        )
        .await
    }

    /// Writes and does not come to an end: nobody else can write.
    pub(crate) async fn locked(path: &Path) -> anyhow::Result<Self> {
        Self::broken(path, "BEGIN IMMEDIATE".to_owned(), "ROLLBACK".to_owned()).await
    }

    /// Time goes by for all computers that wait for a phone.
    pub(crate) async fn with_scans_over(path: &Path) -> anyhow::Result<Self> {
        let end = "UPDATE scan SET ends_at = 1".to_owned();
        Self::broken(path, end, String::new()).await
    }

    async fn broken(path: &Path, sql: String, mend: String) -> anyhow::Result<Self> {
        let url = format!("sqlite:{}", path.display());
        let mut connection = SqliteConnection::connect(&url).await?;
        connection.execute(sqlx::AssertSqlSafe(sql)).await?;
        Ok(Self { connection, mend })
    }

    /// Makes everything as it was.
    pub async fn mend(mut self) -> anyhow::Result<()> {
        let mend = sqlx::AssertSqlSafe(self.mend);
        self.connection.execute(mend).await?;
        Ok(self.connection.close().await?)
    }
}
