//! What whoever reads an address can do with the code and the state in it.

use api_types::ErrorCode;
use reqwest::Method;
use serde_json::json;
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{
    APPID, OTHER_VERIFIER, TestProxy, VERIFIER, error_of, new_browser, session_of,
};

const STATE: &str = "1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[actix_web::test]
async fn a_code_stolen_from_the_address_is_worth_nothing_without_the_verifier() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    let owner = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    let thief = new_browser();
    // With everything the address shows, and with guesses at what it does not.
    for verifier in [
        OTHER_VERIFIER,
        STATE,
        &"a".repeat(32),
        &VERIFIER.to_uppercase(),
    ] {
        let body = json!({ "account": "shop", "code": code, "verifier": verifier });
        let request = thief
            .post(format!("{}/api/session", proxy.base_url))
            .json(&body);
        let error = error_of(request.send().await.unwrap(), 409, ErrorCode::CodeUsed).await;
        assert!(!error.message.contains(&owner.openid));
    }
    // Nor under the other account or as a website's.
    let body = json!({ "account": "cafe", "code": code, "verifier": OTHER_VERIFIER });
    let request = thief
        .post(format!("{}/api/session", proxy.base_url))
        .json(&body);
    assert!(!request.send().await.unwrap().status().is_success());
    assert_eq!(proxy.current_session().await, Some(owner));
}

#[actix_web::test]
async fn a_state_stolen_from_the_address_opens_nothing() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    for body in [
        json!({ "account": "shop", "state": STATE }),
        json!({ "account": "shop", "state": STATE, "verifier": VERIFIER }),
        json!({ "account": "shop", "state": STATE, "code": "", "verifier": VERIFIER }),
    ] {
        let answer = proxy.post(body.to_string()).await;
        error_of(answer, 400, ErrorCode::InvalidRequest).await;
    }
    // It is no code either; WeChat says so.
    let answer = proxy.sign_in(STATE, VERIFIER).await;
    error_of(answer, 410, ErrorCode::CodeExpired).await;
}

/// Whoever is faster than the victim's own browser gets in: WeChat knows no verifier. What the victim gets is a refusal,
/// and never the thief's session.
#[actix_web::test]
async fn a_thief_who_is_faster_does_not_make_the_victim_somebody_else() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    let body = json!({ "account": "shop", "code": code, "verifier": OTHER_VERIFIER });
    let request = new_browser()
        .post(format!("{}/api/session", proxy.base_url))
        .json(&body);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let answer = proxy.sign_in(&code, VERIFIER).await;
    error_of(answer, 409, ErrorCode::CodeUsed).await;
    assert_eq!(proxy.current_session().await, None);
}

#[actix_web::test]
async fn a_login_replayed_after_signing_out_needs_the_verifier() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    session_of(proxy.sign_in(&code, VERIFIER).await).await;
    let signed_out = proxy.request(Method::DELETE, "/api/session").send().await;
    assert_eq!(signed_out.unwrap().status(), 204);
    assert_eq!(proxy.current_session().await, None);
    let answer = proxy.sign_in(&code, OTHER_VERIFIER).await;
    error_of(answer, 409, ErrorCode::CodeUsed).await;
    assert_eq!(proxy.current_session().await, None);
    let exchanges = simulator.requests();
    assert_eq!(exchanges.len(), 1, "{exchanges:?}");
}
