//! In-flight counter: how much work has begun and not ended, and waiting for the end of all of it.

use tokio::sync::watch;

/// A number that goes up and down, and somebody who waits until it is zero.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight(watch::Sender<usize>);

/// One that is not counted for a while, because it only waits; counted again when dropped.
#[derive(Debug)]
pub(crate) struct Uncounted(InFlight);

/// One of those in flight; the end of it when dropped.
#[derive(Debug)]
pub(crate) struct InFlightGuard(InFlight);

impl InFlight {
    /// One more.
    pub(crate) fn begin(&self) -> InFlightGuard {
        self.add();
        InFlightGuard(self.clone())
    }

    /// One less until the result is dropped; for who holds the guard of one of them.
    pub(crate) fn uncounted(&self) -> Uncounted {
        self.end();
        Uncounted(self.clone())
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        *self.0.borrow()
    }

    /// Returns at a moment when there are none.
    pub(crate) async fn none(&self) {
        // Fails only without a sender, which is here.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Nobody waits for more of them.
    fn add(&self) {
        self.0.send_if_modified(|count| {
            *count = count.saturating_add(1);
            false
        });
    }

    fn end(&self) {
        self.0.send_if_modified(|count| {
            *count = count.saturating_sub(1);
            *count == 0
        });
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Drop for Uncounted {
    fn drop(&mut self) {
        self.0.add();
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
