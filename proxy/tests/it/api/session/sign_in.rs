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
async fn a_code_of_another_account_is_refused() {
    let (simulator, proxy) = simulated().await;
    let code = simulator.issue_code(APPID, "xiaoming", Base);
    let response = proxy.sign_in_to("cafe", &code, VERIFIER).await;
    response.error(410, CodeExpired).await;
}
