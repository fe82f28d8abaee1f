//! What logins and backends tell about users.

use api_types::{Profile, Scope};
use login_store::{KnownIdentity, NotedIdentity, SeenIdentity, Store};
use wechat_oauth::AppId;

use crate::samples::{
    CAFE, SHOP, XIAOMING, full_login, known, owner, profile, silent_login, unionid,
};

pub(crate) async fn a_first_login_is_stored_as_told(store: &dyn Store) {
    assert_eq!(known(store).await, None);
    let told = store.upsert_identity(&full_login(10)).await.unwrap();
    assert_eq!((told.first_seen, told.last_seen), (10, 10));
    assert_eq!(told.unionid, unionid("unionid-1"));
    assert_eq!(told.profile, profile("小明"));
    assert_eq!(known(store).await, Some(told));
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
    assert_eq!(known(store).await.unwrap().last_seen, 50);
}

async fn noted(store: &dyn Store, known: Option<&str>, noted_at: u64) -> KnownIdentity {
    let noted = NotedIdentity {
        owner: owner(SHOP, XIAOMING),
        platform: Some("camellia".to_owned()),
        unionid: known.and_then(unionid),
        noted_at,
    };
    store.note_identity(&noted).await.unwrap()
}

pub(crate) async fn somebody_who_never_logged_in_is_noted(store: &dyn Store) {
    let told = noted(store, None, 10).await;
    assert_eq!((told.first_seen, told.last_seen), (10, 10));
    assert_eq!((told.scope, told.unionid.clone()), (Scope::Base, None));
    assert_eq!(known(store).await, Some(told));
    let seen = store.upsert_identity(&full_login(20)).await.unwrap();
    assert_eq!((seen.first_seen, seen.last_seen), (10, 20));
}

pub(crate) async fn a_note_adds_a_unionid_and_blanks_none(store: &dyn Store) {
    store.upsert_identity(&silent_login(10)).await.unwrap();
    let known = noted(store, Some("unionid-1"), 20).await;
    assert_eq!(known.unionid, unionid("unionid-1"));
    assert_eq!(noted(store, None, 30).await, known);
}

pub(crate) async fn a_note_is_no_login(store: &dyn Store) {
    let seen = store.upsert_identity(&full_login(10)).await.unwrap();
    assert_eq!(noted(store, Some("unionid-1"), 99).await, seen);
}
