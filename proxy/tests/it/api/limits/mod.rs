//! What is refused so that the rest keeps working.

mod at_once;
mod bodies;
mod connections;
mod heads;
mod logins;
mod slow_bodies;
mod slow_readers;
mod wechat_quota;
mod writes;

use std::num::NonZeroU32;
use std::time::Duration;

use reqwest::Response;

pub(crate) fn count(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

/// The seconds of `Retry-After`.
pub(crate) fn retry_after(response: &Response) -> u64 {
    let header = &response.headers()["retry-after"];
    header.to_str().unwrap().parse().unwrap()
}

/// For what a test waits for. The framework's clock is half a second behind at times, so not less than that.
pub(crate) const SOON: Duration = Duration::from_millis(700);
