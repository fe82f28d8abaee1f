//! Addresses nobody serves.

use crate::support::*;

#[actix_web::test]
async fn however_an_address_is_spelled_its_answer_is_kept_by_nobody() {
    let proxy = TestProxy::alone().await;
    for path in [
        "/api/bootstrap",
        "/%61pi/bootstrap",
        "/api/session",
        "/healthz",
        "/nothing",
    ] {
        let response = proxy.get(path).await;
        assert_eq!(response.header("cache-control"), "no-store", "{path}");
    }
}

#[actix_web::test]
async fn an_unknown_address_is_not_found_in_the_envelope() {
    let proxy = TestProxy::alone().await;
    for line in [
        "GET /",
        "GET /api",
        "GET /api/",
        "GET /api/unknown",
        "GET /api/session/",
        "GET /..%2f",
        "GET /%00",
        "PATCH /x",
    ] {
        proxy.ask(line, &[]).await.error(404, NotFound).await;
    }
}
