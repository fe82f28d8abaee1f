//! A clock that tests can move.

use std::time::{Duration, Instant};

/// Time since the simulator started, plus whatever was skipped.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    /// `None` for a clock that moves only when told to.
    started: Option<Instant>,
    skipped: Duration,
}

impl Clock {
    /// A clock that runs like the one on the wall.
    pub(crate) fn running() -> Self {
        Self {
            started: Some(Instant::now()),
            skipped: Duration::ZERO,
        }
    }

    /// A clock that stands still, for tests that look at a boundary.
    #[cfg(test)]
    pub(crate) fn stopped() -> Self {
        Self {
            started: None,
            skipped: Duration::ZERO,
        }
    }

    /// Time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.started
            .map_or(Duration::ZERO, |started| started.elapsed())
            .saturating_add(self.skipped)
    }

    /// Skips some time. There is no way back.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.skipped = self.skipped.saturating_add(by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_step_stops_at_the_end_of_time() {
        let mut clock = Clock::stopped();
        clock.advance(Duration::MAX);
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Duration::MAX);
    }
}
