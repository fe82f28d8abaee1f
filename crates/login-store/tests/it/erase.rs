//! Erasing users.

use api_types::Across;
use futures_util::FutureExt as _;
use login_store::{Precondition, Store, Written};

use crate::lists::{all_pages, query};
use crate::samples::{
    CAFE, SHOP, XIAOHONG, XIAOMING, draft, id, known, note, owner, put, xiaoming,
};

pub(crate) async fn erasing_counts_and_leaves_nothing_but_others(store: &dyn Store) {
    let unknown = store.erase(&owner(SHOP, XIAOMING)).await;
    assert_eq!(unknown.unwrap(), None);
    let erased = xiaoming(store).await;
    for key in ["1", "2", "3"] {
        put(store, &id(&erased, "order", key), "1", 5).await;
    }
    let others = [owner(SHOP, XIAOHONG), owner(CAFE, XIAOMING)];
    for other in &others {
        note(store, other, Some("camellia"), Some("unionid-1")).await;
        put(store, &id(other, "order", "1"), "1", 5).await;
    }
    assert_eq!(store.erase(&erased).await.unwrap(), Some(3));
    assert_eq!(known(store).await, None);
    let record = id(&erased, "order", "1");
    assert_eq!(store.get_record(&record).await.unwrap(), None);
    let draft = draft(&record, "2", 6);
    let written = store.put_record(&draft, Precondition::None).await;
    assert_eq!(written.unwrap(), Written::UnknownOwner);
    let listed = async |owner| all_pages(store, query(owner, Across::Account, 10)).await;
    for other in &others {
        assert_eq!(listed(other).await, [id(other, "order", "1")]);
    }
    // The records are gone, not only out of sight.
    xiaoming(store).await;
    assert_eq!(listed(&erased).await, []);
    assert_eq!(store.erase(&erased).await.unwrap(), Some(0));
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
