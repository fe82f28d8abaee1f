//! The QR login of an account's website application.

use api_types::{ErrorCode, Scope};
use serde_json::json;
use wechat_login_proxy::config::Website;
use wechat_oauth::{AppId, AppSecret};
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{APPID, TestProxy, VERIFIER, config, error_of, session_of};

const WEBSITE: &str = "wx00000000000000d1";

/// A proxy whose account `shop` has the simulator's website application.
async fn proxy_with_website(simulator: &Simulator) -> TestProxy {
    let mut config = config(&simulator.base_url());
    if let Some(shop) = config.accounts.get_mut("shop") {
        shop.website = Some(Website {
            appid: AppId::parse(WEBSITE).unwrap(),
            secret: AppSecret::parse("simulator-secret-d1").unwrap(),
        });
    }
    TestProxy::start_with(config).await
}

fn body(account: &str, code: &str) -> String {
    json!({ "account": account, "code": code, "verifier": VERIFIER, "website": true }).to_string()
}

#[actix_web::test]
async fn a_scanned_code_signs_in_under_the_websites_appid_and_the_accounts_name() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = proxy_with_website(&simulator).await;
    let code = simulator.issue_code(WEBSITE, "xiaoming", GrantedScope::Login);
    let session = session_of(proxy.post(body("shop", &code)).await).await;
    assert_eq!(
        (session.account.as_str(), session.appid.as_str()),
        ("shop", WEBSITE)
    );
    assert_eq!(session.scope, Scope::Login);
    assert_eq!(session.openid, simulator.openid(WEBSITE, "xiaoming"));
    assert_eq!(session.unionid, simulator.unionid(APPID, "xiaoming"));
    assert_eq!(session.profile.as_ref().unwrap().nickname, "小明");
    // The cookie is accepted although its appid is not the account's own.
    assert!(proxy.current_session().await == Some(session));
}

#[actix_web::test]
async fn a_code_is_exchanged_only_under_the_application_it_belongs_to() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = proxy_with_website(&simulator).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Userinfo);
    let answer = proxy.post(body("shop", &code)).await;
    error_of(answer, 410, ErrorCode::CodeExpired).await;
    assert!(proxy.current_session().await.is_none());
}

#[actix_web::test]
async fn an_account_without_a_website_application_has_no_qr_login() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = proxy_with_website(&simulator).await;
    let answer = proxy.post(body("cafe", "code")).await;
    let error = error_of(answer, 400, ErrorCode::InvalidRequest).await;
    assert!(error.message.contains("website application"));
    assert_eq!(simulator.requests().len(), 0);
}

#[actix_web::test]
async fn the_app_learns_of_a_website_application_that_works() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = proxy_with_website(&simulator).await;
    let bootstrap: api_types::Bootstrap = proxy.get("/api/bootstrap").await.json().await.unwrap();
    assert_eq!(
        bootstrap.accounts["shop"].website_appid.as_deref(),
        Some(WEBSITE)
    );
    assert_eq!(bootstrap.accounts["cafe"].website_appid, None);
}
