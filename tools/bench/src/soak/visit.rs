//! People who open the app, log in, look around, keep records and throw some away, and are refused on the way; and
//! whoever only costs: connections that say nothing, heads and bodies that never end, answers that nobody reads.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::{Client, Method};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use wechat_simulator::{GrantedScope, Simulator};

/// The account's appid.
pub(crate) const APPID: &str = "wx00000000000000a1";
/// How many people there are.
pub(crate) const PEOPLE: u64 = 1_000;
/// The file that the app's page loads, and its bytes.
pub(crate) const SCRIPT: &str = "app-0123456789abcdef.js";
pub(crate) const SCRIPT_BYTES: usize = 300_000;

/// One in so many visitors is sent away with a code that WeChat does not know.
const WRONG_CODES: u64 = 8;
/// One in so many agrees to show name and picture.
const PROFILES: u64 = 4;
/// One in so many callbacks comes twice.
const DOUBLED: u64 = 4;
/// One in so many visitors' apps break.
const REPORTS: u64 = 50;
/// Of each kind of those who only cost, at once.
const OF_EACH: usize = 25;
/// After which somebody who reads nothing comes again.
const UNREAD: Duration = Duration::from_secs(40);
/// What is sent, and then nothing more.
const BEGINNINGS: [&str; 3] = [
    "",
    "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    "POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"account\":",
];

/// Who is asked, and what came of it.
pub(crate) struct Site {
    address: SocketAddr,
    simulator: Simulator,
    began: Instant,
    /// Nobody begins a visit any more.
    is_over: AtomicBool,
    tally: Mutex<Tally>,
}

/// What happened.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) logins: u64,
    /// Records that were made and not deleted.
    pub(crate) records: i64,
    /// Requests that were refused as they should be.
    pub(crate) refused: u64,
    /// Answers that nobody expected, and none at all; and the first of them, in words.
    pub(crate) wrong: u64,
    pub(crate) first_wrong: Option<String>,
    /// How often somebody who only cost something was shown the door.
    pub(crate) nuisances: u64,
    /// When each answer came, since the beginning, and how long it took.
    pub(crate) answers: Vec<(Duration, Duration)>,
}

/// A person of the simulator.
pub(crate) fn person(number: u64) -> String {
    format!("person{number}")
}

impl Site {
    pub(crate) fn new(address: SocketAddr, simulator: Simulator) -> Self {
        Self {
            address,
            simulator,
            began: Instant::now(),
            is_over: AtomicBool::new(false),
            tally: Mutex::default(),
        }
    }

    /// Lets everybody finish the visit they are at.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Whatever happened up to now.
    pub(crate) fn tally(&self) -> Tally {
        std::mem::take(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// One visit after the other.
    pub(crate) async fn visit_again_and_again(self: Arc<Self>, visitor: u64) {
        let mut number = visitor * 1_000_000_007;
        while !self.is_over.load(Ordering::Relaxed) {
            number += 1;
            // A phone has connections of its own.
            let visit = Visit {
                site: &self,
                client: Client::new(),
                number,
            };
            visit.all().await;
        }
    }
}

struct Visit<'a> {
    site: &'a Site,
    client: Client,
    /// No other visit's.
    number: u64,
}

impl Visit<'_> {
    async fn all(&self) {
        let number = self.number;
        let is_one_in = |count| number.is_multiple_of(count);
        let script = format!("/{SCRIPT}");
        let wrong = self.login_body(&format!("wrong{number}"));
        for (method, path, body, status) in [
            (Method::GET, "/", "", 200),
            (Method::GET, &script, "", 200),
            (Method::GET, "/api/bootstrap", "", 200),
            (Method::GET, "/api/session", "", 401),
            (Method::GET, "/api/records?limit=0", "", 401),
            (Method::GET, "/no-such-file.js", "", 404),
            (Method::POST, "/api/session", "{", 400),
            (Method::POST, "/api/session", &wrong, 410),
            (
                Method::POST,
                "/api/report",
                "{\"code\":\"app_crashed\"}",
                204,
            ),
        ] {
            let is_left_out = (status == 410 && !is_one_in(WRONG_CODES))
                || (status == 204 && !is_one_in(REPORTS));
            if !is_left_out {
                self.send(method, path, "", body, status).await;
            }
        }
        let Some(cookie) = self.log_in().await else {
            return;
        };
        let (one, other) = (format!("{number}-a"), format!("{number}-b"));
        let record = |key: &str| format!("/api/records/order/{key}");
        let value = format!("{{\"title\":\"普洱\",\"number\":{number},\"cents\":19900}}");
        for (method, path, body, status, records) in [
            (Method::GET, "/api/session", "", 200, 0),
            (Method::GET, "/api/auth", "", 204, 0),
            (Method::PUT, &*record(&one), &*value, 201, 1),
            (Method::PUT, &record(&other), &value, 201, 1),
            (Method::GET, &record(&one), "", 200, 0),
            (Method::GET, "/api/records?kind=order&limit=20", "", 200, 0),
            (Method::DELETE, &record(&other), "", 204, -1),
        ] {
            if self
                .send(method, path, &cookie, body, status)
                .await
                .is_some()
            {
                self.site.note(|tally| tally.records += records);
            }
        }
    }

