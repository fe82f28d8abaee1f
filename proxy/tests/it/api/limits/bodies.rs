//! How long bodies may be, whatever they are sent to.

use api_types::{ApiErrorBody, ErrorCode};
use reqwest::Method;

use super::SOON;
use crate::helpers::TestProxy;
use crate::people::{SERVICE_KEY, config_with_backends, user, user_path};
use crate::wire::{Wire, status};

const PERSON: &str = "oPersonWithBodies";

/// Of this many bytes, as one JSON text.
fn text(bytes: usize) -> String {
    format!("\"{}\"", "x".repeat(bytes - 2))
}

/// The status of the answer to this body, sent with its length.
async fn with_length(proxy: &TestProxy, method: &Method, path: &str, body: &str) -> u16 {
    let length = body.len();
    exchange(
        proxy,
        method,
        path,
        &format!("Content-Length: {length}\r\n\r\n{body}"),
    )
    .await
}

/// The status of the answer to this body, sent in two chunks.
async fn in_chunks(proxy: &TestProxy, method: &Method, path: &str, body: &str) -> u16 {
    let (left, right) = body.split_at(body.len() / 2);
    let chunks = [left, right, ""].map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len()));
    let chunks = chunks.concat();
    exchange(
        proxy,
        method,
        path,
        &format!("Transfer-Encoding: chunked\r\n\r\n{chunks}"),
    )
    .await
}

async fn exchange(proxy: &TestProxy, method: &Method, path: &str, rest: &str) -> u16 {
    let mut wire = Wire::open(proxy).await;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {SERVICE_KEY}\r\n\
         Content-Type: application/json\r\n{rest}"
    );
    // The other side may close before it has taken everything.
    wire.write(request).await;
    let answer = wire.answer().await;
    if status(&answer) == 413 {
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let ApiErrorBody { error } = serde_json::from_str(body).unwrap();
        assert_eq!(error.code, ErrorCode::InvalidRequest);
    }
    status(&answer)
}

#[actix_web::test]
async fn bodies_are_taken_up_to_the_limit_of_their_address_and_not_a_byte_more() {
    let proxy = TestProxy::start_with(config_with_backends()).await;
    let user_path = user_path("shop", PERSON);
    user(&proxy, "shop", PERSON, None).await;
    let record = format!("{user_path}/records/order/1");
    for (method, path, limit, inside) in [
        (Method::POST, "/api/session", 4096, 400),
        (Method::POST, "/api/report", 1024, 400),
        (Method::PUT, user_path.as_str(), 4096, 400),
        (Method::PUT, record.as_str(), 16 * 1024, 201),
    ] {
        for (length, expected) in [(limit, inside), (limit + 1, 413), (300_000, 413)] {
            let body = text(length);
            let found = with_length(&proxy, &method, path, &body).await;
            assert_eq!(found, expected, "{method} {path} {length}");
            // The record was created before.
            let again = if expected == 201 { 200 } else { expected };
            let found = in_chunks(&proxy, &method, path, &body).await;
            assert_eq!(found, again, "{method} {path} {length} in chunks");
        }
    }
}

#[actix_web::test]
async fn where_no_body_belongs_a_long_one_is_not_read() {
    let proxy = TestProxy::start_with(config_with_backends()).await;
    for (method, path, expected) in [
        (Method::GET, "/healthz", 200),
        (Method::DELETE, "/api/session", 204),
        (Method::POST, "/nothing/here", 404),
        (Method::PUT, "/api/bootstrap", 405),
    ] {
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999\r\n\r\n");
        let mut wire = Wire::send(&proxy, head).await;
        let answer = wire.answer().await;
        assert_eq!(status(&answer), expected, "{method} {path}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
}

#[actix_web::test]
async fn an_endless_body_is_answered_and_then_cut_off() {
    let mut config = config_with_backends();
    config.limits.patience.answer = SOON;
    let proxy = TestProxy::start_with(config).await;
    for (method, path, expected) in [
        ("POST", "/api/session", 413),
        ("POST", "/nothing/here", 404),
        ("GET", "/healthz", 200),
    ] {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        let mut wire = Wire::send(&proxy, head).await;
        // Enough to be refused for its length where somebody reads it.
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        for _ in 0..3 {
            assert!(wire.write(&chunk).await);
        }
        assert_eq!(status(&wire.answer().await), expected, "{path}");
        // However long the client goes on.
        while wire.write(&chunk).await {}
        wire.closed().await;
    }
}
