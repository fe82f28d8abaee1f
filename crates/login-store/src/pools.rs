//! Connections to PostgreSQL: how many for which kind of work, which are given up, and what is tried again.
//!
//! Servers change: after a failover the one we know takes no writes any more, or is away until another one has its
//! address. What was not done then is done on the next connection, as long as somebody may still be waiting for it.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, Executor as _, PgConnection, PgPool, Postgres, Row as _};
use tokio::time::{sleep, timeout};

use crate::Error;
use crate::queries::Again;

/// A server takes 100 connections unless told otherwise, and there may be several of us. Those that write can all be
/// waiting for a standby at once; the others still read.
const WRITING: u32 = 6;
const READING: u32 = 4;
/// Of one of us.
pub(crate) const CONNECTIONS: u32 = WRITING + READING;

/// How long to wait for a connection, and how long to try again.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The pause before something is tried again, which doubles each time.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// How long a server may take for a word without any work. One that takes longer is gone, perhaps without having said so.
const SILENT_AFTER: Duration = Duration::from_secs(2);

/// How long a connection may have been idle and still be taken without asking whether its server is there.
const TRUSTED_FOR: Duration = Duration::from_millis(100);

/// Somebody who holds a row for long, in a console perhaps, must not hold all our connections and everybody with them.
/// Not for migrations, which may take their time.
const TIMEOUTS: &str = "SET lock_timeout = '5s'; SET statement_timeout = '30s'";

/// The connections of a store.
#[derive(Debug, Clone)]
pub(crate) struct Pools {
    pub(crate) reading: PgPool,
    pub(crate) writing: PgPool,
    seen: Arc<Seen>,
}

/// A piece of work.
pub(crate) struct Task<'a> {
    pub(crate) pool: &'a PgPool,
    /// How its transaction begins, if it needs one.
    pub(crate) begin: Option<&'static str>,
    pub(crate) again: Again,
    pub(crate) patience: Duration,
    /// How long the server may take for it: longer than it allows itself, or longer than anybody would wait.
    pub(crate) limit: Duration,
}

impl Pools {
    /// Connects. A session is ours from one transaction to the next where it `is_direct`.
    pub(crate) async fn open(options: PgConnectOptions, is_direct: bool) -> Result<Self, Error> {
        let seen = Arc::<Seen>::default();
        let open = |size| {
            let pool = pool(size, seen.clone());
            let pool = pool.after_connect(see_that_it_writes(seen.clone(), is_direct));
            pool.connect_with(options.clone())
        };
        let (reading, writing) = (open(READING).await?, open(WRITING).await?);
        let pools = Self {
            reading,
            writing,
            seen,
        };
        if !is_direct {
            timeout(PATIENCE, pools.see_that_all_are_served())
                .await
                .unwrap_or(Err(Error::Pooler(CONNECTIONS)))?;
        }
        Ok(pools)
    }

    /// In session mode a pooler gives one of its connections to each of ours for as long as that lives. Found out before
    /// somebody's login waits for one.
    async fn see_that_all_are_served(&self) -> Result<(), Error> {
        let mut all = Vec::new();
        for (pool, size) in [(&self.reading, READING), (&self.writing, WRITING)] {
            for _ in 0..size {
                let mut connection = pool.acquire().await?;
                connection.execute("SELECT 1").await?;
                all.push(connection);
            }
        }
        Ok(())
    }

    /// How many connections were given up because their server took no writes or did not answer.
    pub(crate) fn given_up(&self) -> u64 {
        self.seen.given_up.load(Ordering::Relaxed)
    }

