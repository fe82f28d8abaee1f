//! `GET /api/auth`.

use std::time::Duration;

use api_types::{ErrorCode, Scope, Session};
use reqwest::{Method, Response};
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{APPID, NOW, OPENID, TestProxy, UNIONID, VERIFIER, error_of, session_of};

/// Nobody answers there, and nobody may be asked.
const NO_WECHAT: &str = "http://127.0.0.1:9";

fn session() -> Session {
    Session {
        account: "shop".to_owned(),
        appid: APPID.to_owned(),
        openid: OPENID.to_owned(),
        unionid: Some(UNIONID.to_owned()),
        scope: Scope::Userinfo,
        snapshot: false,
        profile: None,
        expires_at: NOW + 60,
    }
}

/// Asks as the browser would that has this session.
async fn ask(proxy: &TestProxy, method: Method, session: &Session) -> Response {
    let cookie = proxy.state.sessions.seal(session).unwrap();
    let request = proxy.request(method, "/api/auth");
    let cookie = format!("{}={}", cookie.name(), cookie.value());
    request.header("Cookie", cookie).send().await.unwrap()
}

/// The `X-Wechat-*` headers of an answer, by name.
fn wechat_headers(response: &Response) -> Vec<(&str, &str)> {
    let mut headers: Vec<_> = response
        .headers()
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("x-wechat-"))
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    headers.sort_unstable();
    headers
}

#[actix_web::test]
async fn who_signed_in_stands_in_the_headers_for_get_and_head() {
    let proxy = TestProxy::start(NO_WECHAT).await;
    for method in [Method::GET, Method::HEAD] {
        let response = ask(&proxy, method, &session()).await;
        assert_eq!(response.status(), 204);
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(
            wechat_headers(&response),
            [
                ("x-wechat-account", "shop"),
                ("x-wechat-appid", APPID),
                ("x-wechat-openid", OPENID),
                ("x-wechat-unionid", UNIONID),
            ]
        );
    }
}

#[actix_web::test]
async fn a_login_through_wechat_is_enough() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Userinfo);
    let session = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    let response = proxy.get("/api/auth").await;
    assert_eq!(response.status(), 204);
    assert_eq!(response.headers()["x-wechat-openid"], session.openid);
}

#[actix_web::test]
async fn an_unknown_unionid_is_no_header() {
    let proxy = TestProxy::start(NO_WECHAT).await;
    let session = Session {
        unionid: None,
        ..session()
    };
    let response = ask(&proxy, Method::GET, &session).await;
    assert_eq!(response.status(), 204);
    let names = wechat_headers(&response).into_iter().map(|(name, _)| name);
    assert!(names.eq(["x-wechat-account", "x-wechat-appid", "x-wechat-openid"]));
}

#[actix_web::test]
async fn nobody_signed_in_is_a_401_without_any_of_the_headers() {
    let proxy = TestProxy::start(NO_WECHAT).await;
    let response = proxy.get("/api/auth").await;
    assert!(wechat_headers(&response).is_empty());
    error_of(response, 401, ErrorCode::Unauthorized).await;
    let head = proxy.request(Method::HEAD, "/api/auth");
    assert_eq!(head.send().await.unwrap().status(), 401);
}

#[actix_web::test]
async fn an_ended_session_is_a_401() {
    let proxy = TestProxy::start(NO_WECHAT).await;
    proxy.clock.advance(Duration::from_secs(59));
    let response = ask(&proxy, Method::GET, &session()).await;
    assert_eq!(response.status(), 204);
    let cookie_of_before = proxy.state.sessions.seal(&session()).unwrap();
    proxy.clock.advance(Duration::from_secs(1));
    let cookie = format!("{}={}", cookie_of_before.name(), cookie_of_before.value());
    let request = proxy.request(Method::GET, "/api/auth");
    let response = request.header("Cookie", cookie).send().await.unwrap();
    error_of(response, 401, ErrorCode::Unauthorized).await;
}

#[actix_web::test]
async fn a_guest_of_snapshot_mode_is_a_401() {
    let proxy = TestProxy::start(NO_WECHAT).await;
    let guest = Session {
        snapshot: true,
        ..session()
    };
    let response = ask(&proxy, Method::GET, &guest).await;
    assert!(wechat_headers(&response).is_empty());
    error_of(response, 401, ErrorCode::Unauthorized).await;
}

#[actix_web::test]
async fn an_id_no_header_can_carry_lets_nobody_through() {
    let proxy = TestProxy::start(NO_WECHAT).await;
    let broken = Session {
        unionid: Some("o\nX-Wechat-Openid: o".to_owned()),
        ..session()
    };
    let response = ask(&proxy, Method::GET, &broken).await;
    assert!(wechat_headers(&response).is_empty());
    error_of(response, 500, ErrorCode::Internal).await;
}

#[actix_web::test]
async fn other_methods_are_refused() {
    let proxy = TestProxy::start(NO_WECHAT).await;
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let response = ask(&proxy, method, &session()).await;
        assert_eq!(response.headers()["allow"], "GET, HEAD");
        error_of(response, 405, ErrorCode::InvalidRequest).await;
    }
}
