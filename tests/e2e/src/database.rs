//! The proxy's database, broken from outside.

use std::path::Path;

use sqlx::{Connection as _, Executor as _, SqliteConnection};

const TABLES: [&str; 2] = ["record", "identity"];

/// A database that does not do what the proxy asks of it, until it is [mended](Self::mend).
pub struct BrokenDatabase {
    connection: SqliteConnection,
    is_locked: bool,
}

impl BrokenDatabase {
    /// Takes the tables away: every statement fails.
    pub(crate) async fn without_tables(path: &Path) -> anyhow::Result<Self> {
        let mut connection = connect(path).await?;
        for table in TABLES {
            let sql = format!("ALTER TABLE {table} RENAME TO {table}_gone");
            connection.execute(sqlx::AssertSqlSafe(sql)).await?;
        }
        Ok(Self {
            connection,
            is_locked: false,
        })
    }

    /// Writes and does not come to an end: nobody else can write.
    pub(crate) async fn locked(path: &Path) -> anyhow::Result<Self> {
        let mut connection = connect(path).await?;
        connection.execute("BEGIN IMMEDIATE").await?;
        Ok(Self {
            connection,
            is_locked: true,
        })
    }

    /// Makes everything as it was.
    pub async fn mend(mut self) -> anyhow::Result<()> {
        if self.is_locked {
            self.connection.execute("ROLLBACK").await?;
        } else {
            for table in TABLES {
                let sql = format!("ALTER TABLE {table}_gone RENAME TO {table}");
                self.connection.execute(sqlx::AssertSqlSafe(sql)).await?;
            }
        }
        Ok(self.connection.close().await?)
    }
}

async fn connect(path: &Path) -> anyhow::Result<SqliteConnection> {
    Ok(SqliteConnection::connect(&format!("sqlite:{}", path.display())).await?)
}
