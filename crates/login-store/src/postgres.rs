//! PostgreSQL, or an engine that speaks its protocol: for several replicas of this program, with a pooler before it or without.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use sqlx::postgres::{
    PgArguments as Arguments, PgConnectOptions, PgPoolOptions, PgRow as DatabaseRow,
};
use sqlx::{
    Arguments as _, ConnectOptions as _, Connection as _, FromRow, PgConnection, PgPool, Row as _,
};
use tokio::time::timeout;

use crate::PostgresUrl;
use crate::login_batch::add_login;
use crate::pools::{CONNECTIONS, Pools, Task, see_that_it_writes};
use crate::queries::{Again, arguments, impl_store};
use crate::rows::{self, IdentityRow, OwnerRow, RecordRow, ScanRow, WrittenRow};
use crate::seen::{PATIENCE, Seen, is_read_only};
use crate::{
    Error, KnownIdentity, NotedIdentity, Owner, Precondition, RecordDraft, RecordId, RecordKind,
    Scan, ScanState, ScanStep, SeenIdentity, Slice, StoredRecord, Version, Written, migrations,
    sql,
};
use wechat_oauth::{AppId, OpenId, UnionId};

/// [`Store`](super::Store) on PostgreSQL.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pools: Pools,
    /// Whether a session is ours from one transaction to the next.
    is_direct: bool,
}

impl PostgresStore {
    /// Connects and brings the tables to this version; replicas that start at once wait for each other.
    ///
    /// # Errors
    /// [`Error`] if the server cannot be reached or refuses us, or its tables are of a newer version this one cannot use.
    pub async fn open(url: &PostgresUrl) -> Result<Self, Error> {
        let (patient, is_direct) = connect_patiently(url).await?;
        if migrations::is_half_moved(&mut *patient.acquire().await?).await? {
            return Err(Error::HalfMoved);
        }
        migrations::run_on_postgres(&patient).await?;
        patient.close().await;
        if !is_direct {
            tracing::info!("a pooler stands before the database");
        }
        let pools = Pools::open(options(url, "wechat-login-proxy")?, is_direct).await?;
        Ok(Self { pools, is_direct })
    }

    fn pools(&self) -> impl Iterator<Item = &PgPool> {
        [&self.pools.reading, &self.pools.writing].into_iter()
    }

    fn given_up(&self) -> u64 {
        self.pools.given_up()
    }

    /// More patient than everything else: its code is spent, and nobody could log in with it once more.
    async fn note_login(&self, seen: &SeenIdentity) -> Result<KnownIdentity, Error> {
        let mut values = Arguments::default();
        add_login!(values, seen);
        let task = Task {
            patience: PATIENCE_OF_LOGINS,
            ..self.task(&self.pools.writing, Again::Harmless)
        };
        rows::the_identity(self.rows_of(task, sql::UPSERT_IDENTITY, values).await?)
    }

    fn task<'a>(&self, pool: &'a PgPool, again: Again) -> Task<'a> {
        Task {
            pool,
            begin: (!self.is_direct).then_some(BEGIN),
            again,
            patience: PATIENCE,
        }
    }

    async fn rows_of<R>(
        &self,
        task: Task<'_>,
        statement: &'static str,
        values: Arguments,
    ) -> Result<Vec<R>, Error>
    where
        R: for<'r> FromRow<'r, DatabaseRow> + Send + Unpin + 'static,
    {
        // Names of prepared statements are a session's: behind a pooler they are somebody else's the next time.
        let is_kept = self.is_direct;
        let work = self.pools.run(task, move |connection| {
            let query = sqlx::query_as_with(statement, values.clone());
            query.persistent(is_kept).fetch_all(connection).boxed()
        });
        work.await
    }

    async fn read_rows<R>(
        &self,
        statement: &'static str,
        values: Arguments,
    ) -> Result<Vec<R>, Error>
    where
        R: for<'r> FromRow<'r, DatabaseRow> + Send + Unpin + 'static,
    {
        let task = self.task(&self.pools.reading, Again::Harmless);
        self.rows_of(task, statement, values).await
    }

    /// PostgreSQL itself has one wait for the disk for several writers.
    async fn write_rows<R>(
        &self,
        again: Again,
        statement: &'static str,
        values: Arguments,
    ) -> Result<Vec<R>, Error>
    where
        R: for<'r> FromRow<'r, DatabaseRow> + Send + Unpin + 'static,
    {
        let task = self.task(&self.pools.writing, again);
        self.rows_of(task, statement, values).await
    }

    /// Whoever asks gives up soon, and wants to know that there is still reading where all that write wait for a standby.
    async fn probe(&self, statement: &'static str, values: Arguments) -> Result<(), Error> {
        let task = Task {
            patience: PATIENCE_OF_PROBES,
            ..self.task(&self.pools.reading, Again::Harmless)
        };
        let _: Vec<OwnerRow> = self.rows_of(task, statement, values).await?;
        Ok(())
    }

    async fn transact<T, W>(&self, begin: &'static str, work: W) -> Result<T, Error>
    where
        W: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    {
        let task = Task {
            begin: Some(begin),
            ..self.task(&self.pools.writing, Again::Harmful)
        };
        self.pools.run(task, work).await
    }

    fn keeps_statements(&self) -> bool {
        self.is_direct
    }
}

