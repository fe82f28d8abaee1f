//! Circuit breaker for WeChat's rate limits: after its "too many" nobody asks it again for a minute, then one asks for
//! all.
//!
//! The limits are WeChat's errcodes 45009 (calls a day) and 45011 (calls a minute), both counted by appid and call. Who
//! goes on asking makes it worse: calls that are refused count, too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;
use super::rate_limit::{Limit, RateLimited};
use wechat_oauth::{AppId, Endpoint};

/// What those are told who come while one asks for all: the answer is there in less.
const WHILE_ASKING: Duration = Duration::from_secs(1);

type Key = (AppId, Endpoint);

/// Which calls WeChat wants to be spared.
pub(crate) struct WechatQuota {
    clock: Arc<dyn Clock>,
    pause: Duration,
    /// As many at most as there are configured appids and calls.
    pauses: Mutex<HashMap<Key, Pause>>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    until: Duration,
    /// Somebody asks whether it is over.
    is_asked: bool,
}

/// The permission to make one call. Dropped without [`Call::end`] it says nothing about the quota.
pub(crate) struct Call {
    quota: Arc<WechatQuota>,
    key: Key,
    /// Asks for all after a pause.
    is_first: bool,
}

impl WechatQuota {
    /// Leaves WeChat alone for `pause`, for each account and call.
    pub(crate) fn new(pause: Duration, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            pause,
            pauses: Mutex::default(),
        }
    }

    /// The permission to make this call.
    ///
    /// # Errors
    /// [`RateLimited`] while WeChat wants to be left alone.
    pub(crate) fn enter(
        self: &Arc<Self>,
        appid: &AppId,
        endpoint: Endpoint,
    ) -> Result<Call, RateLimited> {
        let key = (appid.clone(), endpoint);
        let mut is_first = false;
        if let Some(pause) = self.pauses().get_mut(&key) {
            let remaining = pause.until.saturating_sub(self.clock.monotonic());
            let retry_after = if remaining.is_zero() {
                WHILE_ASKING
            } else {
                remaining
            };
            if !remaining.is_zero() || pause.is_asked {
                return Err(RateLimited {
                    limit: Limit::Wechat,
                    retry_after,
                });
            }
            pause.is_asked = true;
            is_first = true;
        }
        Ok(Call {
            quota: self.clone(),
            key,
            is_first,
        })
    }

    fn pauses(&self) -> MutexGuard<'_, HashMap<Key, Pause>> {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Call {
    /// Tells whether WeChat said that the quota is used up. Answers whether that was news.
    pub(crate) fn end(self, is_used_up: bool) -> bool {
        let mut pauses = self.quota.pauses();
        if is_used_up {
            let pause = Pause {
                until: self
                    .quota
                    .clock
                    .monotonic()
                    .saturating_add(self.quota.pause),
                is_asked: false,
            };
            let earlier = pauses.insert(self.key.clone(), pause);
            return earlier.is_none() || self.is_first;
        }
        // What began before the pause says nothing about its end.
        if self.is_first {
            pauses.remove(&self.key);
        }
        false
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.is_first
            && let Some(pause) = self.quota.pauses().get_mut(&self.key)
        {
            pause.is_asked = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::clock::ManualClock;

    struct Fixture {
        quota: Arc<WechatQuota>,
        clock: Arc<ManualClock>,
    }

    impl Fixture {
        fn new() -> Self {
            let clock = Arc::new(ManualClock::at(1_800_000_000));
            Self {
                quota: Arc::new(WechatQuota::new(Duration::from_secs(60), clock.clone())),
                clock,
            }
        }

        fn enter(&self) -> Result<Call, u64> {
            self.enter_as("wx00000000000000a1", Endpoint::AccessToken)
        }

        fn enter_as(&self, appid: &str, endpoint: Endpoint) -> Result<Call, u64> {
            let appid = AppId::parse(appid).unwrap();
            let entered = self.quota.enter(&appid, endpoint);
            entered.map_err(|limited| limited.retry_after_seconds())
        }

        fn advance(&self, seconds: u64) {
            self.clock.advance(Duration::from_secs(seconds));
        }
    }

    #[test]
    fn after_the_minute_another_refusal_begins_another_minute() {
        let fixture = Fixture::new();
        fixture.enter().unwrap().end(true);
        fixture.advance(60);
        fixture.enter().unwrap().end(true);
        assert_eq!(fixture.enter().err(), Some(60));
    }

    #[test]
    fn whoever_goes_away_while_asking_leaves_it_to_the_next() {
        let fixture = Fixture::new();
        fixture.enter().unwrap().end(true);
        fixture.advance(60);
        drop(fixture.enter().unwrap());
        assert!(fixture.enter().is_ok());
    }

    #[test]
    fn a_success_that_began_before_does_not_end_the_pause_and_a_late_refusal_is_no_news() {
        let fixture = Fixture::new();
        let (one, two, three) = (
            fixture.enter().unwrap(),
            fixture.enter().unwrap(),
            fixture.enter().unwrap(),
        );
        assert!(one.end(true));
        assert!(!two.end(true));
        three.end(false);
        assert_eq!(fixture.enter().err(), Some(60));
    }
}
