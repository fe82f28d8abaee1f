//! Forgetting users not seen for long.

use std::sync::Arc;

use login_store::{Owner, SeenIdentity, Store};
use sqlx::Connection as _;

use crate::samples::{
    CAFE, Database, SHOP, XIAOHONG, XIAOMING, full_login, id, known_of, owner, put,
};

/// Seen exactly then is not unseen, in seconds.
const BOUNDARY: u64 = 600 * 24 * 3600;
const SINCE: u64 = BOUNDARY + 1;

async fn seen(store: &dyn Store, owner: &Owner, seen_at: u64) {
    let Owner { appid, openid } = owner.clone();
    let login = SeenIdentity {
        appid,
        openid,
        ..full_login(seen_at)
    };
    store.upsert_identity(&login).await.unwrap();
}

async fn is_known(store: &dyn Store, owner: &Owner) -> bool {
    known_of(store, owner).await.is_some()
}

/// Those who are found unseen, batch by batch.
async fn unseen(store: &dyn Store) -> Vec<Owner> {
    let mut all: Vec<Owner> = Vec::new();
    loop {
        let batch = store.unseen_users(BOUNDARY, all.last()).await.unwrap();
        if batch.is_empty() {
            return all;
        }
        all.extend(batch);
    }
}

pub(crate) async fn those_unseen_are_forgotten_with_their_records(store: &dyn Store) {
    let (gone, there) = (owner(SHOP, XIAOMING), owner(SHOP, XIAOHONG));
    seen(store, &gone, BOUNDARY - 1).await;
    seen(store, &there, BOUNDARY).await;
    for key in ["1", "2"] {
        put(store, &id(&gone, "order", key), "1", 1000 * BOUNDARY - 1).await;
        put(store, &id(&there, "order", key), "1", 5).await;
    }
    assert_eq!(unseen(store).await, std::slice::from_ref(&gone));
    assert_eq!(store.forget(&gone, BOUNDARY).await.unwrap(), Some(2));
    assert_eq!(store.forget(&there, BOUNDARY).await.unwrap(), None);
    assert!(!is_known(store, &gone).await && is_known(store, &there).await);
    assert_eq!(store.count_records(&there).await.unwrap(), 2);
    assert_eq!(unseen(store).await, []);
    // The records are gone, not only out of sight.
    seen(store, &gone, SINCE).await;
    assert_eq!(store.count_records(&gone).await.unwrap(), 0);
}

pub(crate) async fn whoever_wrote_or_was_seen_since_is_kept(store: &dyn Store) {
    let customer = owner(SHOP, XIAOHONG);
    seen(store, &customer, 1).await;
    put(store, &id(&customer, "order", "1"), "1", 1000 * BOUNDARY).await;
    // The same person at two accounts.
    let (gone, there) = (owner(SHOP, XIAOMING), owner(CAFE, XIAOMING));
    seen(store, &gone, 1).await;
    seen(store, &there, SINCE).await;
    assert_eq!(unseen(store).await, std::slice::from_ref(&gone));
    for (user, forgotten) in [(&gone, Some(0)), (&there, None), (&customer, None)] {
        assert_eq!(store.forget(user, BOUNDARY).await.unwrap(), forgotten);
        assert_eq!(is_known(store, user).await, forgotten.is_none());
    }
}

pub(crate) async fn more_than_one_batch_is_found(store: &dyn Store) {
    for number in 0..2_001 {
        seen(store, &owner(SHOP, &format!("o{number}")), 1).await;
    }
    seen(store, &owner(SHOP, "o-kept"), SINCE).await;
    let unseen = unseen(store).await;
    assert!(unseen.is_sorted_by_key(|owner| owner.openid.expose().to_owned()));
    assert_eq!(unseen.len(), 2_001);
}

/// What somebody else does to a user on PostgreSQL, where two transactions can meet, while the user is being forgotten:
/// nothing of it was there when the user was looked at.
async fn forgotten_meanwhile(change: &'static str) -> (Arc<dyn Store>, Option<u64>) {
    let database = Database::postgres().await;
    let store = database.open().await;
    let customer = owner(SHOP, XIAOMING);
    seen(&*store, &customer, 1).await;
    let mut backend = database.connect().await;
    let mut writing = backend.begin().await.unwrap();
    let written = sqlx::query(change).bind(SHOP).bind(XIAOMING);
    let written = written.bind(i64::try_from(1000 * SINCE).unwrap());
    written.execute(&mut *writing).await.unwrap();
    let forgetting = store.forget(&customer, BOUNDARY);
    let end = async {
        database.until_somebody_waits().await;
        writing.commit().await.unwrap();
    };
    let (forgotten, ()) = tokio::join!(forgetting, end);
    (store, forgotten.unwrap())
}

#[tokio::test]
async fn a_record_bound_while_its_user_is_being_forgotten_is_kept() {
    let bind = "INSERT INTO record (appid, openid, kind, key, value, version, created_at, updated_at) \
                VALUES ($1, $2, 'order', '1', '1', 1, $3, $3)";
    let (store, forgotten) = forgotten_meanwhile(bind).await;
    assert_eq!(forgotten, None);
    let record = id(&owner(SHOP, XIAOMING), "order", "1");
    assert!(store.get_record(&record).await.unwrap().is_some());
}

#[tokio::test]
async fn a_user_whom_somebody_has_only_touched_is_forgotten_all_the_same() {
    let touch =
        "UPDATE identity SET unionid = 'u' || CAST($3 AS BIGINT) WHERE appid = $1 AND openid = $2";
    let (store, forgotten) = forgotten_meanwhile(touch).await;
    assert_eq!(forgotten, Some(0));
    assert!(!is_known(&*store, &owner(SHOP, XIAOMING)).await);
}
