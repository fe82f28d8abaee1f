//! Paging shows every record exactly once: for any records, and while others are being added.

use std::collections::BTreeSet;

use api_types::Across;
use futures_util::future::join;
use login_store::{KnownIdentity, Owner, RecordId, Store};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use test_support::made_up;

use crate::lists::{all_pages, query};
use crate::samples::{CAFE, SHOP, XIAOMING, id, note, owner, put};

/// 小明 under three accounts; the third becomes part of the person by nothing but its unionid.
async fn three_accounts(store: &dyn Store, round: usize) -> [Owner; 3] {
    let users = [
        owner(CAFE, &format!("{XIAOMING}-{round}")),
        owner(SHOP, &format!("{XIAOMING}-{round}")),
        owner("wx00000000000000b1", &format!("a-{round}")),
    ];
    for user in &users {
        let unionid = format!("unionid-{round}");
        note(store, user, Some("camellia"), Some(&unionid)).await;
    }
    users
}

fn name(id: &RecordId) -> (String, String, String) {
    (
        id.owner.appid.to_string(),
        id.kind.as_str().to_owned(),
        id.key.as_str().to_owned(),
    )
}

/// Which account, kind, key and time; few of each, so that they often coincide, and keys whose order is a matter of
/// taste.
fn some_record() -> impl Strategy<Value = (usize, String, String, u64)> {
    (0..3_usize, "[ab]-?", "[aAbB_~:][-_.~:b]?", 0..4_u64)
}

pub(crate) async fn every_record_is_shown_once_whatever_the_records(store: &dyn Store) {
    // Not the macro, which cannot wait; a failure prints what it failed on.
    let mut runner = made_up::runner();
    let cases = (
        prop::collection::vec(some_record(), 0..40),
        1..45_u32,
        any::<bool>(),
    );
    for round in 0..20 {
        let case = cases.new_tree(&mut runner).unwrap().current();
        let (records, limit, only_own) = &case;
        let users = three_accounts(store, round).await;
        let across = if *only_own {
            Across::Account
        } else {
            Across::Person
        };
        let mut expected = BTreeSet::new();
        for (user, kind, key, created_at) in records {
            let id = id(&users[*user], kind, key);
            put(store, &id, "1", *created_at).await;
            if *user == 1 || !only_own {
                expected.insert(name(&id));
            }
        }
        let listed = all_pages(store, query(&users[1], across, *limit)).await;
        let shown: BTreeSet<_> = listed.iter().map(name).collect();
        assert_eq!(shown, expected, "{case:?}");
        assert_eq!(listed.len(), expected.len(), "one twice: {case:?}");
        let whole = all_pages(store, query(&users[1], across, 100)).await;
        assert_eq!(listed, whole, "{case:?}");
    }
}

pub(crate) async fn records_there_from_the_start_are_shown_once_while_others_are_added(
    store: &dyn Store,
) {
    let users = three_accounts(store, 0).await;
    let mut before = BTreeSet::new();
    for number in 0..60_usize {
        let id = id(&users[number % 3], "order", &format!("before-{number}"));
        put(store, &id, "1", 100 + u64::try_from(number / 7).unwrap()).await;
        before.insert(name(&id));
    }
    // New ones at every place of the order: before, between and after, and at the very same milliseconds.
    let adding = async {
        for number in 0..200_usize {
            let id = id(&users[number % 3], "order", &format!("later-{number}"));
            put(store, &id, "1", 95 + u64::try_from(number % 20).unwrap()).await;
        }
    };
    let reading = all_pages(store, query(&users[0], Across::Person, 3));
    let ((), shown) = join(adding, reading).await;
    let shown: Vec<_> = shown.iter().map(name).collect();
    let distinct: BTreeSet<_> = shown.iter().cloned().collect();
    assert_eq!(shown.len(), distinct.len(), "one was shown twice");
    assert!(distinct.is_superset(&before), "one was left out");
}

pub(crate) async fn the_users_of_an_appid_come_page_by_page_each_once(store: &dyn Store) {
    // Whose order is a matter of taste.
    let mut expected: Vec<String> = ["a", "B", "b", "-", "_", "A1", "a1", "a-1", "a_1"]
        .map(str::to_owned)
        .to_vec();
    for openid in &expected {
        note(store, &owner(SHOP, openid), None, None).await;
        note(store, &owner(CAFE, openid), None, None).await;
    }
    expected.sort_unstable();
    let shop = owner(SHOP, XIAOMING).appid;
    let mut whole = None;
    for limit in [1, 2, 3, 100] {
        let mut shown: Vec<KnownIdentity> = Vec::new();
        loop {
            let after = shown.last().map(|last| last.openid.clone());
            let page = store.slice_of_users(&shop, after.as_ref(), limit).await;
            let page = page.unwrap();
            assert!(page.len() <= limit as usize);
            if page.is_empty() {
                break;
            }
            shown.extend(page);
        }
        assert!(shown.iter().all(|it| it.appid == shop));
        let mut openids: Vec<_> = shown.iter().map(|it| it.openid.expose()).collect();
        openids.sort_unstable();
        assert_eq!(openids, expected);
        // In one order, whatever it is.
        assert_eq!(*whole.get_or_insert_with(|| shown.clone()), shown);
    }
}
