//! Logins, and what they tell.

use api_types::{Profile, Scope};
use login_store::{SeenIdentity, Store};
use wechat_oauth::{AppId, OpenId};

use crate::samples::{CAFE, SHOP, XIAOMING, full_login, profile, silent_login, unionid};

fn appid() -> AppId {
    AppId::parse(SHOP).unwrap()
}

fn openid() -> OpenId {
    OpenId::parse(XIAOMING).unwrap()
}

pub(crate) async fn a_first_login_is_stored_as_told(store: &dyn Store) {
    assert_eq!(
        store.find_identity(&appid(), &openid()).await.unwrap(),
        None
    );
    let known = store.upsert_identity(&full_login(10)).await.unwrap();
    assert_eq!((known.first_seen, known.last_seen), (10, 10));
    assert_eq!(
        (known.unionid.clone(), known.profile.clone()),
        (unionid("unionid-1"), profile("小明"))
    );
    assert_eq!(
        store.find_identity(&appid(), &openid()).await.unwrap(),
        Some(known)
    );
}

pub(crate) async fn a_silent_login_blanks_nothing(store: &dyn Store) {
    store.upsert_identity(&full_login(10)).await.unwrap();
    let known = store.upsert_identity(&silent_login(20)).await.unwrap();
    assert_eq!(known.unionid, unionid("unionid-1"));
    assert_eq!(known.profile, profile("小明"));
    assert_eq!(known.scope, Scope::Userinfo);
    assert_eq!((known.first_seen, known.last_seen), (10, 20));
}

pub(crate) async fn a_later_grant_adds_and_renews(store: &dyn Store) {
    store.upsert_identity(&silent_login(10)).await.unwrap();
    let known = store.upsert_identity(&full_login(20)).await.unwrap();
    assert_eq!(
        (known.scope, known.unionid),
        (Scope::Userinfo, unionid("unionid-1"))
    );
    let renamed = SeenIdentity {
        profile: profile("大明"),
        ..full_login(30)
    };
    let known = store.upsert_identity(&renamed).await.unwrap();
    assert_eq!((known.profile, known.first_seen), (profile("大明"), 10));
}

pub(crate) async fn an_empty_name_and_picture_replace_the_old_ones(store: &dyn Store) {
    store.upsert_identity(&full_login(10)).await.unwrap();
    let nameless = SeenIdentity {
        profile: Some(Profile {
            nickname: String::new(),
            headimgurl: String::new(),
        }),
        ..full_login(20)
    };
    let known = store.upsert_identity(&nameless).await.unwrap();
    assert_eq!(known.profile, nameless.profile);
}

pub(crate) async fn a_clock_that_goes_back_does_not_take_last_seen_with_it(store: &dyn Store) {
    store.upsert_identity(&silent_login(20)).await.unwrap();
    let known = store.upsert_identity(&silent_login(10)).await.unwrap();
    assert_eq!((known.first_seen, known.last_seen), (20, 20));
}

pub(crate) async fn a_unionid_keeps_the_platform_it_was_seen_on(store: &dyn Store) {
    store.upsert_identity(&full_login(10)).await.unwrap();
    let moved = SeenIdentity {
        platform: Some("peony".to_owned()),
        ..silent_login(20)
    };
    let known = store.upsert_identity(&moved).await.unwrap();
    assert_eq!(known.platform.as_deref(), Some("camellia"));
    let moved_and_told = SeenIdentity {
        unionid: unionid("unionid-2"),
        ..moved
    };
    let known = store.upsert_identity(&moved_and_told).await.unwrap();
    assert_eq!(known.platform.as_deref(), Some("peony"));
    assert_eq!(known.unionid, unionid("unionid-2"));
}

pub(crate) async fn users_of_two_accounts_are_two_identities(store: &dyn Store) {
    let elsewhere = SeenIdentity {
        appid: AppId::parse(CAFE).unwrap(),
        ..silent_login(20)
    };
    store.upsert_identity(&full_login(10)).await.unwrap();
    let known = store.upsert_identity(&elsewhere).await.unwrap();
    assert_eq!((known.profile, known.first_seen), (None, 20));
}

pub(crate) async fn concurrent_logins_of_one_user_all_succeed(store: &dyn Store) {
    let logins = (1..=50).map(full_login).collect::<Vec<_>>();
    let logins = logins.iter().map(|seen| store.upsert_identity(seen));
    for login in futures_util::future::join_all(logins).await {
        login.unwrap();
    }
    let known = store
        .find_identity(&appid(), &openid())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(known.last_seen, 50);
}
