//! What is known about a user over several logins.

use api_types::{Profile, Scope, Session};
use login_store::KnownIdentity;
use wechat_oauth::{AppId, OpenId};

use crate::helpers::{
    APPID, OPENID, TestProxy, UNIONID, VERIFIER, session_of, token_body, user_info_body,
};
use crate::upstream::{Reply, Upstream};

async fn stored(proxy: &TestProxy) -> Option<KnownIdentity> {
    let (appid, openid) = (AppId::parse(APPID).unwrap(), OpenId::parse(OPENID).unwrap());
    proxy
        .state
        .store
        .find_identity(&appid, &openid)
        .await
        .unwrap()
}

fn profile() -> Option<Profile> {
    Some(Profile {
        nickname: "小明".to_owned(),
        headimgurl: "https://thirdwx.qlogo.cn/mmopen/a/132".to_owned(),
    })
}

#[actix_web::test]
async fn a_silent_login_shows_and_keeps_what_was_granted_before() {
    let upstream = Upstream::start([
        Reply::Body(token_body("snsapi_userinfo")),
        Reply::Body(user_info_body()),
        Reply::Body(token_body("snsapi_base")),
    ])
    .await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    session_of(proxy.sign_in("first", VERIFIER).await).await;
    let silent = session_of(proxy.sign_in("second", VERIFIER).await).await;
    assert_eq!(silent.scope, Scope::Base, "what this login granted");
    assert_eq!(silent.unionid.as_deref(), Some(UNIONID));
    assert_eq!(silent.profile, profile());
    let stored = stored(&proxy).await.unwrap();
    assert_eq!(stored.scope, Scope::Userinfo, "the most ever granted");
    assert_eq!(stored.profile, profile());
    assert_eq!(stored.platform.as_deref(), Some("camellia"));
}

#[actix_web::test]
async fn a_login_without_userinfo_answer_succeeds_without_profile() {
    let upstream = Upstream::start([
        Reply::Body(token_body("snsapi_userinfo")),
        Reply::Status(502),
        Reply::Cut,
        Reply::Body(r#"{"errcode":-1,"errmsg":"system error"}"#.to_owned()),
    ])
    .await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    let session = session_of(proxy.sign_in("code", VERIFIER).await).await;
    assert_eq!(session.profile, None);
    assert_eq!(
        session.unionid.as_deref(),
        Some(UNIONID),
        "the token answer has it"
    );
    assert_eq!((upstream.exchanges(), upstream.user_infos()), (1, 3));
}

#[actix_web::test]
async fn userinfo_is_repeated_until_it_answers() {
    let upstream = Upstream::start([
        Reply::Body(token_body("snsapi_userinfo")),
        Reply::Body(r#"{"errcode":-1,"errmsg":"system error"}"#.to_owned()),
        Reply::Cut,
        Reply::Body(user_info_body()),
    ])
    .await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    let session = session_of(proxy.sign_in("code", VERIFIER).await).await;
    assert_eq!(session.profile, profile());
    assert_eq!((upstream.exchanges(), upstream.user_infos()), (1, 3));
}

#[actix_web::test]
async fn a_refused_userinfo_is_not_repeated() {
    let upstream = Upstream::start([
        Reply::Body(token_body("snsapi_userinfo")),
        Reply::Body(r#"{"errcode":48001,"errmsg":"api unauthorized"}"#.to_owned()),
    ])
    .await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    assert_eq!(
        session_of(proxy.sign_in("code", VERIFIER).await)
            .await
            .profile,
        None
    );
    assert_eq!(upstream.user_infos(), 1);
}

#[actix_web::test]
async fn a_snapshot_user_is_a_guest_and_never_stored() {
    let body = token_body("snsapi_userinfo").replace('{', r#"{"is_snapshotuser":1,"#);
    let upstream = Upstream::start([Reply::Body(body)]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    let session = session_of(proxy.sign_in("code", VERIFIER).await).await;
    assert!(session.snapshot);
    assert_eq!((session.unionid, session.profile), (None, None));
    assert_eq!(stored(&proxy).await, None);
    assert_eq!(upstream.user_infos(), 0);
    assert!(proxy.current_session().await.unwrap().snapshot);
}

#[actix_web::test]
async fn a_snapshot_ends_after_half_an_hour_and_never_takes_a_users_place() {
    let snapshot = || token_body("snsapi_userinfo").replace('{', r#"{"is_snapshotuser":1,"#);
    let upstream = Upstream::start([
        Reply::Body(snapshot()),
        Reply::Body(token_body("snsapi_base")),
        Reply::Body(snapshot()),
    ])
    .await;
    let proxy = TestProxy::start(&upstream.base_url()).await;

    let guest = session_of(proxy.sign_in("code1", VERIFIER).await).await;
    let user = session_of(proxy.sign_in("code2", VERIFIER).await).await;
    assert_eq!(user.expires_at - guest.expires_at, 12 * 3600 - 1800);
    assert!(!proxy.current_session().await.unwrap().snapshot);

    let answer = proxy.sign_in("code3", VERIFIER).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.json::<Session>().await.unwrap().snapshot);
    assert!(!proxy.current_session().await.unwrap().snapshot);
}
