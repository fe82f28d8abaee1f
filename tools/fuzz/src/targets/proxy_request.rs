//! Any request at all: the proxy answers in its own words, tells nobody another one's secrets, and logs none.

use super::parts::text;
use crate::http::{Proxy, Request};

/// A request, see [`crate::http`].
pub(super) fn run(input: &[u8]) {
    Proxy::with(|proxy| {
        let filled = proxy.fill_in(&text(input));
        if let Some(request) = Request::parse(filled.as_bytes()) {
            // What holds for every answer is checked there.
            proxy.ask(request);
        }
    });
}
