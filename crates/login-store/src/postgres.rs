//! PostgreSQL, or an engine that speaks its protocol: for several replicas of this program, with a pooler before it or without.

use std::convert::Infallible;
use std::str::FromStr;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use sqlx::error::DatabaseError;
use sqlx::postgres::{
    PgArguments as Arguments, PgConnectOptions, PgPoolOptions, PgRow as DatabaseRow,
};
use sqlx::{
    Arguments as _, Connection as _, Executor as _, FromRow, PgConnection, PgPool, Postgres,
    Row as _, Transaction,
};
use tokio::time::timeout;

use crate::PostgresUrl;
use crate::login_batch::add_login;
use crate::queries::{arguments, impl_store};
use crate::rows::{self, IdentityRow, OwnerRow, RecordRow, ScanRow, WrittenRow};
use crate::{
    Error, KnownIdentity, NotedIdentity, Owner, Precondition, RecordDraft, RecordId, RecordKind,
    Scan, ScanState, ScanStep, SeenIdentity, Slice, StoredRecord, Version, Written, migrations,
    sql,
};
use wechat_oauth::{AppId, OpenId, UnionId};

/// [`Store`](super::Store) on PostgreSQL.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: PgPool,
    /// Whether a session is ours from one transaction to the next.
    is_direct: bool,
}

