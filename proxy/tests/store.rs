//! What every store promises, run on SQLite in memory and in a file.

use api_types::{Profile, Scope};
use wechat_login_proxy::store::{SeenIdentity, SqliteStore, Store};
use wechat_login_proxy::wechat::{AppId, OpenId, UnionId};

fn appid() -> AppId {
    AppId::parse("wx00000000000000a1").unwrap()
}

fn openid() -> OpenId {
    OpenId::parse("oABCdefGHIjklMNOpqrSTUvwxYZ0").unwrap()
}

fn unionid(text: &str) -> Option<UnionId> {
    Some(UnionId::parse(text).unwrap())
}

fn profile(nickname: &str) -> Option<Profile> {
    Some(Profile {
        nickname: nickname.to_owned(),
        headimgurl: "https://thirdwx.qlogo.cn/a/132".to_owned(),
    })
}

fn silent_login(seen_at: u64) -> SeenIdentity {
    SeenIdentity {
        appid: appid(),
        openid: openid(),
        platform: Some("camellia".to_owned()),
        unionid: None,
        scope: Scope::Base,
        profile: None,
        seen_at,
    }
}

fn full_login(seen_at: u64) -> SeenIdentity {
    SeenIdentity {
        unionid: unionid("unionid-1"),
        scope: Scope::Userinfo,
        profile: profile("小明"),
        ..silent_login(seen_at)
    }
}

async fn store() -> SqliteStore {
    SqliteStore::open_in_memory().await.unwrap()
}

#[tokio::test]
async fn a_first_login_is_stored_as_told() {
    let store = store().await;
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

#[tokio::test]
async fn a_silent_login_blanks_nothing() {
    let store = store().await;
    store.upsert_identity(&full_login(10)).await.unwrap();
    let known = store.upsert_identity(&silent_login(20)).await.unwrap();
    assert_eq!(known.unionid, unionid("unionid-1"));
    assert_eq!(known.profile, profile("小明"));
    assert_eq!(known.scope, Scope::Userinfo);
    assert_eq!((known.first_seen, known.last_seen), (10, 20));
}

#[tokio::test]
async fn a_later_grant_adds_and_renews() {
    let store = store().await;
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

#[tokio::test]
async fn an_empty_name_and_picture_replace_the_old_ones() {
    let store = store().await;
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

#[tokio::test]
async fn a_clock_that_goes_back_does_not_take_last_seen_with_it() {
    let store = store().await;
    store.upsert_identity(&silent_login(20)).await.unwrap();
    let known = store.upsert_identity(&silent_login(10)).await.unwrap();
    assert_eq!((known.first_seen, known.last_seen), (20, 20));
}

#[tokio::test]
async fn a_unionid_keeps_the_platform_it_was_seen_on() {
    let store = store().await;
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

#[tokio::test]
async fn users_of_two_accounts_are_two_identities() {
    let store = store().await;
    let elsewhere = SeenIdentity {
        appid: AppId::parse("wx00000000000000a2").unwrap(),
        ..silent_login(20)
    };
    store.upsert_identity(&full_login(10)).await.unwrap();
    let known = store.upsert_identity(&elsewhere).await.unwrap();
    assert_eq!((known.profile, known.first_seen), (None, 20));
}

#[tokio::test]
async fn a_file_and_its_folder_are_created_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/proxy.sqlite");
    let known = {
        let store = SqliteStore::open_file(&path).await.unwrap();
        store.upsert_identity(&full_login(10)).await.unwrap()
    };
    let store = SqliteStore::open_file(&path).await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(
        store.find_identity(&appid(), &openid()).await.unwrap(),
        Some(known)
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    std::fs::write(
        &path,
        "not a database, though long enough to look at".repeat(50),
    )
    .unwrap();
    assert!(SqliteStore::open_file(&path).await.is_err());
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .starts_with("not a database")
    );
}

#[tokio::test]
async fn concurrent_logins_of_one_user_all_succeed() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_file(&folder.path().join("proxy.sqlite"))
        .await
        .unwrap();
    let logins = (1..=50).map(|second| {
        let store = store.clone();
        tokio::spawn(async move { store.upsert_identity(&full_login(second)).await })
    });
    for login in futures_util::future::join_all(logins).await {
        login.unwrap().unwrap();
    }
    let known = store
        .find_identity(&appid(), &openid())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(known.last_seen, 50);
}
