//! People who open the app, log in, look around, keep records and throw some away, and are refused on the way; and
//! whoever only costs: connections that say nothing, heads and bodies that never end, answers that nobody reads.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::{Client, Method};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wechat_simulator::{GrantedScope, Simulator};

/// The account's appid.
pub(crate) const APPID: &str = "wx00000000000000a1";
/// How many people there are.
pub(crate) const PEOPLE: u64 = 1_000;
/// The file that the app's page loads, and its bytes.
pub(crate) const SCRIPT: &str = "app-0123456789abcdef.js";
pub(crate) const SCRIPT_BYTES: usize = 300_000;

/// One in so many visits begins with a code that WeChat does not know, and with an app that breaks.
const WRONG_CODES: u64 = 8;
const REPORTS: u64 = 50;
/// One in so many people agrees to show name and picture, and one in so many callbacks comes twice.
const PROFILES: u64 = 4;
const DOUBLED: u64 = 4;
/// After which somebody who reads nothing comes again.
const UNREAD: Duration = Duration::from_secs(40);
/// What is sent by those who only cost, and then nothing more.
const BEGINNINGS: [&str; 3] = [
    "",
    "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    "POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"account\":",
];

/// Who is asked, and what came of it.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) simulator: Simulator,
    pub(crate) began: Instant,
    /// Nobody begins a visit any more.
    pub(crate) is_over: AtomicBool,
    pub(crate) tally: Mutex<Tally>,
}

/// What happened.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) logins: u64,
    /// Records that were made and not deleted.
    pub(crate) records: i64,
    /// Answers that nobody expected, and none at all.
    pub(crate) wrong: Vec<String>,
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
    pub(crate) fn note(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// One visit after the other.
    pub(crate) async fn visit_again_and_again(self: Arc<Self>, visitor: u64) {
        let mut number = visitor * 1_000_000_007;
        while !self.is_over.load(Ordering::Relaxed) {
            number += 1;
            if let Err(error) = self.visit(number).await {
                self.note(|tally| tally.wrong.push(format!("{error:#}")));
            }
        }
    }

    /// A phone's, with connections of its own; no other visit has its number.
    async fn visit(&self, number: u64) -> anyhow::Result<()> {
        let phone = Client::new();
        let is_one_in = |count| number.is_multiple_of(count);
        let login = |code: &str| {
            format!("{{\"account\":\"shop\",\"code\":\"{code}\",\"verifier\":\"{number:032}\"}}")
        };
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        let report = "{\"code\":\"app_crashed\"}";
        for (is_now, method, path, body, status) in [
            (true, &get, "/", "", 200),
            (true, &get, &format!("/{SCRIPT}"), "", 200),
            (true, &get, "/api/bootstrap", "", 200),
            (true, &get, "/api/session", "", 401),
            (true, &get, "/api/records?limit=0", "", 401),
            (true, &get, "/no-such-file.js", "", 404),
            (true, &post, "/api/session", "{", 400),
            (
                is_one_in(WRONG_CODES),
                &post,
                "/api/session",
                &login(&format!("wrong{number}")),
                410,
            ),
            (is_one_in(REPORTS), &post, "/api/report", report, 204),
        ] {
            if is_now {
                self.send(&phone, method, path, "", body, status).await?;
            }
        }
        let scope = if is_one_in(PROFILES) {
            GrantedScope::Userinfo
        } else {
            GrantedScope::Base
        };
        // Spread over all, whoever asks.
        let holder = person((number.wrapping_mul(0x9E37_79B9) >> 7) % PEOPLE);
        let body = login(&self.simulator.issue_code(APPID, &holder, scope));
        let mut cookie = String::new();
        for _ in 0..if is_one_in(DOUBLED) { 2 } else { 1 } {
            let (text, set) = self
                .send(&phone, &post, "/api/session", "", &body, 200)
                .await?;
            let is_right = text.contains(&self.simulator.openid(APPID, &holder));
            ensure!(is_right, "somebody else's session");
            cookie = set;
        }
        self.note(|tally| tally.logins += 1);
        let record = |key: char| format!("/api/records/order/{number}-{key}");
        let value = format!("{{\"title\":\"普洱\",\"number\":{number},\"cents\":19900}}");
        for (method, path, body, status, records) in [
            (&get, "/api/session", "", 200, 0),
            (&get, "/api/auth", "", 204, 0),
            (&put, &*record('a'), &*value, 201, 1),
            (&put, &record('b'), &value, 201, 1),
            (&get, &record('a'), "", 200, 0),
            (&get, "/api/records?kind=order&limit=20", "", 200, 0),
            (&Method::DELETE, &record('b'), "", 204, -1),
        ] {
            self.send(&phone, method, path, &cookie, body, status)
                .await?;
            self.note(|tally| tally.records += records);
        }
        Ok(())
    }

    /// Body and cookie of the answer, which has this status.
    async fn send(
        &self,
        phone: &Client,
        method: &Method,
        path: &str,
        cookie: &str,
        body: &str,
        status: u16,
    ) -> anyhow::Result<(String, String)> {
        let what = || format!("{method} {path}");
        let request = phone.request(method.clone(), format!("http://{}{path}", self.address));
        let request = request
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/json");
        let asked = Instant::now();
        let answer = request
            .body(body.to_owned())
            .send()
            .await
            .with_context(what)?;
        let (found, cookie) = (answer.status(), answer.headers().get(SET_COOKIE).cloned());
        let text = answer.text().await.with_context(what)?;
        let (at, took) = (self.began.elapsed(), asked.elapsed());
        self.note(|tally| tally.answers.push((at, took)));
        ensure!(found == status, "{}: {found} instead of {status}", what());
        let is_whole = !path.ends_with(SCRIPT) || text.len() == SCRIPT_BYTES;
        ensure!(is_whole, "a part of a file");
        let cookie = cookie
            .as_ref()
            .and_then(|it| it.to_str().ok()?.split(';').next());
        Ok((text, cookie.unwrap_or_default().to_owned()))
    }

    /// Says a part of a request until it is shown the door, or asks for more than the system's buffers hold and does
    /// not read; and comes again. There are four kinds.
    pub(crate) async fn cost(self: Arc<Self>, kind: usize) {
        let unread = format!("GET /{SCRIPT} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(40);
        let says = BEGINNINGS.get(kind);
        loop {
            let Ok(mut stream) = TcpStream::connect(self.address).await else {
                continue;
            };
            let said = stream
                .write_all(says.copied().unwrap_or(&unread).as_bytes())
                .await;
            if said.is_ok() && says.is_some() {
                // An answer or none, and the end.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            } else if said.is_ok() {
                tokio::time::sleep(UNREAD).await;
            }
            self.note(|tally| tally.nuisances += 1);
        }
    }
}
