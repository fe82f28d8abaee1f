//! One person with several official accounts.

use login_store::{Owner, Store};

use crate::samples::{CAFE, SHOP, XIAOHONG, XIAOMING, note, owner};

async fn assert_person(store: &dyn Store, of: &Owner, expected: &[&Owner]) {
    let found = store.person_of(of).await.unwrap();
    assert_eq!(found.iter().collect::<Vec<_>>(), expected);
}

pub(crate) async fn accounts_of_one_platform_join_by_unionid(store: &dyn Store) {
    let (shop, cafe) = (owner(SHOP, XIAOMING), owner(CAFE, "oZ"));
    let stranger = owner(SHOP, XIAOHONG);
    note(store, &cafe, Some("camellia"), Some("unionid-1")).await;
    note(store, &shop, Some("camellia"), Some("unionid-1")).await;
    note(store, &stranger, Some("camellia"), Some("unionid-2")).await;
    assert_person(store, &shop, &[&shop, &cafe]).await;
    assert_person(store, &cafe, &[&shop, &cafe]).await;
    assert_person(store, &stranger, &[&stranger]).await;
}

pub(crate) async fn a_unionid_learned_later_joins_without_a_login(store: &dyn Store) {
    let (shop, cafe) = (owner(SHOP, XIAOMING), owner(CAFE, "oZ"));
    note(store, &shop, Some("camellia"), Some("unionid-1")).await;
    note(store, &cafe, Some("camellia"), None).await;
    assert_person(store, &cafe, &[&cafe]).await;
    note(store, &cafe, Some("camellia"), Some("unionid-1")).await;
    assert_person(store, &cafe, &[&shop, &cafe]).await;
    assert_person(store, &shop, &[&shop, &cafe]).await;
}

pub(crate) async fn without_unionid_or_platform_or_on_another_platform_nobody_joins(
    store: &dyn Store,
) {
    let some = Some("unionid-1");
    for (round, own, other) in [
        ("a", (Some("camellia"), None), (Some("camellia"), None)),
        ("b", (None, some), (None, some)),
        ("c", (Some("camellia"), some), (Some("peony"), some)),
    ] {
        let (shop, cafe) = (owner(SHOP, round), owner(CAFE, round));
        note(store, &shop, own.0, own.1).await;
        note(store, &cafe, other.0, other.1).await;
        assert_person(store, &shop, &[&shop]).await;
        assert_person(store, &cafe, &[&cafe]).await;
    }
}

pub(crate) async fn a_person_is_bounded(store: &dyn Store) {
    for number in 0..101 {
        let one = owner(&format!("wx{number:016x}"), XIAOMING);
        note(store, &one, Some("camellia"), Some("unionid-1")).await;
    }
    let first = owner("wx0000000000000000", XIAOMING);
    assert_eq!(store.person_of(&first).await.unwrap().len(), 100);
    let last = owner("wx0000000000000064", XIAOMING);
    let person = store.person_of(&last).await.unwrap();
    assert_eq!((person.len(), person.last()), (101, Some(&last)));
}

pub(crate) async fn an_unknown_user_is_alone(store: &dyn Store) {
    let unknown = owner(SHOP, XIAOMING);
    assert_person(store, &unknown, &[&unknown]).await;
}

pub(crate) async fn a_second_openid_of_one_account_with_the_same_unionid_is_not_joined(
    store: &dyn Store,
) {
    let (one, other) = (owner(SHOP, XIAOMING), owner(SHOP, XIAOHONG));
    for somebody in [&one, &other] {
        note(store, somebody, Some("camellia"), Some("unionid-1")).await;
    }
    assert_person(store, &one, &[&one]).await;
}
