//! Connections to PostgreSQL: how many for which kind of work, which are given up, and what is tried again.
//!
//! Servers change: after a failover the one we know takes no writes any more, or is away until another one has its
//! address. What was not done then is done on the next connection, as long as somebody may still be waiting for it.

use std::future::pending;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, Executor as _, PgConnection, PgPool, Postgres};
use tokio::time::{sleep, timeout};

use crate::Error;
use crate::heart::Heart;
use crate::queries::Again;
use crate::seen::{PATIENCE, Seen, is_read_only};

/// A server takes 100 connections unless told otherwise, and there may be several of us. Those that write can all be
/// waiting for a standby at once; the others still read.
const WRITING: u32 = 6;
const READING: u32 = 4;
/// Of one of us.
pub(crate) const CONNECTIONS: u32 = WRITING + READING;

/// The pause before something is tried again, which doubles each time: where somebody was in the way, and where nobody leads.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
const PAUSE_WITHOUT_LEADER: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// How long a server may take for a word without any work before it is used.
const SILENT_AFTER: Duration = Duration::from_secs(2);

/// How long work may take through a pooler, which alone knows whether its server is there: longer than a server goes on with
/// a statement.
const LIMIT_THROUGH_POOLER: Duration = Duration::from_secs(35);

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
    /// Where no pooler is between us and the server.
    heart: Option<Arc<Heart>>,
}

/// A piece of work.
pub(crate) struct Task<'a> {
    pub(crate) pool: &'a PgPool,
    /// How its transaction begins, if it needs one.
    pub(crate) begin: Option<&'static str>,
    pub(crate) again: Again,
    pub(crate) patience: Duration,
}

impl Pools {
    /// Connects. A session is ours from one transaction to the next where it `is_direct`.
    pub(crate) async fn open(options: PgConnectOptions, is_direct: bool) -> Result<Self, Error> {
        let seen = Arc::<Seen>::default();
        let open = |size| {
            let pool = pool(size, seen.clone(), is_direct);
            let pool = pool.after_connect(see_that_it_writes(seen.clone(), is_direct));
            pool.connect_with(options.clone())
        };
        let (reading, writing) = (open(READING).await?, open(WRITING).await?);
        let heart = if is_direct {
            let heart = Heart::start(options, reading.clone(), seen.clone()).await;
            Some(Arc::new(heart))
        } else {
            None
        };
        let pools = Self {
            reading,
            writing,
            seen,
            heart,
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
        self.seen.given_up()
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
            if matches!(error, Error::Unreachable(_) | Error::ReadOnly) {
                pause = pause.max(PAUSE_WITHOUT_LEADER);
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
        let mut held = Held {
            connection: Some(self.connection(task.pool, left).await?),
            is_whole: true,
            pools: self,
        };
        let silence = self.silence();
        let Some(connection) = &mut held.connection else {
            return Err(sqlx::Error::WorkerCrashed.into());
        };
        let done = async {
            match task.begin {
                None => work(connection).await,
                Some(begin) => in_transaction(connection, begin, work, &mut held.is_whole).await,
            }
        };
        let done = tokio::select! {
            done = done => done,
            () = silence => {
                held.is_whole = false;
                self.seen.count();
                return Err(timed_out().into());
            }
        };
        done.map_err(|error| {
            let error = Error::from(error);
            if matches!(error, Error::ReadOnly) {
                self.seen.writes_no_more();
                held.is_whole = false;
            }
            error
        })
    }

    /// Until the server is known to answer nobody any more. Work that waits for a standby, or for somebody who holds a row,
    /// is no such silence: to give it up would leave the server's session at it, and begin another one for the next.
    fn silence(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut silences = self.seen.silences();
        let is_direct = self.heart.is_some();
        async move {
            if !is_direct {
                sleep(LIMIT_THROUGH_POOLER).await;
            } else if silences.changed().await.is_err() {
                pending().await
            }
        }
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
            Ok(Err(sqlx::Error::PoolTimedOut)) | Err(_) => {
                // The heartbeat has met the same.
                let why = self.seen.why_unreachable().map(std::io::Error::other);
                let why = why.map_or(sqlx::Error::PoolTimedOut, sqlx::Error::Io);
                Err(Error::unreachable(why))
            }
            Ok(Err(error)) => Err(Error::unreachable(error)),
        }
    }
}

/// A connection in use. What becomes of it is said here, for whoever asked may go away at any moment.
struct Held<'a> {
    connection: Option<PoolConnection<Postgres>>,
    /// Whether the driver knows what the server is at. It does not while a transaction begins (sqlx issue 4393): given back
    /// then, the next one would be in it without knowing, and what that writes would never be committed.
    is_whole: bool,
    pools: &'a Pools,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        if !self.is_whole {
            connection.close_on_drop();
        } else if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // As the driver does it, which asks the server for a word and would wait for ever.
            let (back, silence) = (connection.return_to_pool(), self.pools.silence());
            runtime.spawn(async move {
                tokio::select! {
                    () = back => {}
                    () = silence => {}
                }
            });
        }
    }
}

/// Behind a pooler a session is ours only within a transaction, so what belongs together is in one: the statement and its
/// parameters, which go to the server one after the other, and the settings for it.
async fn in_transaction<T, W>(
    connection: &mut PgConnection,
    begin: &'static str,
    work: &W,
    is_whole: &mut bool,
) -> sqlx::Result<T>
where
    W: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>,
{
    *is_whole = false;
    // A pooler may have no session for us, and lets us wait for minutes.
    let begun = timeout(PATIENCE, connection.begin_with(begin)).await;
    let mut transaction = begun.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    *is_whole = true;
    let done = work(&mut transaction).await?;
    transaction.commit().await?;
    Ok(done)
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(ErrorKind::TimedOut.into())
}

fn pool(size: u32, seen: Arc<Seen>, is_direct: bool) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(move |connection, pooled| {
            let seen = seen.clone();
            Box::pin(async move {
                seen.is_asked();
                if seen.is_suspect(pooled.age) {
                    return Ok(false);
                }
                // One that was just in use is there: asking each time would be half of all that is said. Through a pooler the
                // word would need a session, which the work is given anyway.
                if is_direct && pooled.idle_for > TRUSTED_FOR {
                    let answer = timeout(SILENT_AFTER, connection.ping()).await;
                    answer.unwrap_or_else(|_| {
                        seen.count();
                        Err(timed_out())
                    })?;
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
        seen.is_asked();
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
