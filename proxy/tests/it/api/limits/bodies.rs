//! How long bodies may be, and how late.

use api_types::ApiErrorBody;
use futures_util::future::join_all;

use super::SOON;
use crate::support::*;

const PERSON: &str = "/service/accounts/shop/users/oPersonWithBodies";
const RECORD: &str = "/service/accounts/shop/users/oPersonWithBodies/records/order/1";
const CHUNKED: &str = "Transfer-Encoding: chunked\r\n\r\n";

/// The request of a backend, and of a user with this cookie, that ends with this.
fn request_as(cookie: &str, line: &str, rest: &str) -> String {
    request(line, &format!("Cookie: {cookie}\r\n{rest}"))
}

/// A backend's request that ends with this.
fn request(line: &str, rest: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {SERVICE_KEY}\r\n\
         Content-Type: application/json\r\n{rest}"
    )
}

/// Status and message of the answer to this, the other side being free to close before it has taken everything.
async fn refusal(wire: &mut Wire, request: String) -> (u16, String) {
    wire.write(request).await;
    let answer = wire.answer().await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let error = serde_json::from_str(body).map(|ApiErrorBody { error }| error);
    if let (408 | 413, Ok(error)) = (status(&answer), &error) {
        assert_eq!(error.code, InvalidRequest);
    }
    let message = error.map(|error| error.message).unwrap_or_default();
    (status(&answer), message)
}

#[actix_web::test]
async fn bodies_are_taken_up_to_the_limit_of_their_address_and_not_a_byte_more() {
    let proxy = proxy().await;
    user(&proxy, "shop", "oPersonWithBodies", None).await;
    let cookie = proxy.cookie(&session("oPersonWithBodies"));
    for (line, limit, inside) in [
        ("POST /api/session", 4096, 400),
        ("POST /api/report", 1024, 400),
        (&format!("PUT {PERSON}"), 4096, 400),
        (&format!("PUT {RECORD}"), 16 * 1024, 201),
        ("PUT /api/records/order/2", 16 * 1024, 201),
    ] {
        for (length, expected) in [(limit, inside), (limit + 1, 413), (300_000, 413)] {
            let body = format!("\"{}\"", "x".repeat(length - 2));
            let (left, right) = body.split_at(length / 2);
            let chunks = [left, right, ""].map(|it| format!("{:x}\r\n{it}\r\n", it.len()));
            // The record was created before.
            let again = if expected == 201 { 200 } else { expected };
            for (rest, expected) in [
                (format!("Content-Length: {length}\r\n\r\n{body}"), expected),
                (format!("{CHUNKED}{}", chunks.concat()), again),
            ] {
                let mut wire = Wire::open(&proxy).await;
                let (found, message) = refusal(&mut wire, request_as(&cookie, line, &rest)).await;
                assert_eq!(found, expected, "{line} {length}");
                assert_eq!(message.is_empty(), found < 300, "{line} {length}");
            }
        }
    }
}

#[actix_web::test]
async fn where_no_body_belongs_a_long_one_is_not_read() {
    let proxy = proxy().await;
    for (line, expected) in [
        ("GET /healthz", 200),
        ("DELETE /api/session", 204),
        ("POST /nothing/here", 404),
        ("PUT /api/bootstrap", 405),
    ] {
        let head = format!("{line} HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999\r\n\r\n");
        let answer = Wire::send(&proxy, head).await.answer().await;
        assert_eq!(status(&answer), expected, "{line}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
}

/// That a body whose last byte is late is refused at every address that reads one is in the table of guards.
#[actix_web::test]
async fn a_body_that_stops_is_given_up_with_a_reason_and_the_connection_with_it() {
    let mut config = config_with_backends();
    config.limits.timeouts.body = SOON;
    config.limits.timeouts.disconnect = SOON;
    let proxy = TestProxy::start_with(config).await;
    let (person, record) = (format!("PUT {PERSON}"), format!("PUT {RECORD}"));
    let lines = ["POST /api/session", "POST /api/report", &person, &record];
    let given_up = async |line: &str, rest: &str| {
        let mut wire = Wire::open(&proxy).await;
        let (status, message) = refusal(&mut wire, request(line, rest)).await;
        assert_eq!(status, 408, "{line} {rest}");
        assert!(message.contains("in time"), "{message}");
        wire.closed().await;
    };
    let chunk = format!("{CHUNKED}1\r\n{{\r\n");
    let stopped = ["Content-Length: 100\r\n\r\n{", &chunk];
    join_all(
        lines
            .iter()
            .flat_map(|line| stopped.map(|rest| given_up(line, rest))),
    )
    .await;
}

#[actix_web::test]
async fn a_body_in_two_halves_is_read() {
    let proxy = proxy().await;
    let half = request("POST /api/report", "Content-Length: 22\r\n\r\n{\"code\":");
    let mut wire = Wire::send(&proxy, half).await;
    tokio::task::yield_now().await;
    assert!(wire.write("\"app_crashed\"}").await);
    let answer = wire.answer().await;
    assert_eq!(status(&answer), 204, "{answer}");
    assert!(!answer.contains("connection: close"), "{answer}");
    assert!(wire.write("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n").await);
    assert_eq!(status(&wire.answer().await), 200, "the connection goes on");
}

/// Also where nobody reads a body.
#[actix_web::test]
async fn an_endless_body_is_answered_and_then_cut_off() {
    let mut config = config_with_backends();
    config.limits.timeouts.disconnect = SOON;
    let proxy = TestProxy::start_with(config).await;
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    for (line, expected) in [
        ("POST /api/session", 413),
        ("POST /nothing/here", 404),
        ("GET /healthz", 200),
    ] {
        let mut wire = Wire::send(&proxy, request(line, CHUNKED)).await;
        for _ in 0..3 {
            assert!(wire.write(&chunk).await);
        }
        assert_eq!(status(&wire.answer().await), expected, "{line}");
        // However long the client goes on: more than the system keeps on the way.
        for _ in 0..10_000 {
            wire.write(&chunk).await;
        }
        wire.closed().await;
    }
}
