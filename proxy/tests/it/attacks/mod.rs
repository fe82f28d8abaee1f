//! What attackers try, a file for each kind. The name of a test says what is tried.
//!
//! `attempts.toml` has the longer lists of what is tried. `list.rs` is the list of all attempts, those included that other tests make, and the tables of the chapter on security.

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
mod slow_clients;
mod smuggling;
mod ssrf;
mod stolen_code;
mod tokens;

use std::net::{SocketAddr, TcpListener};

use serde::de::DeserializeOwned;

use crate::support::*;

/// One of the lists in `attempts.toml`, which must not be empty.
fn entries<T: DeserializeOwned>(list: &str) -> Vec<T> {
    let mut lists: toml::Table = include_str!("attempts.toml").parse().unwrap();
    let list = lists.remove(list).unwrap().try_into::<Vec<T>>().unwrap();
    assert!(!list.is_empty());
    list
}

pub(crate) fn attempts(list: &str) -> Vec<String> {
    entries(list)
}

/// One whose entries are heads and bodies.
fn pairs(list: &str) -> Vec<(String, String)> {
    entries(list)
}

/// The statuses of all that a session opens.
async fn statuses(proxy: &TestProxy, headers: &[(&str, &str)]) -> [u16; 3] {
    let mut statuses = [0; 3];
    let paths = ["/api/session", "/api/auth", "/api/records"];
    for (status, path) in statuses.iter_mut().zip(paths) {
        *status = proxy.ask(&format!("GET {path}"), headers).await.code();
    }
    statuses
}

/// What [`statuses`] are for somebody who is signed in.
const OPEN: [u16; 3] = [200, 204, 200];

/// A server inside that must never hear from anybody.
struct Inside(TcpListener);

impl Inside {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    fn assert_silent(&self, after: &str) {
        assert!(self.0.accept().is_err(), "{after}: somebody was connected");
    }
}

/// A proxy with two backends that does not wait long for clients to notice its answers, and where it listens.
async fn hasty_proxy() -> (TestProxy, SocketAddr) {
    let mut config = config_with_backends();
    config.limits.timeouts.disconnect = Duration::from_millis(700);
    let proxy = TestProxy::start_with(config).await;
    let address = proxy.address;
    (proxy, address)
}
