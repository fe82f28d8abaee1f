//! What logins and backends tell about users.

use api_types::{Profile, Scope};
use login_store::{KnownIdentity, NotedIdentity, SeenIdentity, Store};
use wechat_oauth::{AppId, OpenId};

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

/// What later logins tell renews what is known, and what they do not tell blanks nothing.
pub(crate) async fn later_logins_add_and_renew_and_blank_nothing(store: &dyn Store) {
    let full = store.upsert_identity(&full_login(10)).await.unwrap();
    let moved = SeenIdentity {
        platform: Some("peony".to_owned()),
        ..silent_login(20)
    };
    let seen_at = |last_seen| KnownIdentity {
        last_seen,
        ..full.clone()
    };
    // A unionid keeps the platform it was seen on, and takes another one along.
    let renewed = KnownIdentity {
        platform: moved.platform.clone(),
        unionid: unionid("unionid-2"),
        ..seen_at(30)
    };
    let nameless = Some(Profile {
        nickname: String::new(),
        headimgurl: String::new(),
    });
    for (login, known) in [
        (silent_login(20), seen_at(20)),
        (moved.clone(), seen_at(20)),
        // A clock that goes back.
        (silent_login(5), seen_at(20)),
        (
            SeenIdentity {
                unionid: unionid("unionid-2"),
                seen_at: 30,
                ..moved.clone()
            },
            renewed.clone(),
        ),
        (
            SeenIdentity {
                profile: nameless.clone(),
                scope: Scope::Userinfo,
                ..moved
            },
            KnownIdentity {
                profile: nameless,
                ..renewed
            },
        ),
    ] {
        assert_eq!(store.upsert_identity(&login).await.unwrap(), known);
    }
}

pub(crate) async fn a_grant_after_a_silent_login_is_added(store: &dyn Store) {
    let silent = store.upsert_identity(&silent_login(10)).await.unwrap();
    let known = store.upsert_identity(&full_login(20)).await.unwrap();
    assert_eq!((silent.scope, known.scope), (Scope::Base, Scope::Userinfo));
    let told = (known.unionid, known.profile, known.first_seen);
    assert_eq!(told, (unionid("unionid-1"), profile("小明"), 10));
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

/// Which a database may do together.
pub(crate) async fn logins_at_the_same_moment_are_answered_each_with_its_own_user(
    store: &dyn Store,
) {
    // Each user twice, and the second time silently.
    let logins: Vec<SeenIdentity> = (0..150)
        .map(|number| SeenIdentity {
            openid: OpenId::parse(&format!("o{}", number % 75)).unwrap(),
            unionid: unionid(&format!("u{}", number % 75)),
            profile: (number < 75).then(|| Profile {
                nickname: format!("n{number}"),
                headimgurl: String::new(),
            }),
            ..silent_login(number)
        })
        .collect();
    let all = logins.iter().map(|seen| store.upsert_identity(seen));
    let known = futures_util::future::join_all(all).await;
    for (seen, known) in logins.iter().zip(known) {
        let known = known.unwrap();
        assert_eq!(known.openid, seen.openid);
        assert_eq!(known.unionid, seen.unionid);
        if seen.profile.is_some() {
            assert_eq!(known.profile, seen.profile);
        }
        assert!(known.last_seen >= seen.seen_at);
    }
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

pub(crate) async fn a_note_adds_a_unionid_blanks_none_and_is_no_login(store: &dyn Store) {
    store.upsert_identity(&silent_login(10)).await.unwrap();
    let known = noted(store, Some("unionid-1"), 20).await;
    assert_eq!(known.unionid, unionid("unionid-1"));
    assert_eq!(known.last_seen, 10);
    assert_eq!(noted(store, None, 30).await, known);
    let seen = store.upsert_identity(&full_login(40)).await.unwrap();
    assert_eq!(noted(store, Some("unionid-1"), 99).await, seen);
}

pub(crate) async fn a_unionid_is_learned_of_whom_is_known_without_one_alone(store: &dyn Store) {
    let learn = async |text: &str| {
        let noted = NotedIdentity {
            owner: owner(SHOP, XIAOMING),
            platform: Some("camellia".to_owned()),
            unionid: unionid(text),
            noted_at: 20,
        };
        store.learn_unionid(&noted).await.unwrap()
    };
    assert!(!learn("unionid-1").await);
    assert_eq!(known(store).await, None);
    let silent = store.upsert_identity(&silent_login(10)).await.unwrap();
    assert!(learn("unionid-1").await);
    let told = KnownIdentity {
        unionid: unionid("unionid-1"),
        ..silent
    };
    assert!(!learn("unionid-2").await);
    assert_eq!(known(store).await, Some(told));
}
