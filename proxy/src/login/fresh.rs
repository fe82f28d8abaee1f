//! A value of WeChat's that is good for a while: one fetches it for all, and anew before its end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;
use super::exchange::LoginError;
use super::flight::{self, Flight};

/// How long before its end a value is fetched anew. WeChat makes a new token in the last five minutes of the old one, and
/// hands out the old one before.
const BEFORE_THE_END: Duration = Duration::from_secs(4 * 60);
/// The longest life that is believed, WeChat's own: nothing tells that a ticket is over but pages on phones.
const LONGEST: Duration = Duration::from_secs(2 * 60 * 60);
/// For how long nobody tries again what failed; and the shortest life that is believed, for the same reason.
pub(super) const PAUSE: Duration = Duration::from_secs(10);

/// The value, where there is one.
pub(super) struct Fresh<T> {
    shared: Arc<Mutex<State<T>>>,
    clock: Arc<dyn Clock>,
}

struct State<T> {
    good: Option<Good<T>>,
    /// Why there is no new one, and until when that is the answer.
    failed: Option<(LoginError, Duration)>,
    under_way: Option<Flight<Fetched<T>>>,
}

struct Good<T> {
    value: T,
    renew_at: Duration,
    until: Duration,
}

/// A value and what is left of it.
type Fetched<T> = Result<(T, Duration), LoginError>;

impl<T: Clone + PartialEq + Send + Sync + 'static> Fresh<T> {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State {
            good: None,
            failed: None,
            under_way: None,
        };
        Self {
            shared: Arc::new(Mutex::new(state)),
            clock,
        }
    }

    /// The value. While it is good nobody waits: near its end `fetch` runs beside. Whoever finds none waits for it, with all others.
    ///
    /// # Errors
    /// That of `fetch`, for a while without asking again.
    pub(super) async fn get<W>(&self, fetch: impl FnOnce() -> W) -> Result<T, LoginError>
    where
        W: Future<Output = Fetched<T>> + Send + 'static,
    {
        let now = self.clock.monotonic();
        let (value, joined) = {
            let mut state = lock(&self.shared);
            let good = state.good.as_ref().filter(|it| now < it.until);
            let value = good.map(|it| it.value.clone());
            if good.is_some_and(|it| now < it.renew_at) {
                return value.ok_or(LoginError::Interrupted);
            }
            let failed = state.failed.clone().filter(|(_, until)| now < *until);
            let joined = match (state.under_way.clone(), failed) {
                (Some(flight), _) => Ok((flight, None)),
                (None, Some((error, _))) => Err(error),
                (None, None) => {
                    let (takeoff, flight) = flight::prepare();
                    state.under_way = Some(flight.clone());
                    Ok((flight, Some(takeoff)))
                }
            };
            (value, joined)
        };
        let flight = joined.map(|(flight, takeoff)| {
            if let Some(takeoff) = takeoff {
                let (shared, clock) = (self.shared.clone(), self.clock.clone());
                takeoff.begin(fetch(), move |fetched| {
                    lock(&shared).land(fetched, now, clock.monotonic());
                });
            }
            flight
        });
        if let Some(value) = value {
            return Ok(value);
        }
        let fetched = flight?.await;
        let (value, _) = fetched.unwrap_or(Err(LoginError::Interrupted))?;
        Ok(value)
    }

    /// WeChat does not take this value any more. One that has come since stays.
    pub(super) fn forget(&self, value: &T) {
        let mut state = lock(&self.shared);
        state.good = state.good.take().filter(|it| it.value != *value);
    }

    /// Nor does it take its successor, so that nothing is asked for a while.
    pub(super) fn fail(&self, error: LoginError) {
        let mut state = lock(&self.shared);
        state.good = None;
        state.failed = Some((error, self.clock.monotonic().saturating_add(PAUSE)));
    }
}

