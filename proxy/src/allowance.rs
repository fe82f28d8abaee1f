//! So many a minute and no more.

use std::sync::Mutex;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// Counts what happens in one minute, beginning with the first.
#[derive(Debug)]
pub(crate) struct Allowance {
    limit: u32,
    minute: Mutex<Option<(Instant, u32)>>,
}

impl Allowance {
    /// At most `limit` in any minute that begins with one.
    pub(crate) fn per_minute(limit: u32) -> Self {
        Self {
            limit,
            minute: Mutex::new(None),
        }
    }

    /// Counts one more at `now`; says whether it is still within the limit.
    pub(crate) fn take(&self, now: Instant) -> bool {
        // A panic of another holder leaves a count that is as good as any.
        let mut minute = self
            .minute
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (started, count) = match *minute {
            Some((started, count)) if now.saturating_duration_since(started) < MINUTE => {
                (started, count)
            }
            _ => (now, 0),
        };
        let is_within = count < self.limit;
        *minute = Some((started, count + u32::from(is_within)));
        is_within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_for_a_minute_and_then_begins_anew() {
        let allowance = Allowance::per_minute(2);
        let start = Instant::now();
        let at = |seconds| allowance.take(start + Duration::from_secs(seconds));
        assert_eq!([at(0), at(1), at(2), at(59)], [true, true, false, false]);
        assert_eq!([at(60), at(61), at(62)], [true, true, false]);
    }
}