    /// Does a piece of work, again where it certainly was not done for a reason that passes, and where nobody knows if it
    /// may be.
    pub(crate) async fn run<T, W>(&self, task: Task<'_>, work: W) -> Result<T, Error>
    where
        W: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    {
        let began = Instant::now();
        let left = || task.patience.saturating_sub(began.elapsed());
        let mut pause = SHORTEST_PAUSE;
        let mut met = None;
        loop {
            let error = match self.attempt(&task, left(), &work).await {
                Ok(done) => return Ok(done),
                // That time is over says less than what happened before.
                Err(Error::Unreachable(sqlx::Error::PoolTimedOut)) if met.is_some() => {
                    return met.map_or(Err(sqlx::Error::PoolTimedOut.into()), Err);
                }
                Err(error) => error,
            };
            let is_harmless = task.again == Again::Harmless;
            let may_repeat = error.is_undone() || is_harmless && error.is_lost_connection();
            if !may_repeat || left() <= pause {
                return Err(error);
            }
            met = Some(error);
            sleep(pause).await;
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        }
    }

    async fn attempt<T, W>(&self, task: &Task<'_>, left: Duration, work: &W) -> Result<T, Error>
    where
        W: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    {
        let mut connection = self.connection(task.pool, left).await?;
        let done = async {
            match task.begin {
                None => work(&mut connection).await,
                Some(begin) => in_transaction(&mut connection, begin, work).await,
            }
        };
        let Ok(done) = timeout(task.limit, done).await else {
            self.seen.is_silent();
            connection.close_on_drop();
            return Err(timed_out().into());
        };
        done.map_err(|error| {
            let error = Error::from(error);
            if matches!(error, Error::ReadOnly) {
                self.seen.writes_no_more();
                connection.close_on_drop();
            }
            error
        })
    }

    /// Nothing was asked of the database where this fails.
    async fn connection(
        &self,
        pool: &PgPool,
        left: Duration,
    ) -> Result<PoolConnection<Postgres>, Error> {
        match timeout(left, pool.acquire()).await {
            Ok(Ok(connection)) => Ok(connection),
            // The pool has tried until its time was over, and keeps to itself what it met.
            Ok(Err(sqlx::Error::PoolTimedOut)) | Err(_) if self.seen.is_read_only() => {
                Err(Error::ReadOnly)
            }
            Ok(Err(error)) => Err(Error::unreachable(error)),
            Err(_) => Err(Error::unreachable(sqlx::Error::PoolTimedOut)),
        }
    }
}

/// Behind a pooler a session is ours only within a transaction, so what belongs together is in one: the statement and its
/// parameters, which go to the server one after the other, and the settings for it.
async fn in_transaction<T, W>(
    connection: &mut PgConnection,
    begin: &'static str,
    work: &W,
) -> sqlx::Result<T>
where
    W: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>,
{
    // A pooler may have no session for us, and lets us wait for minutes.
    let begun = timeout(PATIENCE, connection.begin_with(begin)).await;
    let mut transaction = begun.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    let done = work(&mut transaction).await?;
    transaction.commit().await?;
    Ok(done)
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(ErrorKind::TimedOut.into())
}

fn pool(size: u32, seen: Arc<Seen>) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(move |connection, pooled| {
            let seen = seen.clone();
            Box::pin(async move {
                if seen.is_suspect(pooled.age) {
                    return Ok(false);
                }
                // One that was just in use is there: asking each time would be half of all that is said.
                if pooled.idle_for > TRUSTED_FOR {
                    let answer = timeout(SILENT_AFTER, connection.ping()).await;
                    answer
                        .inspect_err(|_| seen.is_silent())
                        .unwrap_or_else(|_| Err(timed_out()))?;
                }
                Ok(true)
            })
        })
}

/// What a pool does with a new connection: refuses one to a server that takes no writes, for that is the server from
/// before a failover, or one that reads what is old. The pool makes another one then.
pub(crate) fn see_that_it_writes(
    seen: Arc<Seen>,
    is_direct: bool,
) -> impl for<'c> Fn(
    &'c mut PgConnection,
    sqlx::pool::PoolConnectionMetadata,
) -> BoxFuture<'c, sqlx::Result<()>>
+ Send
+ Sync
+ 'static {
    move |connection, _| {
        let seen = seen.clone();
        Box::pin(async move {
            if is_direct {
                connection.execute(TIMEOUTS).await?;
            }
            if is_read_only(connection).await? {
                seen.refuses();
                return Err(sqlx::Error::Configuration(
                    Error::ReadOnly.to_string().into(),
                ));
            }
            Ok(())
        })
    }
}

/// Whether the server takes no writes: a standby, or one that was told so.
pub(crate) async fn is_read_only(connection: &mut PgConnection) -> sqlx::Result<bool> {
    // Not prepared: that would need a session.
    let row = sqlx::raw_sql("SHOW transaction_read_only");
    let row = row.fetch_one(connection).await?;
    Ok(row.try_get::<String, _>(0)? == "on")
}

/// What was seen of servers that take no writes or do not answer.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    given_up: AtomicU64,
    times: Mutex<Times>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Times {
    /// When a server last took no writes.
    read_only: Option<Instant>,
    /// When one last took none that had taken them, or said nothing more: connections from before may be to the same.
    changed: Option<Instant>,
}

impl Seen {
    /// A new connection was to such a server.
    fn refuses(&self) {
        self.given_up.fetch_add(1, Ordering::Relaxed);
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = times.read_only.is_none_or(|at| at.elapsed() > PATIENCE);
        times.read_only = Some(Instant::now());
        if is_new {
            tracing::warn!(
                "the database takes no writes (a standby?); its connections are given up until one leads elsewhere"
            );
        }
    }

    /// One that was in use is.
    fn writes_no_more(&self) {
        self.refuses();
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.changed = Some(Instant::now());
    }

    /// One that was in use does not answer any more.
    fn is_silent(&self) {
        self.given_up.fetch_add(1, Ordering::Relaxed);
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.changed = Some(Instant::now());
        drop(times);
        tracing::warn!(
            "the database does not answer; the connections there are to it are given up"
        );
    }

    fn times(&self) -> Times {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether no server was met of late that takes writes.
    fn is_read_only(&self) -> bool {
        let at = self.times().read_only;
        at.is_some_and(|at| at.elapsed() < PATIENCE)
    }

    /// Whether a connection of this age may be to a server that takes no writes any more, or is gone.
    fn is_suspect(&self, age: Duration) -> bool {
        let is_older = self.times().changed.is_some_and(|at| age > at.elapsed());
        if is_older {
            self.given_up.fetch_add(1, Ordering::Relaxed);
        }
        is_older
    }
}
