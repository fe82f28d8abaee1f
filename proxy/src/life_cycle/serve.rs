//! From the first request to the last.
//!
//! Asked to end, the process first only says so (readiness, `Connection: close`), so that load balancers turn to others
//! while everything still works; then it refuses new connections, finishes what is under way, and closes. Workers are
//! stopped last and together: connections to WeChat and to the database belong to the worker that opened them, but all
//! workers use them.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt;
use actix_web::web::Data;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::door::Door;
use super::signals::Signals;
use super::supervisor;
use crate::app::{self, AppState, StartError};
use crate::deadline;

/// For the framework's thread to take its hands off the listener; it does not say when it has.
const LET_GO: Duration = Duration::from_millis(100);
/// For workers that were told to drop everything.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Whatever was under way was answered.
    Finished,
    /// Something took longer than `shutdown_limit_seconds`, or somebody asked three times.
    Cut,
}

/// Serves on `listener` until a signal comes, and ends as described above.
///
/// A second signal ends the waiting for load balancers, one more the waiting for what is under way.
///
/// # Errors
/// [`StartError`] if the server cannot start, or stops by itself.
pub async fn serve_until_stopped(
    state: Data<AppState>,
    listener: TcpListener,
    mut signals: Signals,
) -> Result<End, StartError> {
    let door = Door::of(&listener)?;
    // Not the one asked for: with port 0 the system chooses.
    let address = listener.local_addr()?;
    let server = app::serve(state.clone(), listener)?;
    let handle = server.handle();
    let mut serving = rt::spawn(server);
    tracing::info!(%address, "listening");
    supervisor::say_ready();
    let signal = tokio::select! {
        ended = &mut serving => {
            ended.map_err(io::Error::other)??;
            return Err(io::Error::other("the server ended by itself").into());
        }
        signal = signals.next() => signal,
    };
    let ending = Ending {
        deadline: deadline::after(Instant::now(), state.config.shutdown.limit),
        state,
        handle,
        door,
        signals,
    };
    tracing::info!(%signal, "asked to end");
    Ok(ending.run().await)
}

struct Ending {
    state: Data<AppState>,
    handle: ServerHandle,
    door: Door,
    signals: Signals,
    deadline: Instant,
}

impl Ending {
    async fn run(mut self) -> End {
        supervisor::say_stopping();
        self.let_others_notice().await;
        self.refuse_newcomers().await;
        if !self.finish().await || !self.close().await {
            return self.cut().await;
        }
        tracing::info!("ended; nothing was cut off");
        End::Finished
    }

    /// Load balancers ask for readiness every few seconds.
    async fn let_others_notice(&mut self) {
        self.state.life.begin_the_end();
        let delay = self.state.config.shutdown.delay;
        if delay.is_zero() {
            return;
        }
        tracing::info!(
            seconds = delay.as_secs(),
            "readiness says no; everything is still served"
        );
        tokio::select! {
            () = sleep(delay) => {}
            signal = self.signals.next() => tracing::info!(%signal, "asked again; not waiting any longer"),
        }
    }

    async fn refuse_newcomers(&self) {
        // Before the socket is shut, or the framework would take that for an error.
        self.handle.pause().await;
        sleep(LET_GO).await;
        self.door.shut();
        tracing::info!(
            requests = self.state.life.requests().count(),
            exchanges = self.state.exchange.under_way().count(),
            "new connections are refused; finishing what is under way"
        );
    }

    /// False if it is not finished in time, or somebody does not want to wait.
    async fn finish(&mut self) -> bool {
        let requests = self.state.life.requests();
        let exchanges = self.state.exchange.under_way();
        let all = async {
            // One can begin while the others are waited for.
            while requests.count() > 0 || exchanges.count() > 0 {
                requests.none().await;
                exchanges.none().await;
            }
        };
        tokio::select! {
            finished = timeout_at(self.deadline, all) => finished.is_ok(),
            signal = self.signals.next() => {
                tracing::info!(%signal, "asked again; not finishing");
                false
            }
        }
    }

    /// Answers that are being sent are sent. False if the clients do not take them in time.
    async fn close(&mut self) -> bool {
        let close = async {
            self.state.life.close_connections();
            self.handle.stop(true).await;
            self.state.store.close().await;
        };
        tokio::select! {
            closed = timeout_at(self.deadline, close) => closed.is_ok(),
            signal = self.signals.next() => {
                tracing::info!(%signal, "asked again; not closing properly");
                false
            }
        }
    }

    async fn cut(self) -> End {
        tracing::error!(
            requests = self.state.life.requests().count(),
            exchanges = self.state.exchange.under_way().count(),
            "ended before everything was finished; shutdown_limit_seconds says how long that may take"
        );
        let stop = self.handle.stop(false);
        let _ = timeout(LAST_MOMENT, stop).await;
        End::Cut
    }
}
