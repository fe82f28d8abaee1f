//! Forgetting users not seen for long.

use login_store::DatabaseUrl;
use login_store::{Owner, Scope, SeenIdentity, Store};
use sqlx::{Connection as _, PgConnection};
use wechat_login_proxy::retention::{Forgotten, Mode, forget_unseen};

use crate::lists::{all_pages, query};
use crate::postgres;
use crate::samples::{CAFE, SHOP, XIAOHONG, XIAOMING, full_login, id, owner, put};

const DAY: u64 = 24 * 3600;
const NOW: u64 = 1000 * DAY;
/// Seen exactly so long ago is not unseen yet.
const BOUNDARY: u64 = NOW - 400 * DAY;

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
    let found = store.find_identity(&owner.appid, &owner.openid).await;
    found.unwrap().is_some()
}

async fn forget(store: &dyn Store, mode: Mode) -> Forgotten {
    forget_unseen(store, NOW, 400, mode).await.unwrap()
}

pub(crate) async fn those_unseen_are_forgotten_with_their_records(store: &dyn Store) {
    let (gone, there) = (owner(SHOP, XIAOMING), owner(SHOP, XIAOHONG));
    seen(store, &gone, BOUNDARY - 1).await;
    seen(store, &there, BOUNDARY).await;
    for key in ["1", "2"] {
        put(store, &id(&gone, "order", key), "1", 1000 * BOUNDARY - 1).await;
        put(store, &id(&there, "order", key), "1", 5).await;
    }
    let expected = Forgotten {
        users: 1,
        records: 2,
    };
    assert_eq!(forget(store, Mode::Count).await, expected);
    assert!(is_known(store, &gone).await);
    assert_eq!(forget(store, Mode::Forget).await, expected);
    assert!(!is_known(store, &gone).await);
    assert!(is_known(store, &there).await);
    let kept = all_pages(store, query(&there, Scope::Own, 10)).await;
    assert_eq!(kept.len(), 2);
    assert_eq!(forget(store, Mode::Forget).await, Forgotten::default());
    // The records are gone, not only out of sight.
    seen(store, &gone, NOW).await;
    let left = all_pages(store, query(&gone, Scope::Own, 10)).await;
    assert!(left.is_empty());
}

pub(crate) async fn somebody_with_a_record_written_since_is_kept(store: &dyn Store) {
    let customer = owner(SHOP, XIAOMING);
    seen(store, &customer, 1).await;
    put(store, &id(&customer, "order", "1"), "1", 1000 * BOUNDARY).await;
    assert_eq!(forget(store, Mode::Forget).await, Forgotten::default());
    let forgotten = store.forget(&customer, BOUNDARY).await.unwrap();
    assert_eq!(forgotten, None);
    assert!(is_known(store, &customer).await);
}

pub(crate) async fn the_same_person_at_another_account_is_kept(store: &dyn Store) {
    let (gone, there) = (owner(SHOP, XIAOMING), owner(CAFE, XIAOMING));
    seen(store, &gone, 1).await;
    seen(store, &there, NOW).await;
    assert_eq!(forget(store, Mode::Forget).await.users, 1);
    assert!(!is_known(store, &gone).await);
    assert!(is_known(store, &there).await);
}

pub(crate) async fn more_than_one_batch_is_forgotten(store: &dyn Store) {
    const USERS: u64 = 2_001;
    for number in 0..USERS {
        seen(store, &owner(SHOP, &format!("o{number}")), 1).await;
    }
    seen(store, &owner(SHOP, "o-kept"), NOW).await;
    assert_eq!(forget(store, Mode::Count).await.users, USERS);
    assert_eq!(forget(store, Mode::Forget).await.users, USERS);
    assert!(is_known(store, &owner(SHOP, "o-kept")).await);
}

/// On PostgreSQL, where two transactions can meet: the record was not there when the user was looked at.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_bound_while_its_user_is_being_forgotten_is_kept() {
    let url = postgres::new_database().await;
    let store = login_store::open(&DatabaseUrl::Postgres(url.clone()))
        .await
        .unwrap();
    let customer = owner(SHOP, XIAOMING);
    seen(&*store, &customer, 1).await;

    let mut backend = PgConnection::connect(url.expose()).await.unwrap();
    let mut writing = backend.begin().await.unwrap();
    let bind = "INSERT INTO record (appid, openid, kind, key, value, version, created_at, updated_at) \
                VALUES ($1, $2, 'order', '1', '1', 1, $3, $3)";
    sqlx::query(bind)
        .bind(SHOP)
        .bind(XIAOMING)
        .bind(i64::try_from(1000 * NOW).unwrap())
        .execute(&mut *writing)
        .await
        .unwrap();
    let forgetting = tokio::spawn({
        let (store, customer) = (store.clone(), customer.clone());
        async move { store.forget(&customer, BOUNDARY).await }
    });
    // Until it waits for the other transaction's lock.
    let mut observer = PgConnection::connect(url.expose()).await.unwrap();
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting)
        .fetch_one(&mut observer)
        .await
        .unwrap()
        == 0
    {
        assert!(!forgetting.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
    writing.commit().await.unwrap();

    assert_eq!(forgetting.await.unwrap().unwrap(), None);
    let kept = store.get_record(&id(&customer, "order", "1")).await;
    assert!(kept.unwrap().is_some());
}
