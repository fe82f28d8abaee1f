//! Every record that was answered as written, and whether it is there.

use std::cell::RefCell;
use std::collections::HashMap;

use api_types::RecordPage;
use futures_util::{StreamExt as _, stream};
use reqwest::Url;
use serde_json::Value;

use crate::chaos::world::{SERVICE_KEY, World};
use crate::phone::Holder;

const READS_AT_ONCE: usize = 8;

/// Whose: the account's name and the openid there.
type Owner = (&'static str, String);

#[derive(Default)]
pub(crate) struct Books {
    kept: RefCell<HashMap<Owner, HashMap<String, Value>>>,
}

/// What the comparison found.
#[derive(Default)]
pub(crate) struct Audit {
    /// Records that were acknowledged.
    pub(crate) acknowledged: usize,
    /// Of these, those that are not there as they were written.
    pub(crate) missing: usize,
    /// Records that somebody has who never wrote them.
    pub(crate) foreign: usize,
}

impl Books {
    /// From now on it has to be there.
    pub(crate) fn keep(&self, holder: &Holder, key: String, value: Value) {
        let owner = (holder.account, holder.openid.clone());
        let mut kept = self.kept.borrow_mut();
        kept.entry(owner).or_default().insert(key, value);
    }

    /// Reads everything that everybody has, as the company's backends do. Closes the books.
    pub(crate) async fn audit(&self, world: &World) -> Audit {
        let kept = self.kept.take();
        let audits = stream::iter(kept.iter())
            .map(|(owner, kept)| audit(world, owner, kept))
            .buffer_unordered(READS_AT_ONCE);
        let add = async |all: Audit, one: Audit| Audit {
            acknowledged: all.acknowledged + one.acknowledged,
            missing: all.missing + one.missing,
            foreign: all.foreign + one.foreign,
        };
        audits.fold(Audit::default(), add).await
    }
}

async fn audit(world: &World, owner: &Owner, kept: &HashMap<String, Value>) -> Audit {
    let there = everything_of(world, owner).await;
    let person = kept.values().next().map(|value| &value["person"]);
    let is_missing = |(key, value): &(&String, &Value)| there.get(*key) != Some(value);
    Audit {
        acknowledged: kept.len(),
        missing: kept.iter().filter(is_missing).count(),
        // One that was written but not acknowledged may be there, too: it is the person's own.
        foreign: there
            .values()
            .filter(|value| value.get("person") != person)
            .count(),
    }
}

async fn everything_of(world: &World, (account, openid): &Owner) -> HashMap<String, Value> {
    let mut there = HashMap::new();
    let mut cursor: Option<String> = None;
    loop {
        let app = &world.network.app;
        let path = format!("{app}/service/accounts/{account}/users/{openid}/records?limit=100");
        let mut url = Url::parse(&path).unwrap();
        if let Some(cursor) = &cursor {
            url.query_pairs_mut().append_pair("cursor", cursor);
        }
        let request = world.network.client.get(url).bearer_auth(SERVICE_KEY);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let page: RecordPage<Value> = answer.json().await.unwrap();
        for record in page.records {
            there.insert(record.key, record.value);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return there;
        }
    }
}
