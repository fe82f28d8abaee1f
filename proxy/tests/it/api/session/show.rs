//! `GET /api/session`.

use std::time::Duration;

use api_types::ErrorCode;
use reqwest::Method;
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{APPID, TestProxy, VERIFIER, error_of, new_browser, session_of};

#[actix_web::test]
async fn nobody_is_signed_in_without_a_cookie() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    error_of(
        proxy.get("/api/session").await,
        401,
        ErrorCode::Unauthorized,
    )
    .await;
}

#[actix_web::test]
async fn a_broken_cookie_is_no_session_and_no_error() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for cookie in [
        "wechat_login=broken",
        "wechat_login=",
        "wechat_login",
        "; ;=",
    ] {
        let request = proxy.request(Method::GET, "/api/session");
        let response = request.header("Cookie", cookie).send().await.unwrap();
        error_of(response, 401, ErrorCode::Unauthorized).await;
    }
}

#[actix_web::test]
async fn the_session_belongs_to_the_browser_that_signed_in() {
    let simulator = Simulator::start().await.unwrap();
    let mut proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Userinfo);
    let session = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    assert_eq!(proxy.current_session().await, Some(session));
    proxy.browser = new_browser();
    assert_eq!(proxy.current_session().await, None);
}

#[actix_web::test]
async fn the_session_ends_after_its_time() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    session_of(proxy.sign_in(&code, VERIFIER).await).await;
    proxy.clock.advance(Duration::from_secs(12 * 3600 - 1));
    assert!(proxy.current_session().await.is_some());
    proxy.clock.advance(Duration::from_secs(1));
    assert_eq!(proxy.current_session().await, None);
}
