//! When the backend is not asked at all.

use actix_web::http::StatusCode;
use api_types::ApiErrorBody;

use super::fronts::Kind;
use super::site::{Site, behind_both, behind_both_with, user};
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
    behind_both(async |site| {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let line = format!("{method} /backend/orders");
            assert_refused(site.send(&line, &[], "order").await).await;
        }
        let head = site.ask("HEAD /backend/orders", &[]).await;
        assert_eq!(head.status(), 401);
        assert!(site.backend.take().is_empty());
    })
    .await;
}

#[actix_web::test]
async fn the_ways_inside_are_closed_from_outside() {
    let site = Site::behind_nginx().await;
    for target in ["/_wechat_auth", "/_wechat_refusal", "/%5fwechat_auth"] {
        let line = format!("GET {target}");
        let response = site.ask_as(&user(), &line, &[]).await;
        assert_eq!(response.status(), 404, "{target}");
    }
}

#[actix_web::test]
async fn a_proxy_that_fails_or_is_not_there_lets_nobody_through() {
    for kind in Kind::BOTH {
        let backend = Recorder::start(StatusCode::OK);
        for (answer, seen_outside) in [(302, 500), (403, 403), (404, 500), (500, 500), (503, 500)] {
            let proxy = Recorder::start(StatusCode::from_u16(answer).unwrap());
            let front = kind.start(proxy.address, backend.address);
            let response = front.visitor().get("/backend/orders").await;
            assert_eq!(response.status(), seen_outside, "{answer}");
            assert_eq!(proxy.take_one().target, "/api/auth");
        }
        let nobody = test_support::addresses::free_address();
        let front = kind.start(nobody, backend.address);
        let response = front.visitor().get("/backend/orders").await;
        assert_eq!(response.status(), 500);
        assert!(backend.take().is_empty());
    }
}

#[actix_web::test]
async fn a_session_that_has_ended_lets_nobody_through() {
    behind_both(async |site| {
        let (cookie, token) = (site.cookie(&user()), site.token());
        let bearer = format!("Bearer {token}");
        let shown = [("Cookie", cookie.as_str()), ("Authorization", &bearer)];
        for header in shown {
            let response = site.ask("GET /backend/orders", &[header]).await;
            assert_eq!(response.status(), 200);
            site.backend.take_one();
        }
        site.proxy.clock.advance(Duration::from_secs(13 * 60 * 60));
        for header in shown {
            assert_refused(site.ask("GET /backend/orders", &[header]).await).await;
        }
        assert!(site.backend.take().is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_backend_that_is_not_there_is_the_web_servers_502() {
    let proxy = Recorder::start(StatusCode::NO_CONTENT);
    let nobody = test_support::addresses::free_address();
    for kind in Kind::BOTH {
        let front = kind.start(proxy.address, nobody);
        let response = front.visitor().get("/backend/orders").await;
        assert_eq!(response.status(), 502);
        // In development it says where the backend was expected.
        let names_it = response.string().await.contains(&nobody.to_string());
        assert_eq!(names_it, kind == Kind::DevServer);
    }
}

#[actix_web::test]
async fn a_refusal_of_the_backend_itself_stays_its_own() {
    let unauthorized = StatusCode::UNAUTHORIZED;
    behind_both_with("http://127.0.0.1:8080", unauthorized, async |site| {
        let response = site.ask_as(&user(), "GET /backend/orders", &[]).await;
        assert_eq!(response.status(), 401);
        assert_eq!(response.string().await, BODY);
        site.backend.take_one();
    })
    .await;
}

#[actix_web::test]
async fn the_service_api_is_not_on_the_internet() {
    behind_both(async |site| {
        for path in [
            "/service/accounts/shop/users/oABC",
            "/x/../service/accounts/shop/users/oABC",
            "//service/accounts/shop/users/oABC",
        ] {
            let answer = site.get(path).await;
            // The web server's own: the proxy would have answered 401 in its envelope.
            assert_eq!(answer.status(), 404, "{path}");
            assert!(!answer.has("x-request-id"), "{path}");
        }
    })
    .await;
}
