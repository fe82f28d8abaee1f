//! What users do all the while, whether they are answered or not, and what comes of it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Instant;

use futures_util::future::{FutureExt as _, join_all};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::{interval, sleep, timeout};

use super::scan;
use crate::phone::Phone;
use crate::replicas::load::TimedLogin;
use crate::replicas::site::{Options, Site};
use crate::support::*;

/// From one write to the next: 25 a second. With every fifth of them somebody reads, and somebody logs in.
const PACE: Duration = Duration::from_millis(40);
/// With every 25th of them, which is once a second, a computer shows a QR code.
const SCANS: usize = 25;
/// For how long somebody waits for a write or a read.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often somebody tries again, and after how long a look at the error: for minutes, so that a login is lost that nothing
/// mends, and not one on a slow machine.
const TAPS: (u32, Duration) = (60, Duration::from_secs(3));
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
const PEOPLE: usize = 200;
/// Set for programs that know no scan logins.
const WITHOUT_SCANS: &str = "WECHAT_LOGIN_FAILOVER_WITHOUT_SCANS";

/// Three replicas, those who are signed in there, and what happened to them.
pub(crate) struct Load {
    site: Site,
    users: Vec<Phone>,
    has_scans: bool,
    began: Instant,
    ended: Cell<Option<Instant>>,
    pub(crate) books: Books,
    /// When somebody was told that something is written.
    written: RefCell<Vec<Instant>>,
    /// When a replica said that it is ready, of each.
    ready: RefCell<Vec<Vec<Instant>>>,
    /// Reads and writes by what was answered instead.
    pub(crate) refused: RefCell<BTreeMap<String, usize>>,
    pub(crate) reads: Cell<usize>,
    pub(crate) failed_reads: Cell<usize>,
    /// Reads without something that had been acknowledged before they began.
    pub(crate) old_reads: Cell<usize>,
    pub(crate) logins: RefCell<Vec<TimedLogin>>,
    pub(crate) scans: RefCell<Vec<TimedLogin>>,
}

impl Load {
    /// Signs everybody in.
    pub(crate) async fn on(database: &str) -> Self {
        let has_scans = std::env::var_os(WITHOUT_SCANS).is_none();
        let site = Site::start(&Options {
            sticky: true,
            people: PEOPLE,
            taps: TAPS,
            database: Some(database.to_owned()),
            scans: has_scans,
            ..Options::default()
        })
        .await;
        let users = (0..PEOPLE).map(async |number| {
            let phone = site.browser(number, Scope::Base);
            let login = TimedLogin::of(&phone, Phone::authorize).await;
            assert!(login.login.session.is_some(), "{:?}", login.login.failures);
            // What was signed in is the phone's from now on.
            phone
        });
        let users = join_all(users).await;
        Self {
            has_scans,
            users,
            began: Instant::now(),
            ended: Cell::default(),
            books: Books::default(),
            written: RefCell::default(),
            ready: RefCell::new(vec![Vec::new(); site.replicas.len()]),
            refused: RefCell::default(),
            reads: Cell::default(),
            failed_reads: Cell::default(),
            old_reads: Cell::default(),
            logins: RefCell::default(),
            scans: RefCell::default(),
            site,
        }
    }

    /// Until [`Self::end`], and until whoever has begun has ended.
    pub(crate) async fn run(&self) {
        let mut pace = interval(PACE);
        let mut under_way = FuturesUnordered::new();
        let mut number = 0;
        loop {
            tokio::select! {
                _ = pace.tick(), if self.ended.get().is_none() => {
                    under_way.push(self.write(number).boxed_local());
                    if number % 5 == 0 {
                        under_way.push(self.read(number + PEOPLE / 2).boxed_local());
                    }
                    if number % 5 == 2 {
                        under_way.push(self.log_in(number).boxed_local());
                    }
                    if self.has_scans && number % SCANS == 4 {
                        under_way.push(self.scan(number).boxed_local());
                    }
                    number += 1;
                }
                Some(()) = under_way.next() => {}
                else => return,
            }
        }
    }

    pub(crate) fn end(&self) {
        self.ended.set(Some(Instant::now()));
    }

