//! The QR login of an account's website application.

use crate::support::*;

/// A simulator, and a proxy whose account `shop` has its website application.
async fn with_website() -> (Simulator, TestProxy) {
    let simulator = Simulator::start().await.unwrap();
    let mut config = config(&simulator.base_url());
    add_website(&mut config, WEBSITE, "simulator-secret-d1");
    let proxy = TestProxy::start_with(config).await;
    (simulator, proxy)
}

fn body(account: &str, code: &str) -> String {
    json!({ "account": account, "code": code, "verifier": VERIFIER, "website": true }).to_string()
}

#[actix_web::test]
async fn a_scanned_code_signs_in_under_the_websites_appid_and_the_accounts_name() {
    let (simulator, proxy) = with_website().await;
    let code = simulator.issue_code(WEBSITE, "xiaoming", Login);
    let session = proxy.post(body("shop", &code)).await.session().await;
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
    let (simulator, proxy) = with_website().await;
    let code = simulator.issue_code(APPID, "xiaoming", Userinfo);
    let answer = proxy.post(body("shop", &code)).await;
    answer.error(410, CodeExpired).await;
    assert!(proxy.current_session().await.is_none());
}

#[actix_web::test]
async fn an_account_without_a_website_application_has_no_qr_login() {
    let (simulator, proxy) = with_website().await;
    let answer = proxy.post(body("cafe", "code")).await;
    let error = answer.error(400, InvalidRequest).await;
    assert!(error.message.contains("website application"));
    assert_eq!(simulator.requests().len(), 0);
}

#[actix_web::test]
async fn the_app_learns_of_a_website_application_that_works() {
    let (_simulator, proxy) = with_website().await;
    let bootstrap: api_types::Bootstrap = proxy.get("/api/bootstrap").await.object().await;
    let appid = |account: &str| bootstrap.accounts[account].website_appid.clone();
    assert_eq!(appid("shop").as_deref(), Some(WEBSITE));
    assert_eq!(appid("cafe"), None);
}