    fn login_body(&self, code: &str) -> String {
        let number = self.number;
        format!("{{\"account\":\"shop\",\"code\":\"{code}\",\"verifier\":\"{number:032}\"}}")
    }

    /// The cookie of a session.
    async fn log_in(&self) -> Option<String> {
        let simulator = &self.site.simulator;
        let scope = if self.number.is_multiple_of(PROFILES) {
            GrantedScope::Userinfo
        } else {
            GrantedScope::Base
        };
        // Spread over all, whoever asks.
        let holder = person((self.number.wrapping_mul(0x9E37_79B9) >> 7) % PEOPLE);
        let body = self.login_body(&simulator.issue_code(APPID, &holder, scope));
        let login = || self.send(Method::POST, "/api/session", "", &body, 200);
        let (answer, cookie) = login().await?;
        if !answer.contains(&simulator.openid(APPID, &holder)) {
            self.wrong("somebody else's session".to_owned());
        }
        self.site.note(|tally| tally.logins += 1);
        if self.number.is_multiple_of(DOUBLED) {
            login().await;
        }
        Some(cookie)
    }

    /// Body and cookie of the answer, if it has this status.
    async fn send(
        &self,
        method: Method,
        path: &str,
        cookie: &str,
        body: &str,
        status: u16,
    ) -> Option<(String, String)> {
        let what = format!("{method} {path}");
        let url = format!("http://{}{path}", self.site.address);
        let request = self.client.request(method, url).header(COOKIE, cookie);
        let request = request.header(CONTENT_TYPE, "application/json");
        let asked = Instant::now();
        let answer = async {
            let answer = request.body(body.to_owned()).send().await?;
            let (status, cookie) = (answer.status(), answer.headers().get(SET_COOKIE).cloned());
            Ok::<_, reqwest::Error>((status, cookie, answer.text().await?))
        };
        let answer = answer.await;
        let (at, took) = (self.site.began.elapsed(), asked.elapsed());
        self.site.note(|tally| tally.answers.push((at, took)));
        match answer {
            Ok((found, cookie, text)) if found == status => {
                if path.ends_with(SCRIPT) && text.len() != SCRIPT_BYTES {
                    self.wrong("a part of a file".to_owned());
                }
                let is_refusal = u64::from(found.is_client_error());
                self.site.note(|tally| tally.refused += is_refusal);
                let cookie = cookie.as_ref().and_then(|it| it.to_str().ok());
                let cookie = cookie.and_then(|it| it.split(';').next());
                Some((text, cookie.unwrap_or_default().to_owned()))
            }
            Ok((found, ..)) => {
                self.wrong(format!("{what}: {found} instead of {status}"));
                None
            }
            Err(error) => {
                self.wrong(format!("{what}: {error:#}"));
                None
            }
        }
    }

    fn wrong(&self, what: String) {
        self.site.note(|tally| {
            tally.wrong += 1;
            tally.first_wrong.get_or_insert(what);
        });
    }
}

/// Lets those loose who only cost, until the result is dropped.
pub(crate) fn nuisances(site: &Arc<Site>) -> JoinSet<()> {
    let mut all = JoinSet::new();
    // More than the system's buffers hold.
    let unread = format!("GET /{SCRIPT} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(40);
    for _ in 0..OF_EACH {
        for beginning in BEGINNINGS {
            all.spawn(nuisance(site.clone(), beginning.to_owned(), true));
        }
        all.spawn(nuisance(site.clone(), unread.clone(), false));
    }
    all
}

/// Says a part of a request until it is shown the door, or asks and does not read; and comes again.
async fn nuisance(site: Arc<Site>, says: String, reads: bool) {
    loop {
        let Ok(mut stream) = TcpStream::connect(site.address).await else {
            continue;
        };
        if stream.write_all(says.as_bytes()).await.is_ok() {
            if reads {
                // An answer or none, and the end.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            } else {
                tokio::time::sleep(UNREAD).await;
            }
        }
        site.note(|tally| tally.nuisances += 1);
    }
}
