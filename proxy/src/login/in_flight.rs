//! In-flight counter: how much work has begun and not ended, and waiting for the end of all of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// A number that goes up and down, and somebody who waits until it is zero.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    count: AtomicUsize,
    none_left: Notify,
}

/// One that is not counted for a while, because it only waits; counted again when dropped.
#[derive(Debug)]
pub(crate) struct Uncounted(Arc<Inner>);

/// One of those in flight; the end of it when dropped.
#[derive(Debug)]
pub(crate) struct InFlightGuard(Arc<Inner>);

impl InFlight {
    /// One more.
    pub(crate) fn begin(&self) -> InFlightGuard {
        self.0.count.fetch_add(1, Ordering::SeqCst);
        InFlightGuard(self.0.clone())
    }

    /// One less until the result is dropped; for who holds the guard of one of them.
    pub(crate) fn uncounted(&self) -> Uncounted {
        self.0.end();
        Uncounted(self.0.clone())
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.count.load(Ordering::SeqCst)
    }

    /// Returns at a moment when there are none.
    pub(crate) async fn none(&self) {
        loop {
            let none_left = self.0.none_left.notified();
            tokio::pin!(none_left);
            // From here on an end is not missed.
            none_left.as_mut().enable();
            if self.count() == 0 {
                return;
            }
            none_left.await;
        }
    }
}

impl Inner {
    fn end(&self) {
        if self.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.none_left.notify_waiters();
        }
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Drop for Uncounted {
    fn drop(&mut self) {
        self.0.count.fetch_add(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn waiting_ends_when_the_last_one_does() {
        let in_flight = InFlight::default();
        assert!(in_flight.none().now_or_never().is_some());
        let (one, two) = (in_flight.begin(), in_flight.begin());
        assert_eq!(in_flight.count(), 2);
        let waiting = in_flight.clone();
        let waiting = tokio::spawn(async move { waiting.none().await });
        drop(one);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(two);
        waiting.await.unwrap();
    }
}
