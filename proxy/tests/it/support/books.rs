//! Every record that was answered as written, and whether it is there.

use std::cell::RefCell;
use std::collections::HashMap;

use futures_util::{StreamExt as _, stream};
use sqlx::{Connection as _, PgConnection};

use super::phone::{Holder, Phone};
use super::*;

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
    /// Writes a record of the person signed in until somebody says that it is kept, so often at most and with a pause
    /// before each repetition. Gives how often it was repeated, or nothing where nobody has taken it.
    pub(crate) async fn write(
        &self,
        phone: &Phone,
        record: usize,
        most: u32,
        pause: Duration,
    ) -> Option<u32> {
        let key = phone.key(record);
        let value = self.value(phone, &key);
        for repeated in 0..most {
            if repeated > 0 {
                tokio::time::sleep(pause).await;
            }
            if phone.put_record(&key, &value).await.is_ok() {
                self.note(phone, key, value);
                return Some(repeated);
            }
        }
        None
    }

    /// What the record with this key says.
    pub(crate) fn value(&self, phone: &Phone, key: &str) -> Value {
        json!({ "order": key, "person": phone.holder().person })
    }

    /// It was answered as written.
    pub(crate) fn note(&self, phone: &Phone, key: String, value: Value) {
        let Holder {
            account, openid, ..
        } = phone.holder();
        let mut kept = self.kept.borrow_mut();
        let owner = kept.entry((account, openid.clone())).or_default();
        owner.insert(key, value);
    }

    /// The keys of what was answered as written until now.
    pub(crate) fn keys(&self, phone: &Phone) -> Vec<String> {
        let owner = (phone.holder().account, phone.holder().openid.clone());
        let kept = self.kept.borrow();
        let kept = kept.get(&owner);
        kept.map_or_else(Vec::new, |kept| kept.keys().cloned().collect())
    }

    /// Looks into these databases. Closes the books.
    pub(crate) async fn audit_of(&self, databases: &[&str]) -> Audit {
        let mut there: HashMap<String, HashMap<String, Value>> = HashMap::new();
        for database in databases {
            let mut connection = PgConnection::connect(database).await.unwrap();
            let all = sqlx::query_as("SELECT openid, key, value FROM record");
            let all: Vec<(String, String, String)> = all.fetch_all(&mut connection).await.unwrap();
            for (openid, key, value) in all {
                let of_one = there.entry(openid).or_default();
                of_one.insert(key, serde_json::from_str(&value).unwrap());
            }
        }
        let kept = self.kept.take();
        let audits = kept
            .iter()
            .map(|((_, openid), kept)| compare(kept, &there.remove(openid).unwrap_or_default()));
        audits.fold(Audit::default(), Audit::and)
    }

    /// Reads everything that everybody has, as a backend does. Closes the books.
    pub(crate) async fn audit(&self, backend: &Caller) -> Audit {
        let kept = self.kept.take();
        let audits = stream::iter(kept.iter())
            .map(|(owner, kept)| audit(backend, owner, kept))
            .buffer_unordered(READS_AT_ONCE);
        let add = async |all: Audit, one| all.and(one);
        audits.fold(Audit::default(), add).await
    }
}

impl Audit {
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            acknowledged: self.acknowledged + other.acknowledged,
            missing: self.missing + other.missing,
            foreign: self.foreign + other.foreign,
        }
    }
}

async fn audit(
    backend: &Caller,
    (account, openid): &Owner,
    kept: &HashMap<String, Value>,
) -> Audit {
    let path = format!("{}/records?limit=100", user_path(account, openid));
    let (mut there, mut cursor) = (HashMap::new(), Some(String::new()));
    while let Some(more) = cursor {
        let page = backend.page(&format!("{path}{more}")).await;
        let records = page.records.into_iter();
        there.extend(records.map(|record| (record.key, record.value)));
        cursor = page.next_cursor.map(|cursor| format!("&cursor={cursor}"));
    }
    compare(kept, &there)
}

fn compare(kept: &HashMap<String, Value>, there: &HashMap<String, Value>) -> Audit {
    let person = kept.values().next().map(|value| &value["person"]);
    let is_missing = |(key, value): &(&String, &Value)| there.get(*key) != Some(value);
    // One that was written but not acknowledged may be there, too: it is the person's own.
    let is_foreign = |value: &&Value| value.get("person") != person;
    Audit {
        acknowledged: kept.len(),
        missing: kept.iter().filter(is_missing).count(),
        foreign: there.values().filter(is_foreign).count(),
    }
}
