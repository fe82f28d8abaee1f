//! People who open the app, log in, look around, keep records and throw some away; and what is refused on the way.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use wechat_simulator::GrantedScope;

use crate::connection::{Answer, Connection};
use crate::site::{APPID, PEOPLE, SCRIPT_BYTES, Site, person};
use crate::timing::Answered;

/// One in so many visitors is sent away with a code that WeChat does not know.
const WRONG_CODES: u64 = 8;
/// One in so many agrees to show name and picture.
const PROFILES: u64 = 4;
/// One in so many callbacks comes twice.
const DOUBLED: u64 = 4;
/// One in so many visitors' apps break.
const REPORTS: u64 = 50;

/// What happened.
#[derive(Default)]
pub(crate) struct Tally {
    began: Cell<Option<Instant>>,
    /// Nobody begins a visit any more.
    pub(crate) is_over: Cell<bool>,
    answers: RefCell<Vec<Answered>>,
    figures: RefCell<Figures>,
}

/// In numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) logins: u64,
    pub(crate) written: i64,
    pub(crate) deleted: i64,
    /// Requests that were refused as they should be.
    pub(crate) refused: u64,
    /// Answers that nobody expected, and none at all.
    pub(crate) wrong: u64,
    /// The first of them, in words.
    pub(crate) first_wrong: Option<String>,
    pub(crate) answers: Vec<Answered>,
}

impl Tally {
    /// All of it.
    pub(crate) fn figures(&self) -> Figures {
        let mut figures = self.figures.take();
        figures.answers = self.answers.take();
        figures
    }
}

/// A visit after the other, until it is over.
pub(crate) async fn again_and_again(site: Rc<Site>, tally: Rc<Tally>, number: usize) {
    if tally.began.get().is_none() {
        tally.began.set(Some(Instant::now()));
    }
    let mut visitor = Visitor {
        connection: Connection::new(site.address),
        site,
        tally,
        number: number as u64 * 1_000_000_007,
    };
    while !visitor.tally.is_over.get() {
        visitor.visit().await;
    }
}

struct Visitor {
    site: Rc<Site>,
    tally: Rc<Tally>,
    connection: Connection,
    /// Grows by one with each visit, and is no other visitor's.
    number: u64,
}

impl Visitor {
    async fn visit(&mut self) {
        self.number += 1;
        let number = self.number;
        // A phone has a connection of its own.
        self.connection = Connection::new(self.site.address);
        self.get("/", "", 200).await;
        if let Some(answer) = self.get("/app-0123456789abcdef.js", "", 200).await {
            let is_whole = self.connection.body(answer).len() == SCRIPT_BYTES;
            self.expect(is_whole, "a part of a file");
        }
        self.get("/api/bootstrap", "", 200).await;
        self.refused(number).await;
        let Some(cookie) = self.log_in(number).await else {
            return;
        };
        self.get("/api/session", &cookie, 200).await;
        self.get("/api/auth", &cookie, 204).await;
        let (one, other) = (format!("{number}-a"), format!("{number}-b"));
        for key in [&one, &other] {
            let path = format!("/api/records/order/{key}");
            let value = format!("{{\"title\":\"普洱\",\"number\":{number},\"cents\":19900}}");
            if self
                .send("PUT", &path, &cookie, &value, 201)
                .await
                .is_some()
            {
                self.tally.figures.borrow_mut().written += 1;
            }
        }
        self.get(&format!("/api/records/order/{one}"), &cookie, 200)
            .await;
        self.get("/api/records?kind=order&limit=20", &cookie, 200)
            .await;
        let path = format!("/api/records/order/{other}");
        if self.send("DELETE", &path, &cookie, "", 204).await.is_some() {
            self.tally.figures.borrow_mut().deleted += 1;
        }
    }

    async fn log_in(&mut self, number: u64) -> Option<String> {
        let scope = if number.is_multiple_of(PROFILES) {
            GrantedScope::Userinfo
        } else {
            GrantedScope::Base
        };
        // Spread over all, whoever asks.
        let holder = person((number.wrapping_mul(0x9E37_79B9) >> 7) as usize % PEOPLE);
        let code = self.site.simulator.issue_code(APPID, &holder, scope);
        let body =
            format!("{{\"account\":\"shop\",\"code\":\"{code}\",\"verifier\":\"{number:032}\"}}");
        let answer = self.send("POST", "/api/session", "", &body, 200).await?;
        let cookie = self.connection.cookie(answer)?;
        let openid = self.site.simulator.openid(APPID, &holder);
        let text = String::from_utf8_lossy(self.connection.body(answer)).into_owned();
        self.expect(text.contains(&openid), "somebody else's session");
        self.tally.figures.borrow_mut().logins += 1;
        if number.is_multiple_of(DOUBLED) {
            self.send("POST", "/api/session", "", &body, 200).await;
        }
        Some(cookie)
    }

    /// What must be refused, and is.
    async fn refused(&mut self, number: u64) {
        let before = self.tally.figures.borrow().wrong;
        let mut count = 4;
        self.get("/api/session", "", 401).await;
        self.get("/api/records?limit=0", "", 401).await;
        self.get("/no-such-file.js", "", 404).await;
        self.send("POST", "/api/session", "", "{", 400).await;
        if number.is_multiple_of(WRONG_CODES) {
            let body = format!(
                "{{\"account\":\"shop\",\"code\":\"wrong{number}\",\"verifier\":\"{number:032}\"}}"
            );
            self.send("POST", "/api/session", "", &body, 410).await;
            count += 1;
        }
        if number.is_multiple_of(REPORTS) {
            let body = "{\"code\":\"app_crashed\"}";
            self.send("POST", "/api/report", "", body, 204).await;
        }
        let mut figures = self.tally.figures.borrow_mut();
        if figures.wrong == before {
            figures.refused += count;
        }
    }

    async fn get(&mut self, path: &str, cookie: &str, status: u16) -> Option<Answer> {
        self.send("GET", path, cookie, "", status).await
    }

    /// The answer if it has this status.
    async fn send(
        &mut self,
        method: &str,
        path: &str,
        cookie: &str,
        body: &str,
        status: u16,
    ) -> Option<Answer> {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}",
            self.site.address
        );
        let asked = Instant::now();
        let answer = self.connection.ask(request.as_bytes()).await;
        if let Some(began) = self.tally.began.get() {
            self.tally.answers.borrow_mut().push(Answered {
                at: began.elapsed(),
                took: asked.elapsed(),
            });
        }
        let what = match &answer {
            Ok(answer) if answer.status == status => String::new(),
            Ok(answer) => format!("{method} {path}: {} instead of {status}", answer.status),
            Err(error) => format!("{method} {path}: {error:#}"),
        };
        let is_right = what.is_empty();
        self.expect(is_right, &what);
        answer.ok().filter(|_| is_right)
    }

    fn expect(&self, is_right: bool, what: &str) {
        if !is_right {
            let mut figures = self.tally.figures.borrow_mut();
            figures.wrong += 1;
            figures.first_wrong.get_or_insert_with(|| what.to_owned());
        }
    }
}
