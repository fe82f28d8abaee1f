//! Rate limits: so many a minute for each of many.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::login::clock::Clock;

/// Refused for now, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimited {
    /// What was used up.
    pub limit: Limit,
    /// When there will be some again.
    pub retry_after: Duration,
}

/// What can be used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// `limits.exchanges_per_client_per_minute`.
    ExchangesOfClient,
    /// `limits.exchanges_per_minute`.
    Exchanges,
    /// `limits.writes_per_user_per_minute`.
    WritesOfUser,
    /// The log's own, for reports of broken apps.
    Reports,
    /// WeChat's own, said by its errcodes 45009 and 45011 less than a minute ago.
    Wechat,
}

impl RateLimited {
    /// What stands in `Retry-After`: whole seconds, at least one.
    pub fn retry_after_seconds(&self) -> u64 {
        let rest = u64::from(self.retry_after.subsec_nanos() > 0);
        self.retry_after.as_secs().saturating_add(rest).max(1)
    }
}

/// How many are told apart at most, about 50 bytes each. Beyond that nobody is refused: whoever comes from that many
/// addresses is not stopped by counting them.
const TOLD_APART_AT_MOST: usize = 100_000;
/// How often those who have all of it again are forgotten, where there are too many.
const BETWEEN_CLEANINGS: Duration = Duration::from_secs(1);

/// A token bucket for each key: all of it at once, or one by one as time brings it back.
pub(crate) struct PerMinute<K: Hash + Eq + Clone> {
    limit: Limit,
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
    /// Each key may do `most` in a minute.
    pub(crate) fn new(limit: Limit, most: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        let quota = Quota::per_minute(most);
        Self {
            limit,
            limiter: RateLimiter::new(quota, HashMapStateStore::default(), Monotonic(clock)),
            cleaned: Mutex::default(),
            at_most: TOLD_APART_AT_MOST,
        }
    }

    /// Uses one of what the key has.
    ///
    /// # Errors
    /// [`RateLimited`] if there is none left.
    pub(crate) fn take(&self, key: &K) -> Result<(), RateLimited> {
        let now = self.limiter.clock().0.monotonic();
        if self.limiter.len() >= self.at_most && !self.make_room(now) {
            return Ok(());
        }
        self.limiter.check_key(key).map_err(|refusal| RateLimited {
            limit: self.limit,
            retry_after: refusal.wait_time_from(now),
        })
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
    use crate::login::clock::ManualClock;

    fn limiter(at_most: usize, most: u32) -> (PerMinute<u32>, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        let most = NonZeroU32::new(most).unwrap();
        let mut limiter = PerMinute::new(Limit::Exchanges, most, clock.clone());
        limiter.at_most = at_most;
        (limiter, clock)
    }

    #[test]
    fn waiting_is_said_in_whole_seconds_that_are_long_enough() {
        for (millis, seconds) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (60_000, 60)] {
            let limited = RateLimited {
                limit: Limit::Exchanges,
                retry_after: Duration::from_millis(millis),
            };
            assert_eq!(limited.retry_after_seconds(), seconds, "{millis}");
        }
    }

    #[test]
    fn memory_is_bounded_and_room_is_made_as_time_goes_by() {
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
