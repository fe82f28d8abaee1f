//! Writing and reading single records.

use futures_util::future::join_all;
use login_store::{Precondition, RecordId, RecordValue, Store, StoredRecord, Version, Written};

use crate::samples::{CAFE, SHOP, XIAOHONG, XIAOMING, draft, id, note, owner, put, xiaoming};

async fn write(
    store: &dyn Store,
    id: &RecordId,
    json: &str,
    precondition: Precondition,
) -> Written {
    let draft = draft(id, json, 6000);
    store.put_record(&draft, precondition).await.unwrap()
}

pub(crate) async fn a_new_record_is_created_as_sent(store: &dyn Store) {
    let id = id(&xiaoming(store).await, "order", "1");
    assert_eq!(store.get_record(&id).await.unwrap(), None);
    let draft = draft(&id, r#"{"cents": 1990}"#, 5000);
    let written = store.put_record(&draft, Precondition::None).await.unwrap();
    let Written::Created(record) = written else {
        panic!("{written:?}");
    };
    assert_eq!((record.created_at, record.updated_at), (5000, 5000));
    assert_eq!((&record.id, &record.value), (&id, &draft.value));
    assert_eq!(store.get_record(&id).await.unwrap(), Some(record));
}

pub(crate) async fn an_equal_value_changes_nothing_and_another_only_value_and_version(
    store: &dyn Store,
) {
    let id = id(&xiaoming(store).await, "order", "1");
    let mut before = put(store, &id, r#"{"a": [1, 2]}"#, 5000).await;
    for (json, precondition, is_equal) in [
        ("{\"a\":[1,\n2]}", Precondition::None, true),
        ("{\"a\":[1,\n2]}", Precondition::Present, true),
        ("{\"a\":[1,\n2]}", Precondition::Is(before.version), true),
        ("2", Precondition::None, false),
        ("3", Precondition::Present, false),
        ("4", Precondition::None, false),
    ] {
        let Written::Replaced(record) = write(store, &id, json, precondition).await else {
            panic!("{json}");
        };
        assert_eq!(store.get_record(&id).await.unwrap().as_ref(), Some(&record));
        assert_eq!(record == before, is_equal, "{json}");
        assert_eq!(record.version == before.version, is_equal, "{json}");
        let updated_at = if is_equal { 5000 } else { 6000 };
        assert_eq!((record.created_at, record.updated_at), (5000, updated_at));
        before = record;
    }
}

pub(crate) async fn a_record_needs_its_owner(store: &dyn Store) {
    let id = id(&owner(SHOP, XIAOMING), "order", "1");
    for precondition in [Precondition::None, Precondition::Absent] {
        let written = write(store, &id, "1", precondition).await;
        assert_eq!(written, Written::UnknownOwner);
    }
    assert_eq!(store.get_record(&id).await.unwrap(), None);
}

pub(crate) async fn if_present_does_not_create_and_if_absent_does_not_replace(store: &dyn Store) {
    let id = id(&xiaoming(store).await, "order", "1");
    let written = write(store, &id, "1", Precondition::Present).await;
    assert_eq!(written, Written::Conflict);
    assert_eq!(store.get_record(&id).await.unwrap(), None);
    let written = write(store, &id, "1", Precondition::Absent).await;
    let Written::Created(first) = written else {
        panic!("{written:?}");
    };
    let written = write(store, &id, "2", Precondition::Absent).await;
    assert_eq!(written, Written::Conflict);
    assert_eq!(store.get_record(&id).await.unwrap(), Some(first));
}

async fn assert_stale(store: &dyn Store, current: &StoredRecord, stale: Version) {
    let written = write(store, &current.id, "\"lost\"", Precondition::Is(stale)).await;
    assert_eq!(written, Written::Conflict);
    let found = store.get_record(&current.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(current));
}

pub(crate) async fn a_stale_version_neither_writes_nor_deletes(store: &dyn Store) {
    let id = id(&xiaoming(store).await, "order", "1");
    let first = put(store, &id, "1", 5000).await;
    let second = put(store, &id, "2", 6000).await;
    let delete = async |version| store.delete_record(&id, Some(version)).await.unwrap();
    assert!(!delete(first.version).await);
    assert_stale(store, &second, first.version).await;
    let written = write(store, &id, "3", Precondition::Is(second.version)).await;
    let Written::Replaced(third) = written else {
        panic!("{written:?}");
    };
    assert!(delete(third.version).await);
}

pub(crate) async fn neither_undoing_a_change_nor_writing_anew_brings_a_version_back(
    store: &dyn Store,
) {
    let id = id(&xiaoming(store).await, "order", "1");
    let first = put(store, &id, "1", 5000).await;
    put(store, &id, "2", 5000).await;
    let back = put(store, &id, "1", 5000).await;
    assert_stale(store, &back, first.version).await;
    assert!(store.delete_record(&id, None).await.unwrap());
    let again = put(store, &id, "1", 5000).await;
    assert_stale(store, &again, first.version).await;
    assert_stale(store, &again, back.version).await;
}

pub(crate) async fn deletion_says_whether_there_was_one(store: &dyn Store) {
    let owner = xiaoming(store).await;
    let other = put(store, &id(&owner, "order", "2"), "2", 5000).await;
    let id = id(&owner, "order", "1");
    assert!(!store.delete_record(&id, None).await.unwrap());
    put(store, &id, "1", 5000).await;
    assert!(store.delete_record(&id, None).await.unwrap());
    assert!(!store.delete_record(&id, None).await.unwrap());
    assert_eq!(store.get_record(&id).await.unwrap(), None);
    assert_eq!(store.get_record(&other.id).await.unwrap(), Some(other));
}

/// Of twenty that write different values at once.
pub(crate) async fn of_many_writers_one_wins(store: &dyn Store) {
    let id = id(&xiaoming(store).await, "order", "1");
    let twenty = async |precondition| {
        let writes = (0..20).map(async |number: u32| {
            let json = number.to_string();
            write(store, &id, &json, precondition).await
        });
        join_all(writes).await
    };
    let written = twenty(Precondition::None).await;
    let created = |it: &&Written| matches!(it, Written::Created(_));
    assert_eq!(written.iter().filter(created).count(), 1, "{written:?}");
    let replaced = |it: &&Written| matches!(it, Written::Replaced(_));
    assert_eq!(written.iter().filter(replaced).count(), 19, "{written:?}");

    let first = put(store, &id, "-1", 5000).await;
    let written = twenty(Precondition::Is(first.version)).await;
    let won = |it: &&Written| **it != Written::Conflict;
    let winners: Vec<_> = written.iter().filter(won).collect();
    let [Written::Replaced(winner)] = winners[..] else {
        panic!("{winners:?}");
    };
    assert_eq!(store.get_record(&id).await.unwrap().as_ref(), Some(winner));
}

pub(crate) async fn users_and_accounts_do_not_share_keys(store: &dyn Store) {
    let owners = [
        owner(SHOP, XIAOMING),
        owner(SHOP, XIAOHONG),
        owner(CAFE, XIAOMING),
    ];
    for (number, owner) in owners.iter().enumerate() {
        note(store, owner, Some("camellia"), Some("unionid-1")).await;
        let record = put(store, &id(owner, "order", "1"), &number.to_string(), 5000).await;
        assert_eq!(record.created_at, record.updated_at);
    }
    let first = id(&owners[0], "order", "1");
    assert!(store.delete_record(&first, None).await.unwrap());
    for (number, owner) in owners.iter().enumerate().skip(1) {
        let record = store.get_record(&id(owner, "order", "1")).await.unwrap();
        assert_eq!(record.unwrap().value.as_str(), number.to_string());
    }
}

pub(crate) async fn the_longest_and_strangest_values_come_back_unchanged(store: &dyn Store) {
    let id = id(&xiaoming(store).await, &"k".repeat(32), &"~".repeat(128));
    let longest = format!("\"{}\"", "茶".repeat((RecordValue::MOST_BYTES - 2) / 3));
    for json in [
        "null",
        "\"\\u0000\"",
        "{\"\":[]}",
        "1e400",
        "-0.0",
        "\"\u{10FFFF}\u{E000}\u{7f}\"",
        &longest,
    ] {
        put(store, &id, json, 5000).await;
        let record = store.get_record(&id).await.unwrap().unwrap();
        assert_eq!(record.value.as_str(), json);
    }
}
