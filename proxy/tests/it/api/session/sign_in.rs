//! `POST /api/session` with codes of the simulator.

use std::time::Duration;

use api_types::{ErrorCode, Scope};
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{
    APPID, NOW, OTHER_VERIFIER, TestProxy, VERIFIER, config, error_of, session_of,
};

#[actix_web::test]
async fn a_silent_login_knows_the_openid_and_nothing_else() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    let session = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    assert_eq!(
        (session.account.as_str(), session.appid.as_str()),
        ("shop", APPID)
    );
    assert_eq!(session.openid.len(), 28);
    assert_eq!(session.scope, Scope::Base);
    assert_eq!(
        (session.unionid, session.profile, session.snapshot),
        (None, None, false)
    );
    assert_eq!(session.expires_at, NOW + 12 * 3600);
    let paths: Vec<String> = simulator
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(
        paths,
        ["/sns/oauth2/access_token"],
        "no userinfo without its scope"
    );
}

#[actix_web::test]
async fn a_granted_profile_brings_name_picture_and_unionid() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "ahua", GrantedScope::Userinfo);
    let session = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    let profile = session.profile.unwrap();
    assert_eq!(profile.nickname, "🌸阿花🌸");
    assert!(profile.headimgurl.starts_with(&simulator.base_url()));
    assert_eq!(session.unionid.unwrap().len(), 28);
    assert_eq!(session.scope, Scope::Userinfo);
}

#[actix_web::test]
async fn a_name_that_ends_in_half_a_character_costs_nobody_the_login() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "canque", GrantedScope::Userinfo);
    let session = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    assert_eq!(session.profile.unwrap().nickname, "残缺\u{FFFD}");
    assert_eq!(session.unionid.unwrap().len(), 28);
}

#[actix_web::test]
async fn one_person_has_two_openids_and_one_unionid_on_two_accounts() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Userinfo);
    let shop = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    let code = simulator.issue_code("wx00000000000000a2", "xiaoming", GrantedScope::Userinfo);
    let cafe = session_of(proxy.sign_in_to("cafe", &code, VERIFIER).await).await;
    assert_ne!(shop.openid, cafe.openid);
    assert_eq!(shop.unionid, cafe.unionid);
    assert!(shop.unionid.is_some());
}

#[actix_web::test]
async fn an_expired_code_is_refused() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    simulator.advance_clock(Duration::from_secs(301));
    let response = proxy.sign_in(&code, VERIFIER).await;
    let error = error_of(response, 410, ErrorCode::CodeExpired).await;
    assert_eq!(error.wechat.unwrap().errcode, 40029);
}

#[actix_web::test]
async fn a_code_of_another_account_is_refused() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    let response = proxy.sign_in_to("cafe", &code, VERIFIER).await;
    error_of(response, 410, ErrorCode::CodeExpired).await;
}

#[actix_web::test]
async fn a_code_another_proxy_has_exchanged_is_refused() {
    let simulator = Simulator::start().await.unwrap();
    let first = TestProxy::start(&simulator.base_url()).await;
    let second = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    session_of(first.sign_in(&code, VERIFIER).await).await;
    let response = second.sign_in(&code, OTHER_VERIFIER).await;
    let error = error_of(response, 409, ErrorCode::CodeUsed).await;
    assert_eq!(error.wechat.unwrap().errcode, 40163);
}

#[actix_web::test]
async fn a_wrong_secret_is_named_with_errcode_and_rid() {
    let simulator = Simulator::start().await.unwrap();
    let mut config = config(&simulator.base_url());
    let other_secret = config.accounts["cafe"].secret.clone();
    config.accounts.get_mut("shop").unwrap().secret = other_secret;
    let proxy = TestProxy::start_with(config).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    let response = proxy.sign_in(&code, VERIFIER).await;
    let error = error_of(response, 502, ErrorCode::RefusedByWechat).await;
    let wechat = error.wechat.unwrap();
    assert_eq!(wechat.errcode, 40125);
    assert_eq!(wechat.rid.unwrap().len(), 26);
    assert!(error.message.contains("AppSecret"), "{}", error.message);
}

#[actix_web::test]
async fn a_failed_login_leaves_the_session() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    let session = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    // Also asserts that the answer sets no cookie.
    error_of(
        proxy.sign_in("unknown-code", VERIFIER).await,
        410,
        ErrorCode::CodeExpired,
    )
    .await;
    error_of(
        proxy.sign_in(&code, OTHER_VERIFIER).await,
        409,
        ErrorCode::CodeUsed,
    )
    .await;
    error_of(proxy.post("{").await, 400, ErrorCode::InvalidRequest).await;
    assert_eq!(proxy.current_session().await, Some(session));
}

#[actix_web::test]
async fn the_next_login_replaces_the_session() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    for person in ["xiaoming", "xiaohong"] {
        let code = simulator.issue_code(APPID, person, GrantedScope::Base);
        let session = session_of(proxy.sign_in(&code, VERIFIER).await).await;
        assert_eq!(proxy.current_session().await, Some(session));
    }
}
