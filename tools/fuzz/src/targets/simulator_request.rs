//! Any request at all: the simulator answers, and sends codes to registered hosts alone.

use reqwest::Url;

use super::parts::text;
use crate::http::{Request, Simulator};

/// Those of the built-in accounts, and the browser's own machine.
const HOSTS: [&str; 13] = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "192.168.1.9",
    "books.example.com",
    "cafe.example.com",
    "www.example.com",
    "flowers.example.com",
    "www.books.example.com",
    "banned.example.com",
    "secure.example.com",
    "component.example.com",
    "open.weixin.qq.com",
];

/// A request, see [`crate::http`].
pub(super) fn run(input: &[u8]) {
    let Some(request) = Request::parse(text(input).as_bytes()) else {
        return;
    };
    if request.target.path() == "/_simulator/debugger/call" {
        // It asks its own address, which an application without a server has not.
        return;
    }
    let answer = Simulator::with(|simulator| simulator.ask(request));
    assert!(!answer.status.is_server_error(), "{}", answer.text());
    let location = answer.header("location");
    if let Ok(location) = Url::parse(location) {
        let host = location.host_str().unwrap_or_default();
        assert!(HOSTS.contains(&host), "sent to {location}");
        assert!(matches!(location.scheme(), "http" | "https"));
    } else {
        assert!(!location.starts_with("//"), "sent to {location}");
    }
}
