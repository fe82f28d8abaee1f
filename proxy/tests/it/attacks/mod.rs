//! What attackers try, a file for each kind. The name of a test says what is tried.
//!
//! `list.rs` is the list of all attempts, those included that other tests make, and the table in `docs/security.md`.

mod bombs;
mod cookies;
mod cors;
mod cross_site;
mod fixation;
mod headers;
mod idle_connections;
mod json;
mod list;
mod methods;
mod nicknames;
mod open_redirect;
mod paths;
mod smuggling;
mod ssrf;
mod stolen_code;

use std::net::SocketAddr;
use std::time::Duration;

use crate::helpers::TestProxy;
use crate::people::config_with_backends;

/// A proxy with two backends that does not wait long for clients to notice its answers, and where it listens.
async fn hasty_proxy() -> (TestProxy, SocketAddr) {
    let mut config = config_with_backends();
    config.limits.patience.answer = Duration::from_millis(700);
    let proxy = TestProxy::start_with(config).await;
    let address = proxy.address;
    (proxy, address)
}
