//! People who log in one after the other, each on a phone of its own, and keep some records.

use std::cell::Cell;
use std::time::{Duration, Instant};

use api_types::Record;
use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::time::MissedTickBehavior;

use crate::phone::{Login, Phone};
use crate::replicas::site::{SERVICE_KEY, Site};
use test_support::replica::Replica;

/// How many logins are under way at once, at most.
const AT_ONCE: u32 = 32;
/// From one login of these to its next, so 40 a second in all.
const PACE: Duration = Duration::from_millis(800);
const RECORDS: usize = 3;
const READS_AT_ONCE: usize = 8;
/// How often a write is repeated until somebody says that it is kept.
const MOST_WRITES: usize = 10;

/// What happened.
#[derive(Default)]
pub(crate) struct Load {
    pub(crate) logins: Vec<TimedLogin>,
    /// What was answered as written.
    pub(crate) kept: Vec<Kept>,
    /// Writes that had to be repeated.
    pub(crate) repeated_writes: usize,
    /// Records that nobody said are kept.
    pub(crate) given_up: usize,
}

pub(crate) struct TimedLogin {
    pub(crate) began: Instant,
    pub(crate) took: Duration,
    pub(crate) login: Login,
    /// Who held the phone.
    pub(crate) openid: String,
}

pub(crate) struct Kept {
    openid: String,
    key: String,
    value: Value,
}

/// Logs people in until told otherwise.
pub(crate) async fn run(site: &Site, people: usize, is_over: &Cell<bool>) -> Load {
    let began = Instant::now();
    // One after the other, so that at any moment some of them wait for WeChat.
    let phones = (0..AT_ONCE).map(|number| {
        let first = began + PACE * number / AT_ONCE;
        one_after_the_other(site, people, first, is_over)
    });
    let loads = join_all(phones).await;
    let mut all = Load::default();
    for load in loads {
        all.logins.extend(load.logins);
        all.kept.extend(load.kept);
        all.repeated_writes += load.repeated_writes;
        all.given_up += load.given_up;
    }
    all
}

async fn one_after_the_other(
    site: &Site,
    people: usize,
    first: Instant,
    is_over: &Cell<bool>,
) -> Load {
    let mut load = Load::default();
    let mut pace = tokio::time::interval_at(first.into(), PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !is_over.get() {
        pace.tick().await;
        let phone = site.phone(people);
        let began = Instant::now();
        let login = phone
            .log_in(async |phone, callback| phone.load(Some(&callback)).await)
            .await;
        let took = began.elapsed();
        if login.session.is_some() {
            for record in 0..RECORDS {
                load.write(&phone, record).await;
            }
        }
        load.logins.push(TimedLogin {
            began,
            took,
            login,
            openid: phone.holder().openid.clone(),
        });
    }
    load
}

impl Load {
    async fn write(&mut self, phone: &Phone, record: usize) {
        let key = phone.key(record);
        let value = json!({ "order": key });
        for write in 0..MOST_WRITES {
            self.repeated_writes += usize::from(write > 0);
            if phone.put_record(&key, &value).await.is_ok() {
                let openid = phone.holder().openid.clone();
                self.kept.push(Kept { openid, key, value });
                return;
            }
        }
        self.given_up += 1;
    }

    /// How many of the records that were answered as written are not there, read as the company's backends do.
    pub(crate) async fn count_missing(&self, site: &Site, replica: &Replica) -> usize {
        stream::iter(&self.kept)
            .map(|kept| is_there(site, replica, kept))
            .buffer_unordered(READS_AT_ONCE)
            .filter(|is_there| std::future::ready(!is_there))
            .count()
            .await
    }
}

async fn is_there(site: &Site, replica: &Replica, kept: &Kept) -> bool {
    let path = format!(
        "/service/accounts/shop/users/{}/records/draft/{}",
        kept.openid, kept.key
    );
    let answer = site
        .client
        .get(format!("http://{}{path}", replica.address))
        .bearer_auth(SERVICE_KEY)
        .send()
        .await
        .unwrap();
    let record = answer.json::<Record<Value>>().await;
    record.is_ok_and(|record| record.value == kept.value)
}
