//! Until when to wait.

use std::time::Duration;

use tokio::time::Instant;

/// `wait` after `start`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the longest wait there is takes minutes, and the clock of a machine counts centuries"
)]
pub(crate) fn after(start: Instant, wait: Duration) -> Instant {
    start + wait
}