/// One connection without limits of time for what is asked, and whether its session is ours from one transaction to the
/// next.
///
/// # Errors
/// [`Error`] if the server cannot be reached or takes no writes.
pub(crate) async fn connect_patiently(url: &PostgresUrl) -> Result<(PgPool, bool), Error> {
    let name = fresh_name()?;
    // What takes long here is meant to.
    let own = options(url, &name)?.disable_statement_logging();
    let patient = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .after_connect(see_that_it_writes(Arc::<Seen>::default(), false))
        .connect_with(own.clone())
        .await;
    let patient = match patient {
        // The pool has tried until its time was over, and keeps to itself what it met.
        Err(sqlx::Error::PoolTimedOut) => return Err(why_not(&own).await),
        other => other?,
    };
    let is_direct = is_direct(&mut *patient.acquire().await?, &name, url).await?;
    Ok((patient, is_direct))
}

/// How the driver is told to connect.
pub(crate) fn options(url: &PostgresUrl, name: &str) -> Result<PgConnectOptions, sqlx::Error> {
    let options = PgConnectOptions::from_str(url.expose())?;
    // The last one for poolers: older ones refuse whatever they do not know, and we have no numbers with fractions.
    Ok(options.application_name(name).extra_float_digits(None))
}

/// Whether nobody is between us and the server who gives its sessions to others, too. This connection must have been made
/// by this name, which is nobody else's.
///
/// The server tells by whom a setting was made. The name is told at the beginning of a connection, and most poolers begin
/// connections of their own, with a name of their own or none, on which they set ours later. Some begin them by the name
/// of whoever came first: of two connections, asked in turn, one finds the other's name then.
pub(crate) async fn is_direct(
    one: &mut PgConnection,
    name: &str,
    url: &PostgresUrl,
) -> Result<bool, Error> {
    if !is_begun_by(one, name).await? {
        return Ok(false);
    }
    // In session mode a pooler may have only one for us.
    timeout(PATIENCE, is_nobody_elses(one, name, url))
        .await
        .unwrap_or(Err(Error::Pooler(CONNECTIONS)))
}

async fn is_nobody_elses(
    one: &mut PgConnection,
    name: &str,
    url: &PostgresUrl,
) -> Result<bool, Error> {
    let name_of_other = fresh_name()?;
    let mut other = PgConnection::connect_with(&options(url, &name_of_other)?).await?;
    // Twice, whichever of its connections a pooler gives out next.
    let is_direct = is_begun_by(&mut other, &name_of_other).await?
        && is_begun_by(&mut other, &name_of_other).await?
        && is_begun_by(one, name).await?;
    other.close().await?;
    Ok(is_direct)
}

/// What the server calls one connection of ours and no other.
pub(crate) fn fresh_name() -> Result<String, Error> {
    Ok(format!("wechat-login-proxy {}", Version::fresh()?))
}

async fn is_begun_by(connection: &mut PgConnection, name: &str) -> sqlx::Result<bool> {
    const BY_CLIENT: &str = "SELECT setting FROM pg_settings \
        WHERE name = 'application_name' AND source = 'client'";
    // Not prepared: that would need a session.
    let row = sqlx::raw_sql(BY_CLIENT).fetch_optional(connection).await?;
    Ok(row.is_some_and(|row| row.try_get(0).is_ok_and(|it: &str| it == name)))
}

/// Why there is no connection: nobody listens, or the server is starting.
async fn why_not(options: &PgConnectOptions) -> Error {
    let attempt = async {
        let mut connection = PgConnection::connect_with(options).await?;
        is_read_only(&mut connection).await
    };
    match timeout(PATIENCE, attempt).await {
        Ok(Err(error)) => error.into(),
        Ok(Ok(true)) => Error::ReadOnly,
        // It has come back in this moment, or says nothing.
        Ok(Ok(false)) | Err(_) => sqlx::Error::PoolTimedOut.into(),
    }
}

/// As long as somebody waits before a page that says so, and until another server has taken over that was asked to.
const PATIENCE_OF_LOGINS: Duration = Duration::from_secs(12);
const PATIENCE_OF_PROBES: Duration = Duration::from_secs(3);

/// Settings as those of a connection, where the session is a pooler's and the next transaction on it another program's.
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

impl_store!(PostgresStore);
