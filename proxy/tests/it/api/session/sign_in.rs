//! `POST /api/session` with codes of the simulator.

use crate::support::*;

#[actix_web::test]
async fn a_silent_login_knows_the_openid_and_nothing_else() {
    let (simulator, proxy) = simulated().await;
    let session = proxy.log_in(&simulator, "xiaoming", Base).await;
    let openid = simulator.openid(APPID, "xiaoming");
    assert_eq!(openid.len(), 28);
    let expires_at = NOW + 12 * 3600;
    let expected = Session {
        expires_at,
        ..crate::support::session(&openid)
    };
    assert_eq!(session, expected);
    let requests = simulator.requests();
    let paths: Vec<_> = requests.iter().map(|request| &request.path).collect();
    assert_eq!(
        paths,
        ["/sns/oauth2/access_token"],
        "no userinfo without its scope"
    );
}

#[actix_web::test]
async fn a_granted_profile_brings_name_picture_and_unionid() {
    let (simulator, proxy) = simulated().await;
    // One that ends in half a character costs nobody the login.
    for (person, name) in [("ahua", "🌸阿花🌸"), ("canque", "残缺\u{FFFD}")] {
        let session = proxy.log_in(&simulator, person, Userinfo).await;
        let profile = session.profile.unwrap();
        assert_eq!(profile.nickname, name);
        assert!(profile.headimgurl.starts_with(&simulator.base_url()));
        assert_eq!(session.unionid.unwrap().len(), 28);
        assert_eq!(session.scope, Scope::Userinfo);
    }
}

#[actix_web::test]
async fn one_person_has_two_openids_and_one_unionid_on_two_accounts() {
    let (simulator, proxy) = simulated().await;
    let shop = proxy.log_in(&simulator, "xiaoming", Userinfo).await;
    let code = simulator.issue_code(CAFE, "xiaoming", Userinfo);
    let cafe = proxy.sign_in_to("cafe", &code, VERIFIER).await;
    let cafe = cafe.session().await;
    assert_ne!(shop.openid, cafe.openid);
    assert_eq!(shop.unionid, cafe.unionid);
    assert!(shop.unionid.is_some());
}

#[actix_web::test]
async fn a_code_of_another_account_is_refused() {
    let (simulator, proxy) = simulated().await;
    let code = simulator.issue_code(APPID, "xiaoming", Base);
    let response = proxy.sign_in_to("cafe", &code, VERIFIER).await;
    response.error(410, CodeExpired).await;
}

#[actix_web::test]
async fn a_failed_login_leaves_the_session() {
    let (simulator, proxy) = simulated().await;
    let code = simulator.issue_code(APPID, "xiaoming", Base);
    let session = proxy.sign_in(&code, VERIFIER).await.session().await;
    // Also asserts that the answer sets no cookie.
    let unknown = proxy.sign_in("unknown-code", VERIFIER).await;
    unknown.error(410, CodeExpired).await;
    let used = proxy.sign_in(&code, OTHER_VERIFIER).await;
    used.error(409, CodeUsed).await;
    proxy.post("{").await.error(400, InvalidRequest).await;
    assert_eq!(proxy.current_session().await, Some(session));
}
