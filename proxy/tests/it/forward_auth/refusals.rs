//! When the backend is not asked at all.

use actix_web::http::StatusCode;
use api_types::ApiErrorBody;

use super::site::{self, Site, user};
use crate::recorder::{BODY, Recorder};
use crate::support::*;

/// Asserts a 401 in the proxy's words, which say nothing of anybody.
async fn assert_refused(response: Response) {
    assert_eq!(response.status(), 401);
    let headers = response.headers().clone();
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["cache-control"], "no-store");
    let names = headers.keys().map(|name| name.as_str());
    assert_eq!(
        names.filter(|name| name.starts_with("x-wechat-")).count(),
        0
    );
    let text = response.string().await;
    let ApiErrorBody { error } = serde_json::from_str(&text).unwrap();
    assert_eq!(error.code, Unauthorized);
    assert_eq!(headers["x-request-id"], error.request_id);
}

#[actix_web::test]
async fn who_is_not_signed_in_gets_the_proxys_refusal() {
    let site = Site::start().await;
    for method in ["GET", "POST", "PUT", "DELETE"] {
        let line = format!("{method} /backend/orders");
        assert_refused(site.send(&line, &[], "order").await).await;
    }
    let head = site.ask("HEAD /backend/orders", &[]).await;
    assert_eq!(head.status(), 401);
    assert!(site.backend.take().is_empty());
}

#[actix_web::test]
async fn the_ways_inside_are_closed_from_outside() {
    let site = Site::start().await;
    for target in ["/_wechat_auth", "/_wechat_refusal", "/%5fwechat_auth"] {
        let line = format!("GET {target}");
        let response = site.ask_as(&user(), &line, &[]).await;
        assert_eq!(response.status(), 404, "{target}");
    }
}

#[actix_web::test]
async fn a_proxy_that_fails_or_is_not_there_lets_nobody_through() {
    let backend = Recorder::start(StatusCode::OK);
    for (answer, seen_outside) in [(302, 500), (403, 403), (404, 500), (500, 500), (503, 500)] {
        let proxy = Recorder::start(StatusCode::from_u16(answer).unwrap());
        let nginx = site::nginx(proxy.address, backend.address);
        let response = site::visitor(&nginx).get("/backend/orders").await;
        assert_eq!(response.status(), seen_outside, "{answer}");
        assert_eq!(proxy.take_one().target, "/api/auth");
    }
    let nobody = test_support::addresses::free_address();
    let nginx = site::nginx(nobody, backend.address);
    let response = site::visitor(&nginx).get("/backend/orders").await;
    assert_eq!(response.status(), 500);
    assert!(backend.take().is_empty());
}

#[actix_web::test]
async fn a_refusal_of_the_backend_itself_stays_its_own() {
    let site = Site::start_with("http://127.0.0.1:8080", StatusCode::UNAUTHORIZED).await;
    let response = site.ask_as(&user(), "GET /backend/orders", &[]).await;
    assert_eq!(response.status(), 401);
    assert_eq!(response.string().await, BODY);
    site.backend.take_one();
}

#[actix_web::test]
async fn the_service_api_is_not_on_the_internet() {
    let site = Site::start().await;
    for path in [
        "/service/accounts/shop/users/oABC",
        "/x/../service/accounts/shop/users/oABC",
        "//service/accounts/shop/users/oABC",
    ] {
        let answer = site.get(path).await;
        // nginx's own page: the proxy would have answered 401 in its envelope.
        assert_eq!(answer.status(), 404, "{path}");
        assert!(!answer.has("x-request-id"), "{path}");
    }
}
