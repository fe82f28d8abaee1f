//! `GET /api/bootstrap`.

use api_types::{Bootstrap, ErrorCode};
use reqwest::Method;
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{APPID, TestProxy, VERIFIER, error_of, session_of};

#[actix_web::test]
async fn tells_the_public_configuration_and_no_secret() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let response = proxy.get("/api/bootstrap").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let text = response.text().await.unwrap();
    assert!(!text.contains("secret"), "{text}");
    let bootstrap: Bootstrap = serde_json::from_str(&text).unwrap();
    assert_eq!(bootstrap.authorize_url_base, "http://127.0.0.1:9");
    assert_eq!(bootstrap.qrconnect_url_base, "http://127.0.0.1:9");
    assert_eq!(bootstrap.default_account, "shop");
    assert_eq!(bootstrap.accounts.len(), 2);
    assert_eq!(bootstrap.accounts["shop"].appid, APPID);
    assert_eq!(bootstrap.accounts["shop"].title, "山茶书店");
    assert!(bootstrap.require_wechat);
    assert_eq!(bootstrap.session, None);
}

#[actix_web::test]
async fn tells_who_is_signed_in() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    let session = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    let bootstrap: Bootstrap = proxy.get("/api/bootstrap").await.json().await.unwrap();
    assert_eq!(bootstrap.session, Some(session));
}

#[actix_web::test]
async fn takes_no_other_method() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let response = proxy
        .request(Method::POST, "/api/bootstrap")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["allow"], "GET");
    error_of(response, 405, ErrorCode::InvalidRequest).await;
}
