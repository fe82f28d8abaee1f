//! What backends tell about users.

use api_types::Scope;
use login_store::{Identity, NotedIdentity, Store};

use crate::samples::{SHOP, XIAOMING, full_login, owner, silent_login, unionid};

async fn noted(store: &dyn Store, known: Option<&str>, noted_at: u64) -> Identity {
    let noted = NotedIdentity {
        owner: owner(SHOP, XIAOMING),
        platform: Some("camellia".to_owned()),
        unionid: known.and_then(unionid),
        noted_at,
    };
    store.note_identity(&noted).await.unwrap()
}

pub(crate) async fn somebody_who_never_logged_in_is_noted(store: &dyn Store) {
    let known = noted(store, None, 10).await;
    assert_eq!((known.first_seen, known.last_seen), (10, 10));
    assert_eq!((known.scope, known.unionid.clone()), (Scope::Base, None));
    let found = store.find_identity(&known.appid, &known.openid).await;
    assert_eq!(found.unwrap(), Some(known));
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
