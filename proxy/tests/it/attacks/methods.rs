//! Methods that echo, tunnel or upgrade.

use super::{Inside, hasty_proxy};
use crate::support::*;

const SECRET_HEADER: &str = "Cookie: wechat_login=a-cookie-that-must-not-come-back\r\n";

#[actix_web::test]
async fn trace_and_its_relatives_echo_nothing() {
    let (_proxy, address) = hasty_proxy().await;
    for method in [
        "TRACE", "TRACK", "DEBUG", "PROPFIND", "SEARCH", "LOCK", "PURGE", "FOO", "get",
    ] {
        for path in [
            "/",
            "/api/session",
            "/api/records/order/1",
            "/service/accounts/shop/users/o1",
        ] {
            let answer = raw(address, &format!("{method} {path}"), SECRET_HEADER).await;
            let is_refused = matches!(status(&answer), 400 | 401 | 404 | 405);
            assert!(is_refused, "{method} {path}: {answer}");
            assert!(!answer.contains("must-not-come-back"), "{method} {path}");
        }
    }
}

#[actix_web::test]
async fn nobody_is_connected_to_another_host() {
    let listener = Inside::open();
    let inside = listener.address();
    let (_proxy, address) = hasty_proxy().await;
    for line in [
        format!("CONNECT {inside} HTTP/1.1"),
        format!("GET http://{inside}/api/session HTTP/1.1"),
        format!("POST http://{inside}/api/session HTTP/1.1"),
        format!("GET //{inside}/ HTTP/1.1"),
        format!("GET /http://{inside}/ HTTP/1.1"),
        format!("GET /api/qr.svg?path=http://{inside}/ HTTP/1.1"),
    ] {
        let request =
            format!("{line}\r\nHost: {inside}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        let answer = exchange(address, request).await;
        assert!((400..500).contains(&status(&answer)), "{line}: {answer}");
    }
    listener.assert_silent("other hosts were named");
}

/// Behind a front that thinks the connection has changed its protocol, requests would pass unseen.
#[actix_web::test]
async fn no_connection_changes_its_protocol() {
    let (_proxy, address) = hasty_proxy().await;
    for upgrade in [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Connection: Upgrade\r\nUpgrade: TLS/1.0",
    ] {
        let requests = format!(
            "GET /api/session HTTP/1.1\r\nHost: h\r\n{upgrade}\r\n\r\n\
             GET /api/unknown HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
        );
        let answer = exchange(address, requests).await;
        assert_eq!(status(&answer), 401, "{upgrade}: {answer}");
        assert!(!answer.contains(" 101 "), "{upgrade}: {answer}");
        // Either the second is an ordinary request, or the connection has ended: never something else's bytes.
        let is_one = answer.matches("HTTP/1.1 ").count() == 1;
        assert!(
            is_one || answer.contains("HTTP/1.1 404 "),
            "{upgrade}: {answer}"
        );
    }
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let preface = exchange(address, preface).await;
    assert!(matches!(status(&preface), 0 | 400..500), "{preface}");
}
