//! Group commit: writes that wait are committed together.
//!
//! SQLite has one writer, and what it writes waits for the disk. What arrives meanwhile is written together, next, with
//! one wait for all; nobody is answered before that wait is over. One write alone waits for nobody.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::error::ErrorKind;
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, MutexGuard, OwnedMutexGuard, mpsc, oneshot};
use tokio::time::timeout;

use crate::login_batch;
use crate::rows::IdentityRow;
use crate::{Error, SeenIdentity};

/// Writes of one transaction at most: a few milliseconds, for which other processes may have to wait.
const TOGETHER: usize = 64;
/// Length of the queue.
const WAITING: usize = 1024;
/// How long a write may wait for a place in the queue.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Takes writes.
#[derive(Debug, Clone)]
pub(crate) struct GroupCommit {
    pool: SqlitePool,
    writes: mpsc::Sender<Box<dyn Write>>,
    /// Whoever holds it writes for all who wait.
    waiting: Arc<Mutex<mpsc::Receiver<Box<dyn Write>>>>,
    turn: Arc<Mutex<()>>,
}

impl std::fmt::Debug for dyn Write {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Write")
    }
}

impl GroupCommit {
    /// Writes through `pool`.
    pub(crate) fn new(pool: SqlitePool) -> Self {
        let (writes, waiting) = mpsc::channel(WAITING);
        Self {
            pool,
            writes,
            waiting: Arc::new(Mutex::new(waiting)),
            turn: Arc::default(),
        }
    }

    /// For a transaction of its own: as long as the result is held, nothing else writes. SQLite's own way of waiting is
    /// not fair; it could wait for ever while others write all the time.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Runs `work`, which is one statement or changes nothing when it fails. Its result is given once it is durable.
    ///
    /// # Errors
    /// Those of `work` and of the transaction around it; nothing is changed then.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>>
            + Send
            + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let write = One {
            work: Some(work),
            result: None,
            answer,
        };
        self.queue(Box::new(write), answered).await
    }

    /// The same for a login: those that wait go into one statement.
    pub(crate) async fn note(&self, seen: SeenIdentity) -> Result<IdentityRow, Error> {
        let (answer, answered) = oneshot::channel();
        let write = Login {
            seen,
            result: None,
            answer,
        };
        self.queue(Box::new(write), answered).await
    }

    async fn queue<T>(
        &self,
        write: Box<dyn Write>,
        answered: oneshot::Receiver<Result<T, Error>>,
    ) -> Result<T, Error> {
        let gone = || Error::from(sqlx::Error::WorkerCrashed);
        match timeout(TIMEOUT, self.writes.send(write)).await {
            Ok(sent) => sent.map_err(|_| gone())?,
            Err(_) => return Err(sqlx::Error::PoolTimedOut.into()),
        }
        self.write_what_waits();
        answered.await.map_err(|_| gone())?
    }

    /// Unless somebody is at it. A task of its own, so that a caller who goes away takes nobody along; in the thread of
    /// whoever asks, because it costs a switch each to have it done by another.
    fn write_what_waits(&self) {
        let Ok(waiting) = Arc::clone(&self.waiting).try_lock_owned() else {
            return;
        };
        tokio::spawn(self.clone().write_all(waiting));
    }

    async fn write_all(self, mut waiting: OwnedMutexGuard<mpsc::Receiver<Box<dyn Write>>>) {
        let mut writes = Vec::new();
        while !waiting.is_empty() {
            waiting.recv_many(&mut writes, TOGETHER).await;
            let _turn = self.turn.lock().await;
            let end = write_together(&self.pool, &mut writes).await;
            let end = end.map_err(Arc::new);
            for write in writes.drain(..) {
                write.end(end.clone());
            }
        }
        drop(waiting);
        // Somebody may have come after the last look and found us still at it.
        if self.writes.capacity() < self.writes.max_capacity() {
            self.write_what_waits();
        }
    }
}

/// A write with whoever waits for it, of whatever type its result is.
#[async_trait]
trait Write: Send {
    /// Does it. An error where the transaction around it, if there is one, may not go on.
    async fn run(&mut self, connection: &mut SqliteConnection) -> Result<(), ()>;

    /// This as a login, if it is one.
    fn login(&mut self) -> Option<&mut Login> {
        None
    }

