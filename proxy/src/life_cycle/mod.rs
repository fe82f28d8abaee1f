//! How the program serves and ends.
//!
//! Reading order: [`LifeCycle`] (what everybody may ask), `under_way` (what is counted), [`serve`] (from the first
//! request to the last), `signals`, `door` (how new connections are refused while old ones are served), `supervisor`
//! (systemd is told).

mod door;
mod serve;
mod signals;
mod supervisor;
mod under_way;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

pub use serve::{End, serve_until_stopped};
pub use signals::{Asked, Signals};
pub(crate) use under_way::{OneUnderWay, UnderWay};

/// Whether the process is ending, and what it has to finish first.
#[derive(Debug, Default)]
pub struct LifeCycle {
    is_ending: AtomicBool,
    is_closing: watch::Sender<bool>,
    requests: UnderWay,
}

impl LifeCycle {
    /// From now on readiness says no, and answers ask clients to open another connection, which then finds another
    /// process. Everything is still served.
    pub fn begin_the_end(&self) {
        self.is_ending.store(true, Ordering::SeqCst);
    }

    /// Whether the end has begun.
    pub fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::SeqCst)
    }

    /// Closes the connections on which nothing is under way.
    pub(crate) fn close_connections(&self) {
        self.is_closing.send_replace(true);
    }

    /// Ends when connections shall be closed.
    pub(crate) fn closing(&self) -> impl Future<Output = ()> + use<> {
        let mut is_closing = self.is_closing.subscribe();
        // An error says that everything is gone.
        async move { drop(is_closing.wait_for(|is_closing| *is_closing).await) }
    }

    /// The requests without an answer yet.
    pub(crate) fn requests(&self) -> &UnderWay {
        &self.requests
    }
}