    /// Waits until so many more writes are acknowledged.
    pub(crate) async fn until_written(&self, more: usize) {
        let wanted = self.written.borrow().len() + more;
        while self.written.borrow().len() < wanted {
            sleep(PACE).await;
        }
    }

    /// Asks every replica whether it is ready.
    pub(crate) async fn look(&self) {
        let looks = self.site.replicas.iter().enumerate();
        let looks = looks.map(async |(number, replica)| {
            let url = format!("http://{}/readyz", replica.address);
            while self.ended.get().is_none() {
                let asked = self.site.client.get(&url).timeout(PATIENCE).send().await;
                if asked.is_ok_and(|answer| answer.code() == 200) {
                    self.ready.borrow_mut()[number].push(Instant::now());
                }
                sleep(BETWEEN_LOOKS).await;
            }
        });
        join_all(looks).await;
    }

    /// The longest time in which nothing was acknowledged.
    pub(crate) fn without_writes(&self) -> Duration {
        self.longest_pause(&self.written.borrow())
    }

    /// The longest time in which a replica was not ready.
    pub(crate) fn not_ready(&self) -> Duration {
        let ready = self.ready.borrow();
        let pauses = ready.iter().map(|times| self.longest_pause(times));
        pauses.max().unwrap()
    }

    fn longest_pause(&self, times: &[Instant]) -> Duration {
        let mut last = self.began;
        let mut longest = Duration::ZERO;
        for &time in times.iter().chain(&self.ended.get()) {
            longest = longest.max(time.saturating_duration_since(last));
            last = time;
        }
        longest
    }

    async fn write(&self, number: usize) {
        let user = &self.users[number % PEOPLE];
        let key = user.key(number);
        let value = self.books.value(user, &key);
        let request = user.request(Method::PUT, &format!("/api/records/draft/{key}"));
        if self.answer(request.json(&value).send()).await.is_some() {
            self.written.borrow_mut().push(Instant::now());
            self.books.note(user, key, value);
        }
    }

    async fn read(&self, number: usize) {
        let user = &self.users[number % PEOPLE];
        let known = self.books.keys(user);
        // The newest first.
        let request = user.request(Method::GET, "/api/records?limit=100").send();
        self.reads.update(|it| it + 1);
        let Some(page) = self.answer(request).await else {
            self.failed_reads.update(|it| it + 1);
            return;
        };
        let records = page["records"].as_array().unwrap();
        let is_there = |key: &String| records.iter().any(|record| record["key"] == **key);
        if !known.iter().all(is_there) {
            self.old_reads.update(|it| it + 1);
        }
    }

    /// What was answered, where it is good.
    async fn answer(
        &self,
        request: impl Future<Output = reqwest::Result<Response>>,
    ) -> Option<Value> {
        let read = async {
            let answer = request.await.ok()?;
            let (status, asks) = (answer.code(), answer.has("retry-after"));
            Some((status, asks, answer.json::<Value>().await.ok()))
        };
        let refusal = match timeout(PATIENCE, read).await {
            Ok(Some((200 | 201, _, Some(body)))) => return Some(body),
            Ok(Some((503, true, _))) => "503, Retry-After".to_owned(),
            Ok(Some((status, ..))) => status.to_string(),
            Ok(None) | Err(_) => "no answer".to_owned(),
        };
        *self.refused.borrow_mut().entry(refusal).or_default() += 1;
        None
    }

    async fn log_in(&self, number: usize) {
        let phone = self.site.browser(number % PEOPLE, Scope::Base);
        let login = TimedLogin::of(&phone, Phone::authorize).await;
        self.logins.borrow_mut().push(login);
    }

    /// Computer and phone, and so the replicas they meet, are others each time.
    async fn scan(&self, number: usize) {
        let person = number % PEOPLE;
        let computer = self.site.browser(person, Scope::Login);
        let login = TimedLogin::of(&computer, async |computer, page| {
            let phone = self.site.browser(person, Scope::Base);
            scan::authorize(computer, page, &phone).await
        });
        let login = login.await;
        self.scans.borrow_mut().push(login);
    }

    /// What replicas have said that no program should.
    pub(crate) fn panics(&self) -> usize {
        let logs = self.site.replicas.iter().map(|replica| replica.log());
        logs.filter(|log| log.contains("panicked")).count()
    }
}