impl PostgresStore {
    /// Connects and brings the tables to this version; replicas that start at once wait for each other.
    ///
    /// # Errors
    /// [`Error`] if the server cannot be reached or refuses us, or its tables are of a newer version this one cannot use.
    pub async fn open(url: &PostgresUrl) -> Result<Self, Error> {
        let options = options(url, "wechat-login-proxy")?;
        let patient = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .connect_with(options.clone())
            .await;
        let patient = match patient {
            // The pool has tried until its time was over, and keeps to itself what it met.
            Err(sqlx::Error::PoolTimedOut) => return Err(why_not(&options).await.into()),
            other => other?,
        };
        let is_direct = is_direct(&mut *patient.acquire().await?).await?;
        migrations::run_on_postgres(&patient).await?;
        patient.close().await;
        let mut pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .before_acquire(|connection, pooled| {
                Box::pin(async move {
                    // One that was just in use is there: asking each time would be half of all that is said.
                    if pooled.idle_for > TRUSTED_FOR {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            });
        if is_direct {
            pool = pool.after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(TIMEOUTS).await?;
                    Ok(())
                })
            });
        }
        let pool = pool.connect_with(options).await?;
        if !is_direct {
            tracing::info!("a pooler stands before the database");
            see_that_all_are_served(&pool).await?;
        }
        Ok(Self { pool, is_direct })
    }

    fn pools(&self) -> impl Iterator<Item = &PgPool> {
        std::iter::once(&self.pool)
    }

    async fn note_login(&self, seen: &SeenIdentity) -> Result<KnownIdentity, Error> {
        let mut values = Arguments::default();
        add_login!(values, seen);
        rows::the_identity(self.write_rows(sql::UPSERT_IDENTITY, values).await?)
    }

    /// PostgreSQL itself has one wait for the disk for several writers.
    ///
    /// Behind a pooler a session is ours only within a transaction, so what belongs together is in one: the statement and
    /// its parameters, which go to the server one after the other, and the settings for it.
    async fn write<T, W>(&self, work: W) -> Result<T, Error>
    where
        W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    {
        if self.is_direct {
            let mut connection = self.pool.acquire().await?;
            return Ok(work(&mut connection).await?);
        }
        let mut transaction = self.begin(BEGIN).await?;
        let done = work(&mut transaction).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// A pooler may have no session for us, and lets us wait for minutes.
    async fn begin(&self, statement: &'static str) -> sqlx::Result<Transaction<'static, Postgres>> {
        let begun = timeout(PATIENCE, self.pool.begin_with(statement)).await;
        begun.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    async fn read<T, W>(&self, work: W) -> Result<T, Error>
    where
        W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    {
        self.write(work).await
    }

    /// Names of prepared statements are a session's: behind a pooler they are somebody else's the next time.
    fn keeps_statements(&self) -> bool {
        self.is_direct
    }

    /// Everybody may write at once.
    async fn turn(&self) -> Option<Infallible> {
        None
    }
}

/// How the driver is told to connect.
pub(crate) fn options(url: &PostgresUrl, name: &str) -> Result<PgConnectOptions, sqlx::Error> {
    let options = PgConnectOptions::from_str(url.expose())?;
    // The last one for poolers: older ones refuse whatever they do not know, and we have no numbers with fractions.
    Ok(options.application_name(name).extra_float_digits(None))
}

/// Whether nobody is between us and the server who gives its sessions to others, too.
///
/// The server tells by whom a setting was made. The name of this program is told at the beginning of a connection, and
/// poolers begin connections of their own, with a name of their own or none, on which they set ours later.
pub(crate) async fn is_direct(connection: &mut PgConnection) -> sqlx::Result<bool> {
    const BY_CLIENT: &str = "SELECT EXISTS \
        (SELECT 1 FROM pg_settings WHERE name = 'application_name' AND source = 'client' \
        AND setting LIKE 'wechat-login-proxy%')";
    // Not prepared: that would need a session.
    let row = sqlx::raw_sql(BY_CLIENT).fetch_one(connection).await?;
    row.try_get(0)
}

/// In session mode a pooler gives one of its connections to each of ours for as long as that lives. Found out before
/// somebody's login waits for one.
async fn see_that_all_are_served(pool: &PgPool) -> Result<(), Error> {
    let ask = async {
        let mut all = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut connection = pool.acquire().await?;
            connection.execute("SELECT 1").await?;
            all.push(connection);
        }
        Ok(())
    };
    timeout(PATIENCE, ask)
        .await
        .unwrap_or(Err(Error::Pooler(CONNECTIONS)))
}

/// Why there is no connection: nobody listens, or the server is starting.
async fn why_not(options: &PgConnectOptions) -> sqlx::Error {
    let attempt = PgConnection::connect_with(options);
    match timeout(PATIENCE, attempt).await {
        Ok(Err(error)) => error,
        // It has come back in this moment, or says nothing.
        Ok(Ok(_)) | Err(_) => sqlx::Error::PoolTimedOut,
    }
}

/// A server takes 100 unless told otherwise, and there may be several of us.
const CONNECTIONS: u32 = 10;

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection may have been idle and still be taken without asking whether its server is there.
const TRUSTED_FOR: Duration = Duration::from_millis(100);

/// Somebody who holds a row for long, in a console perhaps, must not hold all our connections and everybody with them.
/// Not for migrations, which may take their time.
const TIMEOUTS: &str = "SET lock_timeout = '5s'; SET statement_timeout = '30s'";

/// The same where the session is a pooler's and the next transaction on it another program's.
macro_rules! with_timeouts {
    ($begin:literal) => {
        concat!(
            $begin,
            "; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '30s'"
        )
    };
}
const BEGIN: &str = with_timeouts!("BEGIN");

/// Otherwise a record that somebody binds to a user at the moment the user is forgotten would go along unseen.
const BEGIN_ISOLATED: &str = with_timeouts!("BEGIN ISOLATION LEVEL REPEATABLE READ");

/// Waits for whoever is at the same rows instead of giving up.
const BEGIN_WRITING: &str = with_timeouts!("BEGIN ISOLATION LEVEL READ COMMITTED");

/// Whether a transaction met another one and one of them had to give up.
fn is_conflict(error: &dyn DatabaseError) -> bool {
    // serialization_failure, deadlock_detected
    matches!(error.code().as_deref(), Some("40001" | "40P01"))
}

impl_store!(PostgresStore);
