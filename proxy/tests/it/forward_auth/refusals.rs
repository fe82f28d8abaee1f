//! When the backend is not asked at all.

use std::net::TcpListener;

use actix_web::http::StatusCode;
use api_types::{ApiErrorBody, ErrorCode, Session};
use reqwest::{Method, Response};

use crate::forward_auth::site::{self, Site, user};
use crate::recorder::{BODY, Recorder};

/// Asserts a 401 in the proxy's words, which say nothing of anybody.
async fn assert_refused(response: Response) {
    assert_eq!(response.status(), 401);
    let headers = response.headers().clone();
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["cache-control"], "no-store");
    let ours = |name: &&reqwest::header::HeaderName| name.as_str().starts_with("x-wechat-");
    assert_eq!(headers.keys().find(ours), None);
    let text = response.text().await.unwrap();
    let ApiErrorBody { error } = serde_json::from_str(&text).unwrap();
    assert_eq!(error.code, ErrorCode::Unauthorized);
    assert_eq!(headers["x-request-id"], error.request_id);
}

#[actix_web::test]
async fn who_is_not_signed_in_gets_the_proxys_refusal() {
    let site = Site::start().await;
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
        let request = site.request(method, "/backend/orders").body("order");
        assert_refused(request.send().await.unwrap()).await;
    }
    let head = site.request(Method::HEAD, "/backend/orders");
    assert_eq!(head.send().await.unwrap().status(), 401);
    assert!(site.backend.take().is_empty());
}

#[actix_web::test]
async fn a_session_that_does_not_hold_is_nobody() {
    let site = Site::start().await;
    let ended = Session {
        expires_at: 1,
        ..user()
    };
    let snapshot_guest = Session {
        snapshot: true,
        ..user()
    };
    let other_appid = Session {
        appid: "wx00000000000000ff".to_owned(),
        ..user()
    };
    for session in [ended, snapshot_guest, other_appid] {
        let request = site.request_of(&session, Method::GET, "/backend/orders");
        assert_refused(request.send().await.unwrap()).await;
    }
    let mut tampered = site.cookie(&user());
    let last = tampered.pop();
    tampered.push(if last == Some('A') { 'B' } else { 'A' });
    for cookie in [&tampered, "wechat_login=", "wechat_login"] {
        let request = site.request(Method::GET, "/backend/orders");
        let request = request.header("Cookie", cookie);
        assert_refused(request.send().await.unwrap()).await;
    }
    assert!(site.backend.take().is_empty());
}

#[actix_web::test]
async fn the_ways_inside_are_closed_from_outside() {
    let site = Site::start().await;
    for target in ["/_wechat_auth", "/_wechat_refusal", "/%5fwechat_auth"] {
        let request = site.request_of(&user(), Method::GET, target);
        assert_eq!(request.send().await.unwrap().status(), 404, "{target}");
    }
}

#[actix_web::test]
async fn a_proxy_that_fails_lets_nobody_through() {
    let client = site::client();
    let backend = Recorder::start(StatusCode::OK);
    for (answer, seen_outside) in [(302, 500), (403, 403), (404, 500), (500, 500), (503, 500)] {
        let proxy = Recorder::start(StatusCode::from_u16(answer).unwrap());
        let nginx = site::nginx(proxy.address, backend.address);
        let request = site::request(&client, &nginx, Method::GET, "/backend/orders");
        let status = request.send().await.unwrap().status();
        assert_eq!(status, seen_outside, "{answer}");
        assert_eq!(proxy.take_one().target, "/api/auth");
    }
    assert!(backend.take().is_empty());
}

#[actix_web::test]
async fn a_proxy_that_is_not_there_lets_nobody_through() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let backend = Recorder::start(StatusCode::OK);
    let nginx = site::nginx(nobody, backend.address);
    let request = site::request(&site::client(), &nginx, Method::GET, "/backend/orders");
    assert_eq!(request.send().await.unwrap().status(), 500);
    assert!(backend.take().is_empty());
}

#[actix_web::test]
async fn a_refusal_of_the_backend_itself_stays_its_own() {
    let site = Site::start_with("http://127.0.0.1:8080", StatusCode::UNAUTHORIZED).await;
    let request = site.request_of(&user(), Method::GET, "/backend/orders");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(response.text().await.unwrap(), BODY);
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
        let answer = site.request(Method::GET, path).send().await.unwrap();
        // nginx's own page: the proxy would have answered 401 in its envelope.
        assert_eq!(answer.status(), 404, "{path}");
        assert!(!answer.headers().contains_key("x-request-id"), "{path}");
    }
}
