//! What is refused so that the rest keeps working.

mod bodies;
mod connections;
mod logins;
mod writes;

use crate::support::*;

/// The seconds of `Retry-After`.
fn retry_after(response: &Response) -> u64 {
    response.header("retry-after").parse().unwrap()
}

/// For what a test waits for. The framework's clock is half a second behind at times, so not less than that.
pub(crate) const SOON: Duration = Duration::from_millis(700);
