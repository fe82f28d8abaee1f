//! A look at a database without changing it: which version its tables have.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::migrations::{self, APPLIED, Tables};
use crate::{DatabaseUrl, Error};

/// How long a server may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Looks at the database of `url`. A file that does not exist is not made.
///
/// # Errors
/// [`Error::Newer`] if a newer version of this program has made tables that ours cannot use, [`Error::Database`] if nothing answers.
pub async fn inspect(url: &DatabaseUrl) -> Result<Tables, Error> {
    let look = async {
        match url {
            DatabaseUrl::SqliteFile(path) => sqlite_version(path).await,
            // Made anew at each start.
            DatabaseUrl::SqliteMemory => Ok(None),
            DatabaseUrl::Postgres(url) => postgres_version(url.expose()).await,
        }
    };
    let version = tokio::time::timeout(TIMEOUT, look).await;
    let version = version.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    match version {
        None => Ok(Tables::None),
        Some(version) => migrations::judge(version),
    }
}

/// Whether sqlx's table is there, and then what it says. A macro as in `queries`.
macro_rules! version_through {
    ($connection:expr, $exists:literal) => {{
        let mut connection = $connection;
        let exists = sqlx::query_scalar($exists)
            .fetch_one(&mut connection)
            .await?;
        let version = if exists {
            sqlx::query_scalar(APPLIED)
                .fetch_one(&mut connection)
                .await?
        } else {
            None
        };
        connection.close().await?;
        Ok(version)
    }};
}

async fn sqlite_version(path: &Path) -> Result<Option<i64>, sqlx::Error> {
    if !path.try_exists()? {
        return Ok(None);
    }
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    version_through!(
        SqliteConnection::connect_with(&options).await?,
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')"
    )
}

async fn postgres_version(url: &str) -> Result<Option<i64>, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("wechat-login-proxy check");
    // Where unqualified names lead, which is where the proxy would look.
    version_through!(
        PgConnection::connect_with(&options).await?,
        "SELECT to_regclass('_sqlx_migrations') IS NOT NULL"
    )
}
