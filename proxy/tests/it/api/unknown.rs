//! Addresses nobody serves.

use api_types::ErrorCode;
use reqwest::Method;

use crate::helpers::{TestProxy, error_of};

#[actix_web::test]
async fn however_an_address_is_spelled_its_answer_is_kept_by_nobody() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for path in [
        "/api/bootstrap",
        "/%61pi/bootstrap",
        "/api/session",
        "/healthz",
        "/nothing",
    ] {
        assert_eq!(
            proxy.get(path).await.headers()["cache-control"],
            "no-store",
            "{path}"
        );
    }
}

#[actix_web::test]
async fn an_unknown_address_is_not_found_in_the_envelope() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for path in [
        "/",
        "/api",
        "/api/",
        "/api/unknown",
        "/api/session/",
        "/..%2f",
        "/%00",
    ] {
        let response = proxy.get(path).await;
        error_of(response, 404, ErrorCode::NotFound).await;
    }
    let response = proxy.request(Method::PATCH, "/x").send().await.unwrap();
    error_of(response, 404, ErrorCode::NotFound).await;
}

#[actix_web::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let request = proxy.request(Method::GET, "/healthz");
    let first = request
        .header("X-Request-Id", "chosen-by-the-caller")
        .send()
        .await
        .unwrap();
    let second = proxy.get("/unknown").await;
    assert_ne!(first.headers()["x-request-id"], "chosen-by-the-caller");
    assert_ne!(
        first.headers()["x-request-id"],
        second.headers()["x-request-id"]
    );
}
