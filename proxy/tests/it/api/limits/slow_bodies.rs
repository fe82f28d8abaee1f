//! Bodies that take too long.

use api_types::{ApiErrorBody, ErrorCode};
use wechat_login_proxy::config::Config;

use super::SOON;
use crate::helpers::TestProxy;
use crate::people::{SERVICE_KEY, config_with_backends, user_path};
use crate::wire::{Wire, status};

const PERSON: &str = "oPersonWithBodies";

fn impatient() -> Config {
    let mut config = config_with_backends();
    config.limits.patience.body = SOON;
    config.limits.patience.answer = SOON;
    config
}

#[actix_web::test]
async fn a_body_that_stops_is_given_up_with_a_reason_and_the_connection_with_it() {
    let proxy = TestProxy::start_with(impatient()).await;
    let user_path = user_path("shop", PERSON);
    let record = format!("{user_path}/records/order/1");
    let addresses = [
        ("POST", "/api/session"),
        ("POST", "/api/report"),
        ("PUT", &record),
        ("PUT", &user_path),
    ];
    let framings = [
        "Content-Length: 100\r\n\r\n{",
        "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ];
    let all = addresses
        .iter()
        .flat_map(|address| framings.map(|framing| (address, framing)));
    let all = all.map(|((method, path), framing)| {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {SERVICE_KEY}\r\n\
             Content-Type: application/json\r\n{framing}"
        );
        assert_given_up(&proxy, request)
    });
    futures_util::future::join_all(all).await;
}

async fn assert_given_up(proxy: &TestProxy, request: String) {
    let mut wire = Wire::send(proxy, &request).await;
    let answer = wire.answer().await;
    assert_eq!(status(&answer), 408, "{request}: {answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let ApiErrorBody { error } = serde_json::from_str(body).unwrap();
    assert_eq!(error.code, ErrorCode::InvalidRequest);
    assert!(error.message.contains("in time"), "{}", error.message);
    assert!(answer.contains("connection: close"), "{answer}");
    wire.closed().await;
}

#[actix_web::test]
async fn a_body_in_two_halves_is_read() {
    let proxy = TestProxy::start_with(config_with_backends()).await;
    let mut wire = Wire::send(
        &proxy,
        "POST /api/report HTTP/1.1\r\nHost: h\r\nContent-Length: 22\r\n\r\n{\"code\":",
    )
    .await;
    tokio::task::yield_now().await;
    assert!(wire.write("\"app_crashed\"}").await);
    let answer = wire.answer().await;
    assert_eq!(status(&answer), 204, "{answer}");
    assert!(!answer.contains("connection: close"), "{answer}");
    assert!(wire.write("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n").await);
    assert_eq!(status(&wire.answer().await), 200, "the connection goes on");
}
