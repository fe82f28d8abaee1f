//! What whoever reads an address can do with the code and the state in it.

use crate::support::*;

const STATE: &str = "1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[actix_web::test]
async fn a_code_stolen_from_the_address_is_worth_nothing_without_the_verifier() {
    let (simulator, proxy) = simulated().await;
    let code = simulator.issue_code(APPID, "xiaoming", Base);
    let owner = proxy.sign_in(&code, VERIFIER).await.session().await;
    let thief = proxy.stranger();
    // With everything the address shows, and with guesses at what it does not.
    let (guess, other_case) = ("a".repeat(32), VERIFIER.to_uppercase());
    for verifier in [OTHER_VERIFIER, STATE, &guess, &other_case] {
        let answer = thief.sign_in(&code, verifier).await;
        let error = answer.error(409, CodeUsed).await;
        assert!(!error.message.contains(&owner.openid));
        assert_eq!(error.wechat, None, "WeChat was not asked");
    }
    assert_eq!(thief.current_session().await, None);
    assert_eq!(simulator.requests().len(), 1);
    // Nor under the other account or as a website's.
    let answer = thief.sign_in_to("cafe", &code, OTHER_VERIFIER).await;
    assert!(!answer.status().is_success());
    assert_eq!(proxy.current_session().await, Some(owner));
}

#[actix_web::test]
async fn a_state_stolen_from_the_address_opens_nothing() {
    let (_simulator, proxy) = simulated().await;
    for body in [
        json!({ "account": "shop", "state": STATE }),
        json!({ "account": "shop", "state": STATE, "verifier": VERIFIER }),
        json!({ "account": "shop", "state": STATE, "code": "", "verifier": VERIFIER }),
    ] {
        let answer = proxy.post(body.to_string()).await;
        answer.error(400, InvalidRequest).await;
    }
    // It is no code either; WeChat says so.
    let answer = proxy.sign_in(STATE, VERIFIER).await;
    answer.error(410, CodeExpired).await;
}

/// Whoever is faster than the victim's own browser gets in: WeChat knows no verifier. What the victim gets is a refusal,
/// and never the thief's session.
#[actix_web::test]
async fn a_thief_who_is_faster_does_not_make_the_victim_somebody_else() {
    let (simulator, proxy) = simulated().await;
    let code = simulator.issue_code(APPID, "xiaoming", Base);
    let stolen = proxy.stranger().sign_in(&code, OTHER_VERIFIER).await;
    assert_eq!(stolen.status(), 200);
    let answer = proxy.sign_in(&code, VERIFIER).await;
    answer.error(409, CodeUsed).await;
    assert_eq!(proxy.current_session().await, None);
}

#[actix_web::test]
async fn a_login_replayed_after_signing_out_needs_the_verifier() {
    let (simulator, proxy) = simulated().await;
    let code = simulator.issue_code(APPID, "xiaoming", Base);
    proxy.sign_in(&code, VERIFIER).await.session().await;
    assert_eq!(proxy.delete("/api/session").await.status(), 204);
    assert_eq!(proxy.current_session().await, None);
    let answer = proxy.sign_in(&code, OTHER_VERIFIER).await;
    answer.error(409, CodeUsed).await;
    assert_eq!(proxy.current_session().await, None);
    let exchanges = simulator.requests();
    assert_eq!(exchanges.len(), 1, "{exchanges:?}");
}
