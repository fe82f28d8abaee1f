//! PostgreSQL, or an engine that speaks its protocol: for several replicas of this program.

use std::convert::Infallible;
use std::str::FromStr;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use sqlx::error::DatabaseError;
use sqlx::postgres::{
    PgArguments as Arguments, PgConnectOptions, PgPoolOptions, PgRow as DatabaseRow,
};
use sqlx::{Arguments as _, Connection as _, Executor as _, FromRow, PgConnection, PgPool};

use crate::PostgresUrl;
use crate::migrations::APPLIED;
use crate::queries::{add_login, arguments, impl_store};
use crate::rows::{self, IdentityRow, OwnerRow, RecordRow, WrittenRow};
use crate::{
    Error, KnownIdentity, NotedIdentity, Owner, Precondition, RecordDraft, RecordId, RecordKind,
    SeenIdentity, Slice, StoredRecord, Version, Written, migrations, sql,
};
use wechat_oauth::{AppId, OpenId, UnionId};

/// [`Store`](super::Store) on PostgreSQL.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// Connects and brings the tables to this version; replicas that start at once wait for each other.
    ///
    /// # Errors
    /// [`Error`] if the server cannot be reached or refuses us, or its tables are of a newer version this one cannot use.
    pub async fn open(url: &PostgresUrl) -> Result<Self, Error> {
        let options =
            PgConnectOptions::from_str(url.expose())?.application_name("wechat-login-proxy");
        let patient = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options.clone())
            .await;
        let patient = match patient {
            // The pool has tried until its time was over, and keeps to itself what it met.
            Err(sqlx::Error::PoolTimedOut) => return Err(why_not(&options).await.into()),
            other => other?,
        };
        migrations::migrator().run(&patient).await?;
        migrations::accept(sqlx::query_scalar(APPLIED).fetch_one(&patient).await?)?;
        patient.close().await;
        let pool = PgPoolOptions::new()
            // A server takes 100 unless told otherwise, and there may be several of us.
            .max_connections(10)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .before_acquire(|connection, pooled| {
                Box::pin(async move {
                    // One that was just in use is there: asking each time would be half of all that is said.
                    if pooled.idle_for > TRUSTED_FOR {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(TIMEOUTS).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self { pool })
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
    async fn write<T, W>(&self, work: W) -> Result<T, Error>
    where
        W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    {
        let mut connection = self.pool.acquire().await?;
        Ok(work(&mut connection).await?)
    }

    /// Everybody may write at once.
    async fn turn(&self) -> Option<Infallible> {
        None
    }
}

/// Why there is no connection: nobody listens, or the server is starting.
async fn why_not(options: &PgConnectOptions) -> sqlx::Error {
    let attempt = PgConnection::connect_with(options);
    match tokio::time::timeout(Duration::from_secs(5), attempt).await {
        Ok(Err(error)) => error,
        // It has come back in this moment, or says nothing.
        Ok(Ok(_)) | Err(_) => sqlx::Error::PoolTimedOut,
    }
}

/// How long a connection may have been idle and still be taken without asking whether its server is there.
const TRUSTED_FOR: Duration = Duration::from_millis(100);

/// Somebody who holds a row for long, in a console perhaps, must not hold all our connections and everybody with them.
/// Not for migrations, which may take their time. A command and not a parameter of the connection: poolers pass that on.
const TIMEOUTS: &str = "SET lock_timeout = '5s'; SET statement_timeout = '30s'";

/// Otherwise a record that somebody binds to a user at the moment the user is forgotten would go along unseen.
const BEGIN_ISOLATED: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ";

/// Waits for whoever is at the same rows instead of giving up.
const BEGIN_WRITING: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Whether a transaction met another one and one of them had to give up.
fn is_conflict(error: &dyn DatabaseError) -> bool {
    // serialization_failure, deadlock_detected
    matches!(error.code().as_deref(), Some("40001" | "40P01"))
}

impl_store!(PostgresStore);
