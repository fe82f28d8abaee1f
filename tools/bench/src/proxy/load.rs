//! Asks a server as fast as it answers, or at an even rate.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, spawn_local};

use crate::connection::Connection;
use crate::pace::Pace;
use crate::requests::Requests;

/// As many ask at once: browsers and web servers keep a few connections each, and thread pools have 40 threads.
pub(crate) const CONNECTIONS: usize = 64;

/// Connections to one server, and what they ask.
pub(crate) struct Load {
    connections: Vec<Connection>,
    requests: Rc<Requests>,
    next: Rc<Cell<u64>>,
}

/// A connection on its way through many requests, and how long each took.
type Asker = JoinHandle<anyhow::Result<(Connection, Vec<Duration>)>>;

impl Load {
    /// To ask for `requests`.
    pub(crate) fn new(requests: Requests) -> Self {
        let connect = |_| Connection::new(requests.address());
        Self {
            connections: (0..CONNECTIONS).map(connect).collect(),
            requests: Rc::new(requests),
            next: Rc::new(Cell::new(0)),
        }
    }

    /// Every connection asks again as soon as it is answered. How long each answer took that came in time.
    ///
    /// # Errors
    /// When one answer is not the expected one.
    pub(crate) async fn closed(&mut self, time: Duration) -> anyhow::Result<Vec<Duration>> {
        let until = Instant::now() + time;
        self.all(|mut asker| async move {
            let mut took = Vec::new();
            loop {
                let begun = Instant::now();
                asker.ask().await?;
                let now = Instant::now();
                if now > until {
                    return Ok((asker.connection, took));
                }
                took.push(now - begun);
            }
        })
        .await
    }

    /// So many in a second, whether or not the server keeps up. How long each took from the moment it was due:
    /// waiting for a free connection counts, so a server that stalls is not asked less because of it.
    ///
    /// # Errors
    /// When one answer is not the expected one.
    pub(crate) async fn open(
        &mut self,
        per_second: f64,
        time: Duration,
    ) -> anyhow::Result<Vec<Duration>> {
        let due = Rc::new(RefCell::new(VecDeque::new()));
        let gate = Rc::new(Semaphore::new(0));
        let releases = spawn_local(release(per_second, time, due.clone(), gate.clone()));
        let took = self
            .all(|mut asker| {
                let (due, gate) = (due.clone(), gate.clone());
                async move {
                    let mut took = Vec::new();
                    loop {
                        gate.acquire().await?.forget();
                        let moment = due.borrow_mut().pop_front();
                        let Some(moment) = moment else {
                            return Ok((asker.connection, took));
                        };
                        asker.ask().await?;
                        took.push(Instant::now() - moment);
                    }
                }
            })
            .await;
        // It has released all that was asked, or nobody asks any more.
        releases.abort();
        took
    }

    async fn all<F>(&mut self, ask: impl Fn(One) -> F) -> anyhow::Result<Vec<Duration>>
    where
        F: Future<Output = anyhow::Result<(Connection, Vec<Duration>)>> + 'static,
    {
        let connections = std::mem::take(&mut self.connections);
        ensure!(!connections.is_empty(), "an earlier run failed");
        let askers: Vec<Asker> = connections
            .into_iter()
            .map(|connection| {
                spawn_local(ask(One {
                    connection,
                    requests: self.requests.clone(),
                    next: self.next.clone(),
                    request: Vec::new(),
                }))
            })
            .collect();
        let mut all = Vec::new();
        let mut failure = None;
        for asker in askers {
            match asker.await.context("a connection was given up")? {
                Ok((connection, took)) => {
                    self.connections.push(connection);
                    all.extend(took);
                }
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(all), Err)
    }
}

/// Lets requests go when they are due, and at the end lets everybody go home.
async fn release(
    per_second: f64,
    time: Duration,
    due: Rc<RefCell<VecDeque<Instant>>>,
    gate: Rc<Semaphore>,
) -> anyhow::Result<()> {
    let end = Instant::now() + time;
    let mut pace = Pace::new(per_second)?;
    while Instant::now() < end {
        let moments = pace.due().await?;
        gate.add_permits(moments.len());
        due.borrow_mut().extend(moments);
    }
    gate.add_permits(CONNECTIONS);
    Ok(())
}

/// One connection with its buffer.
struct One {
    connection: Connection,
    requests: Rc<Requests>,
    next: Rc<Cell<u64>>,
    request: Vec<u8>,
}

impl One {
    async fn ask(&mut self) -> anyhow::Result<()> {
        let number = self.next.get();
        self.next.set(number + 1);
        self.request.clear();
        self.requests.write(number, &mut self.request);
        let answer = self.connection.ask(&self.request).await?;
        let is_expected = self.requests.expects(answer.status);
        ensure!(
            is_expected,
            "an answer of status {}: {}",
            answer.status,
            String::from_utf8_lossy(self.connection.body(answer))
        );
        Ok(())
    }
}
