//! One user never sees, changes or deletes another's records, whatever kind, key or cursor is sent.

use std::collections::BTreeMap;

use login_store::DatabaseUrl;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_json::Value;

use crate::helpers::TestProxy;
use crate::made_up;
use crate::people::{Caller, proxy_on, user};
use crate::postgres;

/// What one of the two does next. Kinds and keys are few, so that both use the same ones all the time.
#[derive(Debug, Clone)]
enum Deed {
    Put(String, u8),
    Get(String),
    Delete(String),
    /// With a cursor that anybody was given before, if there was one.
    List(String, u32, Option<prop::sample::Index>),
}

fn some_deed() -> impl Strategy<Value = (usize, Deed)> {
    let name = || "(a|b)/(x|y|X)";
    let filter = prop_oneof![
        Just(String::new()),
        Just("&kind=a".to_owned()),
        Just("&across=person".to_owned()),
    ];
    let cursor = prop::option::of(any::<prop::sample::Index>());
    let deed = prop_oneof![
        4 => (name(), any::<u8>()).prop_map(|(name, value)| Deed::Put(name, value)),
        2 => name().prop_map(Deed::Get),
        1 => name().prop_map(Deed::Delete),
        4 => (filter, 1..3_u32, cursor).prop_map(|(f, limit, c)| Deed::List(f, limit, c)),
    ];
    (0..2_usize, deed)
}

/// A user, and the records this user must have: name to value.
struct Player {
    caller: Caller,
    records: BTreeMap<String, Value>,
}

/// Values are marked with their writer, so that a record that strays is noticed wherever it shows up.
fn marked(who: usize, value: u8) -> Value {
    Value::from(format!("written by {who}: {value}"))
}

/// Every cursor given so far, and to whom.
type Cursors = Vec<(usize, String)>;

async fn act(players: &mut [Player; 2], who: usize, deed: &Deed, cursors: &mut Cursors) {
    let Player { caller, records } = &mut players[who];
    match deed {
        Deed::Put(name, value) => {
            let value = marked(who, *value);
            let path = format!("/api/records/{name}");
            let response = caller.put(&path, &value.to_string()).await;
            let is_new = records.insert(name.clone(), value).is_none();
            assert_eq!(response.status(), if is_new { 201 } else { 200 });
        }
        Deed::Get(name) => {
            let response = caller.get(&format!("/api/records/{name}")).await;
            match records.get(name) {
                Some(value) => {
                    let body: Value = response.json().await.unwrap();
                    assert_eq!(&body["value"], value);
                }
                None => assert_eq!(response.status(), 404),
            }
        }
        Deed::Delete(name) => {
            let response = caller.delete(&format!("/api/records/{name}")).await;
            let was_there = records.remove(name).is_some();
            assert_eq!(response.status(), if was_there { 204 } else { 404 });
        }
        Deed::List(filter, limit, cursor) => {
            let given = cursor
                .as_ref()
                .filter(|_| !cursors.is_empty())
                .map(|index| index.get(cursors).clone());
            let query = given
                .as_ref()
                .map_or_else(String::new, |(_, cursor)| format!("&cursor={cursor}"));
            let path = format!("/api/records?limit={limit}{filter}{query}");
            let response = caller.get(&path).await;
            if given.is_some_and(|(owner, _)| owner != who) {
                assert_eq!(response.status(), 400, "a cursor of somebody else");
            }
            if response.status() == 400 {
                return;
            }
            let page: api_types::RecordPage<Value> = response.json().await.unwrap();
            for record in page.records {
                let name = format!("{}/{}", record.kind, record.key);
                assert_eq!(Some(&record.value), records.get(&name));
            }
            cursors.extend(page.next_cursor.map(|cursor| (who, cursor)));
        }
    }
}

async fn assert_two_users_never_meet(proxy: &TestProxy) {
    let mut runner = made_up::runner();
    for round in 0..15 {
        let deeds = prop::collection::vec(some_deed(), 1..40);
        let deeds = deeds.new_tree(&mut runner).unwrap().current();
        // Shown only where the test fails.
        println!("{deeds:#?}");
        // One's openid begins like the other's.
        let mut players = [
            player(proxy, &format!("oUser-{round}")).await,
            player(proxy, &format!("oUser-{round}-2")).await,
        ];
        let mut cursors = Vec::new();
        for (who, deed) in &deeds {
            act(&mut players, *who, deed, &mut cursors).await;
        }
        for Player { caller, records } in &players {
            let page = caller.page("/api/records?limit=100&across=person").await;
            assert_eq!(page.records.len(), records.len());
        }
    }
}

async fn player(proxy: &TestProxy, openid: &str) -> Player {
    let unionid = format!("unionid-of-{openid}");
    Player {
        caller: user(proxy, "shop", openid, Some(&unionid)).await,
        records: BTreeMap::new(),
    }
}

#[actix_web::test]
async fn two_users_never_meet_on_sqlite() {
    assert_two_users_never_meet(&proxy_on(DatabaseUrl::SqliteMemory).await).await;
}

#[actix_web::test]
async fn two_users_never_meet_on_postgres() {
    let database = DatabaseUrl::parse(&postgres::new_database().await).unwrap();
    assert_two_users_never_meet(&proxy_on(database).await).await;
}
