//! People who log in one after the other, each on a phone of its own, and keep some records.

use std::cell::{Cell, RefCell};
use std::time::Instant;

use futures_util::future::join_all;
use reqwest::Url;
use tokio::time::MissedTickBehavior;

use crate::phone::{Login, Phone};
use crate::replicas::site::Site;
use crate::support::*;

/// How many logins are under way at once, at most.
const AT_ONCE: u32 = 32;
/// From one login of these to its next, so 40 a second in all.
const PACE: Duration = Duration::from_millis(800);
const RECORDS: usize = 3;
/// How often a write is repeated until somebody says that it is kept.
const MOST_WRITES: u32 = 10;

/// What happened.
#[derive(Default)]
pub(crate) struct Load {
    pub(crate) logins: RefCell<Vec<TimedLogin>>,
    /// What was answered as written.
    pub(crate) books: Books,
    /// Writes that had to be repeated.
    pub(crate) repeated_writes: Cell<u32>,
    /// Records that nobody said are kept.
    pub(crate) given_up: Cell<u32>,
}

pub(crate) struct TimedLogin {
    pub(crate) began: Instant,
    pub(crate) took: Duration,
    pub(crate) login: Login,
    /// Who held the phone.
    pub(crate) openid: String,
}

impl TimedLogin {
    /// As this phone does it.
    pub(crate) async fn of(
        phone: &Phone,
        authorize: impl AsyncFn(&Phone, Url) -> Option<Url>,
    ) -> Self {
        let began = Instant::now();
        let deliver = async |phone: &Phone, callback| phone.load(Some(&callback)).await;
        Self {
            login: phone.log_in(authorize, deliver).await,
            began,
            took: began.elapsed(),
            openid: phone.holder().openid.clone(),
        }
    }

    /// Lost, in at once, begun once more without anybody noticing, or after "try again": the place in that list.
    pub(crate) fn how(&self) -> usize {
        match &self.login {
            Login { session: None, .. } => 0,
            Login { taps: 1.., .. } => 3,
            Login { restarts: 1.., .. } => 2,
            _ => 1,
        }
    }
}

/// Logs people in until told otherwise.
pub(crate) async fn run(site: &Site, people: usize, is_over: &Cell<bool>) -> Load {
    let began = Instant::now();
    let load = Load::default();
    // One after the other, so that at any moment some of them wait for WeChat.
    let phones = (0..AT_ONCE).map(async |number| {
        let first = began + PACE * number / AT_ONCE;
        let mut pace = tokio::time::interval_at(first.into(), PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !is_over.get() {
            pace.tick().await;
            log_in(site, people, &load).await;
        }
    });
    join_all(phones).await;
    load
}

async fn log_in(site: &Site, people: usize, load: &Load) {
    let phone = site.phone(people);
    let login = TimedLogin::of(&phone, Phone::authorize).await;
    let records = if login.login.session.is_some() {
        RECORDS
    } else {
        0
    };
    for record in 0..records {
        let books = &load.books;
        match books
            .write(&phone, record, MOST_WRITES, Duration::ZERO)
            .await
        {
            Some(repeated) => load.repeated_writes.update(|it| it + repeated),
            None => load.given_up.update(|it| it + 1),
        }
    }
    load.logins.borrow_mut().push(login);
}
