//! A look at a database without changing it: which version its tables have.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use sqlx::postgres::PgSslMode;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, PgConnection, Row as _, SqliteConnection};

use crate::migrations::{self, APPLIED, Tables, is_half_moved};
use crate::place::with_end;
use crate::postgres::{fresh_name, is_direct, options};
use crate::seen::is_read_only;
use crate::{DatabaseUrl, Error, PostgresUrl};

/// What the server calls us.
const NAME: &str = "wechat-login-proxy check";

/// How long a server may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Looks at the database of `url`. A file that does not exist is not made.
///
/// # Errors
/// [`Error::Newer`] if a newer version of this program has made tables that ours cannot use, [`Error::HalfMoved`] if a move into
/// it is not finished, [`Error::Database`] if nothing answers.
pub async fn inspect(url: &DatabaseUrl) -> Result<Tables, Error> {
    let version = match url {
        DatabaseUrl::SqliteFile(path) => {
            Error::refuse_half_restored(path)?;
            Error::refuse_links(path)?;
            let looked = in_time(sqlite_version(path)).await;
            looked.map_err(|error| error.explained(path))?
        }
        // Made anew at each start.
        DatabaseUrl::SqliteMemory => None,
        DatabaseUrl::Postgres(url) => in_time(postgres_version(url)).await?,
    };
    match version {
        None => Ok(Tables::None),
        Some(version) => migrations::judge(version),
    }
}

pub(crate) async fn in_time<T, E: Into<Error>>(
    look: impl Future<Output = Result<T, E>>,
) -> Result<T, Error> {
    match tokio::time::timeout(TIMEOUT, look).await {
        Ok(looked) => looked.map_err(E::into),
        Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
    }
}

/// How this machine and a PostgreSQL server are connected.
#[derive(Debug, Clone, Copy)]
pub struct Connection {
    /// Whether it is by a socket of this machine, or to this machine.
    pub is_local: bool,
    /// What is demanded of it.
    pub sslmode: PgSslMode,
    /// Whether it is encrypted, as far as the server knows.
    pub is_encrypted: Option<bool>,
    /// Whether a pooler is in between: what the server knows is then the pooler's connection.
    pub is_pooled: bool,
}

/// Asks the server how it is connected.
///
/// # Errors
/// [`Error::Database`] if nothing answers.
pub async fn connection(url: &PostgresUrl) -> Result<Connection, Error> {
    let look = async {
        let name = fresh_name()?;
        let options = options(url, &name)?;
        let mut connection = PgConnection::connect_with(&options).await?;
        let is_pooled = !is_direct(&mut connection, &name, url).await?;
        let asked = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let asked = sqlx::raw_sql(asked).fetch_one(&mut connection).await;
        let is_encrypted = asked.ok().and_then(|row| row.try_get(0).ok());
        // Not what the address says: HAProxy on this machine leads elsewhere.
        let asked = "SELECT coalesce(host(inet_server_addr()), '')";
        let server = sqlx::raw_sql(asked).fetch_one(&mut connection).await?;
        let server: String = server.try_get(0)?;
        connection.close().await?;
        let is_here = |host: &str| host.parse().is_ok_and(|it: IpAddr| it.is_loopback());
        let host = options.get_host();
        let is_local = options.get_socket().is_some() || host == "localhost" || is_here(host);
        Ok(Connection {
            is_local: is_local && (server.is_empty() || is_here(&server)),
            sslmode: options.get_ssl_mode(),
            is_encrypted: is_encrypted.filter(|_| !is_pooled),
            is_pooled,
        })
    };
    in_time::<_, Error>(look).await
}

/// Whether sqlx's table is there, and then what it says. A macro as in `queries`.
macro_rules! version_through {
    ($connection:expr, $exists:literal) => {{
        let exists = sqlx::query_scalar($exists).persistent(false);
        if exists.fetch_one($connection).await? {
            let version = sqlx::query_scalar(APPLIED).persistent(false);
            version.fetch_one($connection).await?
        } else {
            None
        }
    }};
}

/// For a look that leaves nothing behind: without a `-wal` nobody has it open, and SQLite would make one, and a `-shm`, of
/// whoever looks.
pub(crate) fn to_look(path: &Path) -> SqliteConnectOptions {
    let is_closed = with_end(path, "-wal").symlink_metadata().is_err();
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    options.immutable(is_closed)
}

async fn sqlite_version(path: &Path) -> Result<Option<i64>, sqlx::Error> {
    if !path.try_exists()? {
        return Ok(None);
    }
    let mut connection = SqliteConnection::connect_with(&to_look(path)).await?;
    let version = version_through!(
        &mut connection,
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')"
    );
    connection.close().await?;
    Ok(version)
}

async fn postgres_version(url: &PostgresUrl) -> Result<Option<i64>, Error> {
    let mut connection = PgConnection::connect_with(&options(url, NAME)?).await?;
    // Of one session, whatever pooler is in between.
    let mut transaction = connection.begin().await?;
    // Where unqualified names lead, which is where the proxy would look.
    let version = version_through!(
        &mut *transaction,
        "SELECT to_regclass('_sqlx_migrations') IS NOT NULL"
    );
    let is_read_only = is_read_only(&mut transaction).await?;
    let is_half_moved = is_half_moved(&mut transaction).await?;
    transaction.commit().await?;
    connection.close().await?;
    if is_read_only {
        return Err(Error::ReadOnly);
    }
    if is_half_moved {
        return Err(Error::HalfMoved);
    }
    Ok(version)
}
