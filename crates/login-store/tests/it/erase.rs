//! Erasing users.

use api_types::Across;
use futures_util::FutureExt as _;
use login_store::{Precondition, Store, Written};

use crate::lists::{all_pages, query};
use crate::samples::{
    CAFE, SHOP, XIAOHONG, XIAOMING, draft, id, known, note, owner, put, xiaoming,
};

pub(crate) async fn erasing_counts_and_leaves_nothing(store: &dyn Store) {
    let owner = xiaoming(store).await;
    for key in ["1", "2", "3"] {
        put(store, &id(&owner, "order", key), "1", 5).await;
    }
    assert_eq!(store.erase(&owner).await.unwrap(), Some(3));
    assert_eq!(known(store).await, None);
    let record = store.get_record(&id(&owner, "order", "1")).await;
    assert_eq!(record.unwrap(), None);
    // The records are gone, not only out of sight.
    xiaoming(store).await;
    let left = all_pages(store, query(&owner, Across::Account, 10)).await;
    assert_eq!(left, []);
    assert_eq!(store.erase(&owner).await.unwrap(), Some(0));
}

pub(crate) async fn erasing_the_unknown_says_so(store: &dyn Store) {
    assert_eq!(store.erase(&owner(SHOP, XIAOMING)).await.unwrap(), None);
}

pub(crate) async fn erasing_one_user_leaves_the_others(store: &dyn Store) {
    let erased = xiaoming(store).await;
    let others = [owner(SHOP, XIAOHONG), owner(CAFE, XIAOMING)];
    for other in &others {
        note(store, other, Some("camellia"), Some("unionid-1")).await;
        put(store, &id(other, "order", "1"), "1", 5).await;
    }
    assert_eq!(store.erase(&erased).await.unwrap(), Some(0));
    for other in &others {
        let listed = all_pages(store, query(other, Across::Account, 10)).await;
        assert_eq!(listed, [id(other, "order", "1")]);
    }
}

pub(crate) async fn after_erasing_nothing_can_be_written(store: &dyn Store) {
    let owner = xiaoming(store).await;
    let id = id(&owner, "order", "1");
    put(store, &id, "1", 5).await;
    store.erase(&owner).await.unwrap();
    let written = store
        .put_record(&draft(&id, "2", 6), Precondition::None)
        .await;
    assert_eq!(written.unwrap(), Written::UnknownOwner);
}

/// Whoever takes user and records in another order than the others would end up waiting for ever, or be cut off.
pub(crate) async fn erasing_while_others_write_and_erase_never_fails(store: &dyn Store) {
    let owner = xiaoming(store).await;
    let write = async |writer: u64| {
        for round in 0..40 {
            let id = id(&owner, "order", &(round % 3).to_string());
            let draft = draft(&id, &format!("{writer}{round}"), round);
            store.put_record(&draft, Precondition::None).await.unwrap();
        }
    };
    let erase = async || {
        for _ in 0..40 {
            store.erase(&owner).await.unwrap();
            xiaoming(store).await;
        }
    };
    futures_util::future::join_all([
        write(1).boxed_local(),
        erase().boxed_local(),
        write(2).boxed_local(),
        erase().boxed_local(),
        write(3).boxed_local(),
    ])
    .await;
}