impl<T: Clone> State<T> {
    /// A fetch that began at `begun` is over; nothing where it panicked.
    fn land(&mut self, fetched: Option<&Fetched<T>>, begun: Duration, now: Duration) {
        self.under_way = None;
        match fetched.unwrap_or(&Err(LoginError::Interrupted)) {
            Ok((value, left)) => {
                let left = (*left).clamp(PAUSE, LONGEST);
                let renewed_after = left
                    .saturating_sub(BEFORE_THE_END)
                    .max(left.checked_div(2).unwrap_or_default());
                self.good = Some(Good {
                    value: value.clone(),
                    renew_at: begun.saturating_add(renewed_after),
                    until: begun.saturating_add(left),
                });
                self.failed = None;
            }
            // This one knows by itself how long to wait.
            Err(LoginError::RateLimited(_)) => {}
            Err(error) => self.failed = Some((error.clone(), now.saturating_add(PAUSE))),
        }
    }
}

fn lock<T>(shared: &Mutex<State<T>>) -> MutexGuard<'_, State<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::clock::ManualClock;

    struct Fixture {
        fresh: Fresh<u32>,
        clock: Arc<ManualClock>,
    }

    impl Fixture {
        fn new() -> Self {
            let clock = Arc::new(ManualClock::at(1_800_000_000));
            Self {
                fresh: Fresh::new(clock.clone()),
                clock,
            }
        }

        /// What is answered where a fetch would bring `value` with so many seconds left, or fail.
        async fn get(&self, value: u32, left: Option<u64>) -> Result<u32, LoginError> {
            let outcome = left.map(|left| (value, Duration::from_secs(left)));
            let outcome = outcome.ok_or(LoginError::OtherVerifier);
            let got = self.fresh.get(|| async move { outcome }).await;
            // What was begun beside ends.
            tokio::task::yield_now().await;
            got
        }

        fn advance(&self, seconds: u64) {
            self.clock.advance(Duration::from_secs(seconds));
        }
    }

    #[tokio::test]
    async fn it_is_renewed_before_its_end_and_nobody_waits_for_that() {
        let it = Fixture::new();
        assert_eq!(it.get(1, Some(7200)).await.unwrap(), 1);
        it.advance(7200 - 241);
        assert_eq!(it.get(2, Some(7200)).await.unwrap(), 1);
        it.advance(1);
        assert_eq!(it.get(3, Some(7200)).await.unwrap(), 1, "the old one");
        assert_eq!(it.get(4, Some(7200)).await.unwrap(), 3);
        it.advance(7200);
        assert_eq!(it.get(5, Some(u64::MAX)).await.unwrap(), 5);
        it.advance(7200);
        assert_eq!(it.get(6, Some(0)).await.unwrap(), 6, "no longer than that");
        assert_eq!(it.get(7, Some(0)).await.unwrap(), 6, "nor shorter");
    }

    #[tokio::test]
    async fn a_failure_is_the_answer_for_a_while_but_not_while_the_old_one_is_good() {
        let it = Fixture::new();
        assert!(it.get(1, None).await.is_err());
        assert!(it.get(1, Some(7200)).await.is_err());
        it.advance(10);
        assert_eq!(it.get(1, Some(7200)).await.unwrap(), 1);
        it.advance(7200 - 1);
        for _ in 0..2 {
            assert_eq!(it.get(2, None).await.unwrap(), 1);
        }
        it.advance(1);
        assert!(it.get(2, Some(7200)).await.is_err(), "it still pauses");
    }

    #[tokio::test]
    async fn what_panics_is_a_failure_and_no_end_of_it() {
        let it = Fixture::new();
        let panics = || async { panic!("on purpose") };
        assert!(it.fresh.get(panics).await.is_err());
        it.advance(10);
        assert_eq!(it.get(1, Some(7200)).await.unwrap(), 1);
        it.fresh.forget(&2);
        assert_eq!(it.get(2, Some(7200)).await.unwrap(), 1);
        it.fresh.forget(&1);
        assert_eq!(it.get(2, Some(7200)).await.unwrap(), 2);
    }
}
