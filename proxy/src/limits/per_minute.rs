//! So many a minute for each of many.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::clock::Clock;

/// How many are told apart at most, about 50 bytes each. Beyond that nobody is refused: whoever comes from that many
/// addresses is not stopped by counting them.
const TOLD_APART_AT_MOST: usize = 100_000;
/// How often those who have all of their allowance again are forgotten, where there are too many.
const BETWEEN_CLEANINGS: Duration = Duration::from_secs(1);

/// An allowance for each key: all of it at once, or one by one as time brings it back.
pub(crate) struct PerMinute<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, Monotonic, NoOpMiddleware<Duration>>,
    cleaned: Mutex<Duration>,
    at_most: usize,
}

/// Our clock as the limiter reads it.
#[derive(Clone)]
struct Monotonic(Arc<dyn Clock>);

impl governor::clock::Clock for Monotonic {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.monotonic()
    }
}

impl<K: Hash + Eq + Clone> PerMinute<K> {
    /// Each key may do `allowance` in a minute.
    pub(crate) fn new(allowance: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        Self::telling_apart(TOLD_APART_AT_MOST, allowance, clock)
    }

    fn telling_apart(at_most: usize, allowance: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        let quota = Quota::per_minute(allowance);
        Self {
            limiter: RateLimiter::new(quota, HashMapStateStore::default(), Monotonic(clock)),
            cleaned: Mutex::default(),
            at_most,
        }
    }

    /// Uses one of the key's allowance.
    ///
    /// # Errors
    /// How long until there is one, if there is none left.
    pub(crate) fn take(&self, key: &K) -> Result<(), Duration> {
        let now = self.limiter.clock().0.monotonic();
        if self.limiter.len() >= self.at_most && !self.make_room(now) {
            return Ok(());
        }
        self.limiter
            .check_key(key)
            .map_err(|refusal| refusal.wait_time_from(now))
    }

    /// Whether there is room for one more key afterwards.
    fn make_room(&self, now: Duration) -> bool {
        let mut cleaned = self.cleaned.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(*cleaned) >= BETWEEN_CLEANINGS {
            *cleaned = now;
            self.limiter.retain_recent();
        }
        self.limiter.len() < self.at_most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn limiter(at_most: usize, allowance: u32) -> (PerMinute<u32>, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        let allowance = NonZeroU32::new(allowance).unwrap();
        let limiter = PerMinute::telling_apart(at_most, allowance, clock.clone());
        (limiter, clock)
    }

    #[test]
    fn the_allowance_is_given_at_once_and_comes_back_one_by_one() {
        let (limiter, clock) = limiter(10, 30);
        for _ in 0..30 {
            assert_eq!(limiter.take(&1), Ok(()));
        }
        assert_eq!(limiter.take(&1), Err(Duration::from_secs(2)));
        clock.advance(Duration::from_secs(1));
        assert_eq!(limiter.take(&1), Err(Duration::from_secs(1)));
        clock.advance(Duration::from_secs(1));
        assert_eq!(limiter.take(&1), Ok(()));
        assert!(limiter.take(&1).is_err());
    }

    #[test]
    fn one_key_does_not_use_what_is_anothers() {
        let (limiter, _clock) = limiter(10, 1);
        assert_eq!(limiter.take(&1), Ok(()));
        assert!(limiter.take(&1).is_err());
        assert_eq!(limiter.take(&2), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_room_is_made_as_allowances_come_back() {
        let (limiter, clock) = limiter(3, 1);
        for key in 0..100 {
            assert_eq!(limiter.take(&key), Ok(()), "{key}");
        }
        assert_eq!(limiter.limiter.len(), 3);
        clock.advance(Duration::from_secs(121));
        assert_eq!(limiter.take(&200), Ok(()));
        assert!(limiter.take(&200).is_err(), "counted again");
        assert_eq!(limiter.limiter.len(), 1);
    }
}
