//! What is refused so that the rest keeps working: too many logins, too many writes, too much at once, slow clients.
//!
//! Reading order: [`Limited`] (what a refusal says), `per_minute` (how it is counted), `counted` (what is), `client` (who
//! counts as one client), `wechat_quota` (WeChat's own limits), `request` and `connection` (what every request passes
//! through), `guarded_stream` (what every byte passes through), `files` (how many connections the system allows).

pub(crate) mod client;
pub(crate) mod connection;
pub(crate) mod connections;
pub(crate) mod counted;
pub(crate) mod files;
pub(crate) mod guarded_stream;
pub(crate) mod per_minute;
pub mod request;
pub(crate) mod wechat_quota;

use std::time::Duration;

/// Refused for now, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limited {
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
    /// WeChat's own, said by its errcodes 45009 and 45011 less than a minute ago.
    Wechat,
}

impl Limited {
    /// What stands in `Retry-After`: whole seconds, at least one.
    pub fn retry_after_seconds(&self) -> u64 {
        let rest = u64::from(self.retry_after.subsec_nanos() > 0);
        self.retry_after.as_secs().saturating_add(rest).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_said_in_whole_seconds_that_are_long_enough() {
        for (millis, seconds) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (60_000, 60)] {
            let limited = Limited {
                limit: Limit::Exchanges,
                retry_after: Duration::from_millis(millis),
            };
            assert_eq!(limited.retry_after_seconds(), seconds, "{millis}");
        }
    }
}
