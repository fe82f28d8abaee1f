//! Work that many wait for: it goes on by itself, whoever comes and goes, and is over however it ends.

use futures_util::FutureExt as _;
use futures_util::future::Shared;
use tokio::sync::oneshot;
use tracing::Instrument as _;

/// What the work comes to, for all who wait. Fails where it panicked.
pub(super) type Flight<T> = Shared<oneshot::Receiver<T>>;

/// Work that has not begun. It begins behind the lock under which others find its flight, for it may end at once.
pub(super) struct Takeoff<T>(oneshot::Sender<T>);

/// A flight, to be kept where others find it until it lands.
pub(super) fn prepare<T: Clone>() -> (Takeoff<T>, Flight<T>) {
    let (answer, flight) = oneshot::channel();
    (Takeoff(answer), flight.shared())
}

impl<T: Send + Sync + 'static> Takeoff<T> {
    /// Does the work in a task of its own, so that a caller that goes away does not end it. `land` hears what it came to,
    /// or nothing where it panicked, before anybody else: whoever has the answer and asks again finds what is kept.
    pub(super) fn begin(
        self,
        work: impl Future<Output = T> + Send + 'static,
        land: impl FnOnce(Option<&T>) + Send + 'static,
    ) {
        let mut landing = Landing(Some(Box::new(land)));
        let task = async move {
            let outcome = work.await;
            landing.land(Some(&outcome));
            // Perhaps nobody waits any more.
            let _ = self.0.send(outcome);
        };
        tokio::spawn(task.in_current_span());
    }
}

/// The end of the work, however it comes.
struct Landing<T>(Option<Land<T>>);

type Land<T> = Box<dyn FnOnce(Option<&T>) + Send>;

impl<T> Landing<T> {
    fn land(&mut self, outcome: Option<&T>) {
        if let Some(land) = self.0.take() {
            land(outcome);
        }
    }
}

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        self.land(None);
    }
}
