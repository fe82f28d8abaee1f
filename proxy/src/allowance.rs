//! So many a minute and no more.

use std::sync::Mutex;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// Counts what happens in one minute, beginning with the first.
#[derive(Debug)]
pub(crate) struct Allowance {
    limit: u32,
    minute: Mutex<Option<Minute>>,
}

#[derive(Debug, Clone, Copy)]
struct Minute {
    started: Instant,
    taken: u32,
    refused: u64,
}

/// Whether one more is within the limit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is; so many were refused since the last one that was.
    Yes {
        /// To be said once.
        refused_before: u64,
    },
    /// It is not.
    No,
}

impl Allowance {
    /// At most `limit` in any minute that begins with one.
    pub(crate) fn per_minute(limit: u32) -> Self {
        Self {
            limit,
            minute: Mutex::new(None),
        }
    }

    /// Counts one more at `now`.
    pub(crate) fn take(&self, now: Instant) -> Taken {
        // A panic of another holder leaves a count that is as good as any.
        let mut minute = self
            .minute
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut current = match *minute {
            Some(current) if now.saturating_duration_since(current.started) < MINUTE => current,
            earlier => Minute {
                started: now,
                taken: 0,
                refused: earlier.map_or(0, |earlier| earlier.refused),
            },
        };
        let taken = if current.taken < self.limit {
            current.taken = current.taken.saturating_add(1);
            let refused_before = std::mem::take(&mut current.refused);
            Taken::Yes { refused_before }
        } else {
            current.refused = current.refused.saturating_add(1);
            Taken::No
        };
        *minute = Some(current);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_for_a_minute_and_then_begins_anew_with_the_count_of_the_refused() {
        let allowance = Allowance::per_minute(2);
        let start = Instant::now();
        let at = |seconds| allowance.take(start + Duration::from_secs(seconds));
        let yes = |refused_before| Taken::Yes { refused_before };
        assert_eq!(
            [at(0), at(1), at(2), at(59)],
            [yes(0), yes(0), Taken::No, Taken::No]
        );
        assert_eq!([at(60), at(61), at(62)], [yes(2), yes(0), Taken::No]);
    }
}
