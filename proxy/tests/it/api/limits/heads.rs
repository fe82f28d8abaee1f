//! How long and how late the head of a request may be.

use wechat_login_proxy::config::Config;

use super::SOON;
use crate::helpers::{TestProxy, config};
use crate::wire::{Wire, status};

fn impatient() -> Config {
    let mut config = config("http://127.0.0.1:9");
    config.limits.patience.head = SOON;
    config.limits.patience.request = SOON;
    config.limits.patience.answer = SOON;
    config
}

fn head(headers: &str) -> String {
    format!("GET /healthz HTTP/1.1\r\nHost: h\r\n{headers}\r\n")
}

async fn status_of(proxy: &TestProxy, request: String) -> u16 {
    // The other side may close before it has taken everything.
    let mut wire = Wire::open(proxy).await;
    wire.write(request).await;
    status(&wire.answer().await)
}

#[actix_web::test]
async fn heads_have_at_most_96_headers_and_128_kib() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for (headers, expected) in [(95, 200), (96, 431)] {
        let headers: String = (0..headers)
            .map(|number| format!("x-{number}: 1\r\n"))
            .collect();
        assert_eq!(status_of(&proxy, head(&headers)).await, expected);
    }
    for (length, expected) in [(120_000, 200), (140_000, 431)] {
        let header = format!("x-long: {}\r\n", "x".repeat(length));
        assert_eq!(status_of(&proxy, head(&header)).await, expected, "{length}");
    }
}

#[actix_web::test]
async fn an_address_longer_than_any_is_refused() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for (length, expected) in [(60_000, 200), (70_000, 400)] {
        let request = format!(
            "GET /healthz?{} HTTP/1.1\r\nHost: h\r\n\r\n",
            "x".repeat(length)
        );
        assert_eq!(status_of(&proxy, request).await, expected, "{length}");
    }
}

#[actix_web::test]
async fn a_head_that_does_not_come_is_given_up() {
    let proxy = TestProxy::start_with(impatient()).await;
    for beginning in [
        "",
        "GET /healthz HTT",
        "GET /healthz HTTP/1.1\r\nHost: h\r\nx-slow: ",
    ] {
        let mut wire = Wire::send(&proxy, beginning).await;
        assert_eq!(status(&wire.answer().await), 408, "{beginning:?}");
        wire.closed().await;
    }
}

#[actix_web::test]
async fn the_second_head_on_a_connection_is_given_up_as_well() {
    let proxy = TestProxy::start_with(impatient()).await;
    let mut wire = Wire::send(&proxy, head("")).await;
    assert_eq!(status(&wire.answer().await), 200);
    assert!(wire.write("GET /healthz HTTP/1.1\r\nx-slow: ").await);
    wire.closed().await;
}
