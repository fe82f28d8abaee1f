//! One person with several official accounts.

use login_store::{Owner, Store};

use crate::samples::{CAFE, SHOP, XIAOHONG, XIAOMING, note, owner, unionid};

async fn assert_person(store: &dyn Store, of: &Owner, expected: &[&Owner]) {
    let found = store.person_of(of).await.unwrap();
    assert_eq!(found.iter().collect::<Vec<_>>(), expected);
}

pub(crate) async fn accounts_of_one_platform_join_by_unionid(store: &dyn Store) {
    let (shop, cafe) = (owner(SHOP, XIAOMING), owner(CAFE, "oZ"));
    let stranger = owner(SHOP, XIAOHONG);
    // An unknown user is alone.
    assert_person(store, &shop, &[&shop]).await;
    note(store, &shop, Some("camellia"), Some("unionid-1")).await;
    note(store, &stranger, Some("camellia"), Some("unionid-2")).await;
    note(store, &cafe, Some("camellia"), None).await;
    assert_person(store, &cafe, &[&cafe]).await;
    // Learned later, and without a login.
    note(store, &cafe, Some("camellia"), Some("unionid-1")).await;
    assert_person(store, &shop, &[&shop, &cafe]).await;
    assert_person(store, &cafe, &[&shop, &cafe]).await;
    assert_person(store, &stranger, &[&stranger]).await;
}

pub(crate) async fn without_unionid_or_platform_or_on_another_platform_nobody_joins(
    store: &dyn Store,
) {
    let some = Some("unionid-1");
    let here = Some("camellia");
    for (round, other, own, others) in [
        ("a", owner(CAFE, "a"), (here, None), (here, None)),
        ("b", owner(CAFE, "b"), (None, some), (None, some)),
        ("c", owner(CAFE, "c"), (here, some), (Some("peony"), some)),
        // A second openid of one account with the same unionid is a mistake.
        ("d", owner(SHOP, "e"), (here, Some("d")), (here, Some("d"))),
    ] {
        let own_user = owner(SHOP, round);
        note(store, &own_user, own.0, own.1).await;
        note(store, &other, others.0, others.1).await;
        assert_person(store, &own_user, &[&own_user]).await;
        assert_person(store, &other, &[&other]).await;
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

pub(crate) async fn everybody_of_a_unionid_is_found_on_its_platform_and_nobody_else(
    store: &dyn Store,
) {
    let some = Some("unionid-1");
    for (owner, platform, known) in [
        (owner(CAFE, "c"), Some("camellia"), some),
        (owner(SHOP, "b"), Some("camellia"), some),
        // Somebody's mistake, which the backend that looks is to see.
        (owner(SHOP, "a"), Some("camellia"), some),
        (owner(SHOP, "d"), Some("peony"), some),
        (owner(SHOP, "e"), None, some),
        (owner(SHOP, "f"), Some("camellia"), None),
    ] {
        note(store, &owner, platform, known).await;
    }
    for (platform, of, expected) in [
        ("camellia", "unionid-1", &["a", "b", "c"][..]),
        ("peony", "unionid-1", &["d"]),
        ("camellia", "unionid-2", &[]),
    ] {
        let of = unionid(of).unwrap();
        let found = store.identities_of_person(platform, &of).await.unwrap();
        let openids: Vec<_> = found.iter().map(|it| it.openid.expose()).collect();
        assert_eq!(openids, expected);
    }
}