    /// Answers, after the end of the transaction.
    fn end(self: Box<Self>, end: Result<(), Arc<sqlx::Error>>);
}

struct One<T, W> {
    work: Option<W>,
    result: Option<sqlx::Result<T>>,
    answer: oneshot::Sender<Result<T, Error>>,
}

#[async_trait]
impl<T, W> Write for One<T, W>
where
    T: Send,
    W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send,
{
    async fn run(&mut self, connection: &mut SqliteConnection) -> Result<(), ()> {
        let Some(work) = self.work.take() else {
            return Ok(());
        };
        let result = work(connection).await;
        // A refused row leaves the others as they are. After other failures, such as a full disk, SQLite may have
        // rolled back everything.
        let may_go_on = match &result {
            Err(sqlx::Error::Database(error)) => error.kind() != ErrorKind::Other,
            Err(_) => false,
            Ok(_) => true,
        };
        self.result = Some(result);
        if may_go_on { Ok(()) } else { Err(()) }
    }

    fn end(self: Box<Self>, end: Result<(), Arc<sqlx::Error>>) {
        // Nobody may be waiting any more.
        let _ = self.answer.send(answer_of(self.result, end));
    }
}

/// A login, which may have been noted with others before it is its turn.
struct Login {
    seen: SeenIdentity,
    result: Option<sqlx::Result<IdentityRow>>,
    answer: oneshot::Sender<Result<IdentityRow, Error>>,
}

#[async_trait]
impl Write for Login {
    async fn run(&mut self, connection: &mut SqliteConnection) -> Result<(), ()> {
        if self.result.is_none() {
            let known = login_batch::note(connection, &[&self.seen]).await;
            self.result = Some(
                known.and_then(|rows| rows.into_iter().next().ok_or(sqlx::Error::RowNotFound)),
            );
        }
        if matches!(self.result, Some(Ok(_))) {
            Ok(())
        } else {
            Err(())
        }
    }

    fn login(&mut self) -> Option<&mut Login> {
        Some(self)
    }

    fn end(self: Box<Self>, end: Result<(), Arc<sqlx::Error>>) {
        let _ = self.answer.send(answer_of(self.result, end));
    }
}

/// What a write is told, of which this came in a transaction that ended so.
fn answer_of<T>(
    result: Option<sqlx::Result<T>>,
    end: Result<(), Arc<sqlx::Error>>,
) -> Result<T, Error> {
    match (result, end) {
        // What it met itself says more than what that made of the others.
        (Some(Err(error)), _) => Err(error.into()),
        (_, Err(error)) => Err(Error::Database(error)),
        (Some(Ok(value)), Ok(())) => Ok(value),
        (None, Ok(())) => Err(sqlx::Error::WorkerCrashed.into()),
    }
}

async fn write_together(pool: &SqlitePool, writes: &mut [Box<dyn Write>]) -> sqlx::Result<()> {
    if let [only] = writes {
        // SQLite makes a transaction of a statement by itself. What it meets is its own answer.
        let _ = only.run(&mut *pool.acquire().await?).await;
        return Ok(());
    }
    let mut connection = pool.acquire().await?;
    let end = write_in_transaction(&mut connection, writes).await;
    if end.is_err() {
        // SQLite may have rolled back by itself, of which the connection knows nothing: it would take the next
        // transaction for a part of this one.
        let _ = connection.close().await;
    }
    end
}

async fn write_in_transaction(
    connection: &mut SqliteConnection,
    writes: &mut [Box<dyn Write>],
) -> sqlx::Result<()> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let logins = writes.iter_mut().filter_map(|write| write.login());
    let logins: Vec<&mut Login> = logins.collect();
    let seen: Vec<&SeenIdentity> = logins.iter().map(|login| &login.seen).collect();
    let known = login_batch::note(&mut transaction, &seen).await?;
    for (login, row) in logins.into_iter().zip(known) {
        login.result = Some(Ok(row));
    }
    for write in writes {
        if write.run(&mut transaction).await.is_err() {
            let cause = "another write of the same transaction failed";
            return Err(sqlx::Error::Io(std::io::Error::other(cause)));
        }
    }
    transaction.commit().await
}

#[cfg(test)]
mod tests;
