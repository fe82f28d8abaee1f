//! What is known about a user over several logins.

use api_types::Profile;
use login_store::KnownIdentity;

use crate::support::*;

async fn stored(proxy: &TestProxy) -> Option<KnownIdentity> {
    known(&*proxy.state.store).await
}

fn profile() -> Option<Profile> {
    Some(Profile {
        nickname: "小明".to_owned(),
        headimgurl: "https://thirdwx.qlogo.cn/mmopen/a/132".to_owned(),
    })
}

fn body(text: &str) -> Reply {
    Reply::Body(text.to_owned())
}

/// A granted exchange, by somebody in snapshot mode.
fn snapshot() -> Reply {
    Reply::Body(token_body("snsapi_userinfo").replace('{', r#"{"is_snapshotuser":1,"#))
}

#[actix_web::test]
async fn a_silent_login_shows_and_keeps_what_was_granted_before() {
    let script = [granted("snsapi_userinfo"), named(), granted("snsapi_base")];
    let (_upstream, proxy) = scripted(script).await;
    proxy.sign_in("first", VERIFIER).await.session().await;
    let silent = proxy.sign_in("second", VERIFIER).await.session().await;
    assert_eq!(silent.scope, Scope::Base, "what this login granted");
    assert_eq!(silent.unionid.as_deref(), Some(UNIONID));
    assert_eq!(silent.profile, profile());
    let stored = stored(&proxy).await.unwrap();
    assert_eq!(stored.scope, Scope::Userinfo, "the most ever granted");
    assert_eq!(stored.profile, profile());
    assert_eq!(stored.platform.as_deref(), Some("camellia"));
}

/// It is repeated until it answers, twice at most, and not where it is refused; without it the login succeeds, too.
#[actix_web::test]
async fn a_login_without_userinfo_answer_succeeds_without_profile() {
    let busy = || body(r#"{"errcode":-1,"errmsg":"system error"}"#);
    let refused = body(r#"{"errcode":48001,"errmsg":"api unauthorized"}"#);
    for (replies, expected, asked) in [
        (vec![Reply::Status(502), Reply::Cut, busy()], None, 3),
        (vec![busy(), Reply::Cut, named()], profile(), 3),
        (vec![refused], None, 1),
    ] {
        let script = [granted("snsapi_userinfo")].into_iter().chain(replies);
        let (upstream, proxy) = scripted(script).await;
        let session = proxy.sign_in("code", VERIFIER).await.session().await;
        assert_eq!(session.profile, expected);
        assert_eq!(
            session.unionid.as_deref(),
            Some(UNIONID),
            "the token answer has it"
        );
        assert_eq!((upstream.exchanges(), upstream.user_infos()), (1, asked));
    }
}

#[actix_web::test]
async fn a_snapshot_user_is_a_guest_and_never_stored() {
    let (upstream, proxy) = scripted([snapshot()]).await;
    let session = proxy.sign_in("code", VERIFIER).await.session().await;
    assert!(session.snapshot);
    assert_eq!((session.unionid, session.profile), (None, None));
    assert_eq!(stored(&proxy).await, None);
    assert_eq!(upstream.user_infos(), 0);
    assert!(proxy.current_session().await.unwrap().snapshot);
}

#[actix_web::test]
async fn a_snapshot_ends_after_half_an_hour_and_never_takes_a_users_place() {
    let script = [snapshot(), granted("snsapi_base"), snapshot()];
    let (_upstream, proxy) = scripted(script).await;
    let guest = proxy.sign_in("code1", VERIFIER).await.session().await;
    let user = proxy.sign_in("code2", VERIFIER).await.session().await;
    assert_eq!(user.expires_at - guest.expires_at, 12 * 3600 - 1800);
    assert!(!proxy.current_session().await.unwrap().snapshot);

    let answer = proxy.sign_in("code3", VERIFIER).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.object::<Session>().await.snapshot);
    assert!(!proxy.current_session().await.unwrap().snapshot);
}
