//! What was seen of servers that take no writes or do not answer, and which connections may be to one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{PgConnection, Row as _};
use tokio::sync::watch;

/// How long to wait for a connection, and how long to try again.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// What was seen of servers that take no writes or do not answer.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    given_up: AtomicU64,
    times: Mutex<Times>,
    silences: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Times {
    /// When a server last took no writes.
    read_only: Option<Instant>,
    /// When one last took none that had taken them, or said nothing more: connections from before may be to the same.
    changed: Option<Instant>,
    /// When a connection was last asked for.
    used: Option<Instant>,
    /// Why there was no connection, the last time that one was tried for the heartbeat.
    unreachable: Option<(Instant, String)>,
}

impl Seen {
    /// A connection was given up.
    pub(crate) fn count(&self) {
        self.given_up.fetch_add(1, Ordering::Relaxed);
    }

    /// A new connection was to such a server.
    pub(crate) fn refuses(&self) {
        self.count();
        let mut times = self.lock();
        let is_new = times.read_only.is_none_or(|at| at.elapsed() > PATIENCE);
        times.read_only = Some(Instant::now());
        if is_new {
            tracing::warn!(
                "the database takes no writes (a standby?); its connections are given up until one leads elsewhere"
            );
        }
    }

    /// One that was in use is.
    pub(crate) fn writes_no_more(&self) {
        self.refuses();
        self.change();
    }

    /// The server answers nobody any more: whatever is under way there has come to nothing.
    pub(crate) fn falls_silent(&self) {
        self.change();
        self.silences.send_replace(());
    }

    /// To be told when the server falls silent.
    pub(crate) fn silences(&self) -> watch::Receiver<()> {
        self.silences.subscribe()
    }

    /// How many connections were given up.
    pub(crate) fn given_up(&self) -> u64 {
        self.given_up.load(Ordering::Relaxed)
    }

    /// No connection could be made.
    pub(crate) fn is_unreachable(&self, why: String) {
        self.lock().unreachable = Some((Instant::now(), why));
    }

    /// Why no connection can be made, as far as that was found out of late.
    pub(crate) fn why_unreachable(&self) -> Option<String> {
        let times = self.lock();
        let unreachable = times.unreachable.as_ref();
        let of_late = unreachable.filter(|(at, _)| at.elapsed() < PATIENCE);
        of_late.map(|(_, why)| why.clone())
    }

    fn change(&self) {
        let mut times = self.lock();
        times.changed = Some(Instant::now());
    }

    fn lock(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether no server was met of late that takes writes.
    pub(crate) fn is_read_only(&self) -> bool {
        let at = self.lock().read_only;
        at.is_some_and(|at| at.elapsed() < PATIENCE)
    }

    /// Whether a connection of this time may be to another server than those of now.
    pub(crate) fn has_changed_since(&self, born: Instant) -> bool {
        self.lock().changed.is_some_and(|at| at > born)
    }

    /// Whether nobody has asked for a connection for so long.
    pub(crate) fn is_unused_for(&self, time: Duration) -> bool {
        self.lock().used.is_none_or(|at| at.elapsed() > time)
    }

    /// Somebody asks for a connection.
    pub(crate) fn is_asked(&self) {
        let mut times = self.lock();
        times.used = Some(Instant::now());
    }

    /// Whether a connection of this age may be to a server that takes no writes any more, or is gone.
    pub(crate) fn is_suspect(&self, age: Duration) -> bool {
        let is_older = self.lock().changed.is_some_and(|at| age > at.elapsed());
        if is_older {
            self.count();
        }
        is_older
    }
}

/// Whether the server takes no writes: a standby, or one that was told so.
pub(crate) async fn is_read_only(connection: &mut PgConnection) -> sqlx::Result<bool> {
    // Not prepared: that would need a session.
    let row = sqlx::raw_sql("SHOW transaction_read_only");
    let row = row.fetch_one(connection).await?;
    Ok(row.try_get::<String, _>(0)? == "on")
}
