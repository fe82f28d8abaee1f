//! What lists show, and in which order.

use api_types::Across;
use login_store::{ListQuery, Owner, Position, RecordId, Store, StoredRecord};

use crate::samples::{CAFE, SHOP, XIAOHONG, XIAOMING, id, kind, note, owner, put, xiaoming};

pub(crate) fn query(owner: &Owner, across: Across, limit: u32) -> ListQuery {
    ListQuery {
        owner: owner.clone(),
        across,
        kind: None,
        after: None,
        limit,
    }
}

/// All pages of a list, one after the other.
pub(crate) async fn all_pages(store: &dyn Store, mut query: ListQuery) -> Vec<RecordId> {
    let mut all = Vec::new();
    loop {
        let page: Vec<StoredRecord> = store.list_records(&query).await.unwrap();
        assert!(page.len() <= usize::try_from(query.limit).unwrap());
        let Some(last) = page.last() else {
            return all;
        };
        query.after = Some(Position::of(last));
        all.extend(page.into_iter().map(|record| record.id));
    }
}

pub(crate) async fn newest_first_and_ties_in_a_fixed_order(store: &dyn Store) {
    let owner = xiaoming(store).await;
    for (kind, key, created_at) in [
        ("order", "b", 5),
        ("order", "old", 4),
        ("note", "z", 5),
        ("order", "a", 5),
        ("order", "new", 6),
    ] {
        put(store, &id(&owner, kind, key), "1", created_at).await;
    }
    let listed = all_pages(store, query(&owner, Across::Account, 100)).await;
    let keys: Vec<&str> = listed.iter().map(|id| id.key.as_str()).collect();
    assert_eq!(keys, ["new", "z", "a", "b", "old"]);
}

pub(crate) async fn a_kind_leaves_the_others_out(store: &dyn Store) {
    let owner = xiaoming(store).await;
    for number in 0..10 {
        let kind = if number % 3 == 0 { "order" } else { "note" };
        put(store, &id(&owner, kind, &number.to_string()), "1", number).await;
    }
    let mut only_orders = query(&owner, Across::Account, 2);
    only_orders.kind = Some(kind("order"));
    let listed = all_pages(store, only_orders.clone()).await;
    let keys: Vec<&str> = listed.iter().map(|id| id.key.as_str()).collect();
    assert_eq!(keys, ["9", "6", "3", "0"]);
    only_orders.kind = Some(kind("ord"));
    assert!(all_pages(store, only_orders).await.is_empty());
}

pub(crate) async fn replacing_moves_nothing(store: &dyn Store) {
    let owner = xiaoming(store).await;
    put(store, &id(&owner, "order", "old"), "1", 5).await;
    put(store, &id(&owner, "order", "new"), "1", 6).await;
    put(store, &id(&owner, "order", "old"), "2", 7).await;
    let listed = store
        .list_records(&query(&owner, Across::Account, 10))
        .await;
    let listed = listed.unwrap();
    let shown = |at: usize| (listed[at].id.key.as_str(), listed[at].value.as_str());
    assert_eq!([shown(0), shown(1)], [("new", "1"), ("old", "2")]);
    assert_eq!((listed.len(), listed[1].updated_at), (2, 7));
}

/// 小明 with two accounts, 小红 with one, each with a record of their own.
async fn three_users(store: &dyn Store) -> [Owner; 3] {
    let users = [
        (owner(SHOP, XIAOMING), "unionid-1"),
        (owner(CAFE, XIAOMING), "unionid-1"),
        (owner(SHOP, XIAOHONG), "unionid-2"),
    ];
    for (number, (user, unionid)) in (5..).zip(&users) {
        note(store, user, Some("camellia"), Some(unionid)).await;
        put(store, &id(user, "order", "1"), "1", number).await;
    }
    users.map(|(user, _)| user)
}

pub(crate) async fn own_lists_show_one_account_and_persons_lists_every_one(store: &dyn Store) {
    let unknown = owner(SHOP, XIAOMING);
    for across in [Across::Account, Across::Person] {
        assert_eq!(all_pages(store, query(&unknown, across, 10)).await, []);
    }
    let users = three_users(store).await;
    for user in &users {
        let listed = all_pages(store, query(user, Across::Account, 10)).await;
        assert_eq!(listed, [id(user, "order", "1")]);
    }
    let [shop, cafe, stranger] = users;
    let orders = [id(&cafe, "order", "1"), id(&shop, "order", "1")];
    for limit in [1, 2, 10] {
        for user in [&shop, &cafe] {
            let listed = all_pages(store, query(user, Across::Person, limit)).await;
            assert_eq!(listed, orders);
        }
    }
    let listed = all_pages(store, query(&stranger, Across::Person, 10)).await;
    assert_eq!(listed, [id(&stranger, "order", "1")]);
}
