//! A phone with the app: what the browser does for one login and for the records after it, failures included.
//!
//! What a page load means is decided by the app's own functions (`frontend/src/wechat`); what stands here is the rest
//! of `frontend/src/auth/flow.rs`, without a browser.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api_types::{ApiErrorBody, Bootstrap, ErrorCode, ExchangeRequest, Scope, Session};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;
use test_support::suite_log;
use wechat_login_frontend::wechat::callback;
use wechat_login_frontend::wechat::entry::{Entry, Facts, Visitor, decide};
use wechat_login_frontend::wechat::pending_login::{NewLogin, PendingLogin};
use wechat_login_frontend::wechat::recovery::{Recovery, after_failure};
use wechat_oauth::{AuthorizeRequest, authorize_url};

/// Says who calls, for a web server in front that is told to believe it.
pub(crate) const CALLER: &str = "X-Caller";
/// Says which replica answered, where a web server in front is told to say so.
pub(crate) const ANSWERED_BY: &str = "x-answered-by";

/// The connections of all phones; where they are redirected to is theirs to decide.
pub(crate) fn client() -> Client {
    // Fails only if a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        // As long as the app waits.
        .timeout(Duration::from_secs(25))
        .build()
        .unwrap()
}

/// What phones talk to, and how patient people are.
#[derive(Clone)]
pub(crate) struct Network {
    pub(crate) client: Client,
    /// Where the app is, `http://address:port`.
    pub(crate) app: String,
    /// Where WeChat is.
    pub(crate) wechat: String,
    /// How often a person taps "try again" before giving up: whoever has to is lost.
    pub(crate) most_taps: u32,
    /// How long a person looks at an error before tapping.
    pub(crate) tap_after: Duration,
}

/// Who holds a phone, and what for.
#[derive(Clone)]
pub(crate) struct Holder {
    /// The simulator's id of the person.
    pub(crate) person: String,
    /// The account's configured name.
    pub(crate) account: &'static str,
    /// Who that is there.
    pub(crate) openid: String,
    /// What the app asks for. With [`Scope::Userinfo`] of somebody who came by the account's menu, whom WeChat does
    /// not ask: nobody taps on its consent page here.
    pub(crate) scope: Scope,
}

/// A browser that was never here before.
pub(crate) struct Phone {
    network: Network,
    holder: Holder,
    address: Ipv4Addr,
    /// Makes keys of records unique.
    number: u32,
    pending: RefCell<HashMap<String, PendingLogin>>,
    /// The session's cookie, name and value.
    cookie: RefCell<Option<String>>,
    failures: RefCell<Vec<Failure>>,
    restarts: Cell<u32>,
    replica: RefCell<String>,
}

/// How a login went.
#[derive(Debug, Default)]
pub(crate) struct Login {
    /// Times the app went to WeChat once more without anybody noticing.
    pub(crate) restarts: u32,
    /// Times the app showed an error and the person tapped "try again".
    pub(crate) taps: u32,
    /// What went wrong on the way.
    pub(crate) failures: Vec<Failure>,
    /// Who is signed in; nobody if the login was given up.
    pub(crate) session: Option<Session>,
    /// The address of the replica that signed the person in.
    pub(crate) replica: String,
}

/// Why the app got nothing to work with; as the app tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The proxy's own words.
    Refused(ErrorCode),
    /// Somebody else answered: a web server in front, with this status.
    Garbled(u16),
    /// Nobody answered.
    Unreachable,
    /// WeChat's page had an error, or none of it came.
    Wechat,
    /// The app has given up by itself.
    GaveUp,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(code) => formatter.write_str(code.as_str()),
            Self::Garbled(status) => write!(formatter, "nginx's {status}"),
            Self::Unreachable => formatter.write_str("no answer"),
            Self::Wechat => formatter.write_str("WeChat's page"),
            Self::GaveUp => formatter.write_str("the app gave up"),
        }
    }
}

/// What a page load ends with.
pub(crate) enum Shown {
    /// Somebody is signed in.
    SignedIn(Session),
    /// The browser leaves for WeChat.
    Leaving(Url),
    /// An error, and a button to try again.
    Error(Failure),
}

impl Phone {
    /// In this person's hand, at an address of its own.
    pub(crate) fn new(network: &Network, holder: Holder) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self {
            network: network.clone(),
            holder,
            address: Ipv4Addr::from_bits(u32::from(Ipv4Addr::new(10, 0, 0, 0)) + number),
            number,
            pending: RefCell::default(),
            cookie: RefCell::default(),
            failures: RefCell::default(),
            restarts: Cell::default(),
            replica: RefCell::default(),
        }
    }

    /// Who holds the phone.
    pub(crate) fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Opens the app and does what it does until somebody is signed in. `deliver` loads WeChat's callback, usually by
    /// [`Self::load`].
    pub(crate) async fn log_in(&self, deliver: impl AsyncFn(&Self, Url) -> Shown) -> Login {
        let mut taps = 0;
        let mut shown = self.load(None).await;
        let session = loop {
            shown = match shown {
                Shown::SignedIn(session) => break Some(session),
                Shown::Leaving(address) => match self.authorize(address).await {
                    Some(callback) => deliver(self, callback).await,
                    None => Shown::Error(Failure::Wechat),
                },
                Shown::Error(failure) => {
                    self.failures.borrow_mut().push(failure);
                    if taps == self.network.most_taps {
                        break None;
                    }
                    taps += 1;
                    tokio::time::sleep(self.network.tap_after).await;
                    self.load(None).await
                }
            };
        };
        Login {
            restarts: self.restarts.take(),
            taps,
            failures: self.failures.take(),
            session,
            replica: self.replica.take(),
        }
    }

    /// One load of the page, at WeChat's callback or without one.
    pub(crate) async fn load(&self, callback: Option<&Url>) -> Shown {
        let query = callback.and_then(Url::query).unwrap_or_default();
        let known = |state: &str| self.pending.borrow().get(state).cloned();
        let taken = callback::take(query, now(), known);
        let answer: Result<Bootstrap, _> = self.ask(Method::GET, "/api/bootstrap").await;
        let bootstrap = match answer {
            Ok(bootstrap) => bootstrap,
            Err(failure) => return Shown::Error(failure),
        };
        let session = bootstrap.session.clone();
        let session = session.filter(|it| it.account == self.holder.account);
        let entry = decide(Facts {
            visitor: match &session {
                None => Visitor::Nobody,
                Some(session) if session.snapshot => Visitor::Snapshot,
                Some(_) => Visitor::User,
            },
            login_required: true,
            signed_out: false,
            callback: taken.callback,
            pending: taken.pending,
            // Its taps are limited by the test.
            unanswered: 0,
            can_authorize: true,
            now: now(),
        });
        match (entry, session) {
            (Entry::Exchange(login), session) => self.exchange(&bootstrap, login, session).await,
            (Entry::Begin { attempt }, _) => self.depart(&bootstrap, attempt),
            (Entry::SignedIn, Some(session)) => Shown::SignedIn(session),
            _ => Shown::Error(Failure::GaveUp),
        }
    }

    async fn exchange(
        &self,
        bootstrap: &Bootstrap,
        mut login: PendingLogin,
        session: Option<Session>,
    ) -> Shown {
        let mut outcome = self.send_code(&login).await;
        if outcome.is_err() && login.second_code.is_some() {
            login.code = login.second_code.take();
            outcome = self.send_code(&login).await;
        }
        let failure = match outcome {
            Ok(session) => return Shown::SignedIn(session),
            Err(failure) => failure,
        };
        let is_spent = matches!(
            failure,
            Failure::Refused(ErrorCode::CodeUsed | ErrorCode::CodeExpired)
        );
        let mut session = session;
        if is_spent {
            // Another load of this page may have exchanged the code meanwhile.
            let newer = self.ask::<Session>(Method::GET, "/api/session").await;
            session = newer.ok().filter(|it| it.account == self.holder.account);
        }
        match (
            after_failure(is_spent, login.scope, login.attempt(), session.is_some()),
            session,
        ) {
            (Recovery::Stay { .. }, Some(session)) => Shown::SignedIn(session),
            (Recovery::Restart { attempt }, _) => {
                self.failures.borrow_mut().push(failure);
                self.restarts.set(self.restarts.get() + 1);
                self.depart(bootstrap, attempt)
            }
            _ => Shown::Error(failure),
        }
    }

    /// Sends the code that a login is bound to, and remembers it until that has brought somebody in.
    async fn send_code(&self, login: &PendingLogin) -> Result<Session, Failure> {
        let keep = || self.pending.borrow_mut();
        keep().insert(login.state.clone(), login.clone());
        let outcome = self
            .post(&ExchangeRequest {
                account: login.account.clone(),
                code: login.code.clone().unwrap_or_default(),
                verifier: login.verifier.clone(),
                website: false,
            })
            .await;
        if outcome.is_ok() {
            keep().remove(&login.state);
        }
        outcome
    }

    /// Begins a login.
    fn depart(&self, bootstrap: &Bootstrap, attempt: u8) -> Shown {
        let account = self.holder.account;
        let new = NewLogin {
            account,
            scope: self.holder.scope,
            return_to: "/",
            attempt,
        };
        let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).unwrap();
        let login = PendingLogin::begin(&new, now(), &mut random);
        let address = authorize_url(&AuthorizeRequest {
            base: &self.network.wechat,
            appid: &bootstrap.accounts[account].appid,
            redirect_uri: &format!("{}/", self.network.app),
            scope: login.scope,
            state: &login.state,
        });
        let state = login.state.clone();
        self.pending.borrow_mut().insert(state, login);
        Shown::Leaving(Url::parse(&address).unwrap())
    }

    /// Goes to WeChat's authorize page, and gives the address it leads back to.
    pub(crate) async fn authorize(&self, page: Url) -> Option<Url> {
        let person = &self.holder.person;
        let request = self.network.client.get(page);
        let request = request.header(COOKIE, format!("wechat_simulator_person={person}"));
        let answer = request.send().await.ok()?;
        if let Some(location) = answer.headers().get(LOCATION) {
            return Url::parse(location.to_str().ok()?).ok();
        }
        // Where WeChat delivers the callback twice, a page of its own does so.
        let page = answer.text().await.ok()?;
        let (_, rest) = page.split_once(&format!("href=\"{}/?", self.network.app))?;
        let query = rest.split('"').next()?.replace("&amp;", "&");
        Url::parse(&format!("{}/?{query}", self.network.app)).ok()
    }

    /// Sends a code, and keeps the session's cookie.
    pub(crate) async fn post(&self, request: &ExchangeRequest) -> Result<Session, Failure> {
        let answer = self.request(Method::POST, "/api/session").json(request);
        let answer = answer.send().await.map_err(|_| Failure::Unreachable)?;
        let header = |name: &str| Some(answer.headers().get(name)?.to_str().ok()?.to_owned());
        let cookie = header(SET_COOKIE.as_str());
        let cookie = cookie.and_then(|cookie| Some(cookie.split_once(';')?.0.to_owned()));
        let replica = header(ANSWERED_BY).unwrap_or_default();
        if !answer.status().is_success() {
            return Err(failure(answer).await);
        }
        if let Some((_, value)) = cookie.as_ref().and_then(|it| it.split_once('=')) {
            suite_log::must_not_be_logged([value]);
        }
        let status = answer.status().as_u16();
        let session = answer.json().await.map_err(|_| Failure::Unreachable)?;
        *self.cookie.borrow_mut() = Some(cookie.ok_or(Failure::Garbled(status))?);
        *self.replica.borrow_mut() = replica;
        Ok(session)
    }

    /// Writes a record of the person signed in; which says that it is kept from now on.
    pub(crate) async fn put_record(&self, key: &str, value: &Value) -> Result<(), Failure> {
        let path = format!("/api/records/draft/{key}");
        let request = self.request(Method::PUT, &path).json(value);
        let answer = request.send().await.map_err(|_| Failure::Unreachable)?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(failure(answer).await)
        }
    }

    /// A key that no other record has.
    pub(crate) fn key(&self, record: usize) -> String {
        format!("{}-{record}", self.number)
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str) -> Result<T, Failure> {
        let answer = self.request(method, path).send().await;
        let answer = answer.map_err(|_| Failure::Unreachable)?;
        let status = answer.status();
        if !status.is_success() {
            return Err(failure(answer).await);
        }
        let is_json = |it: &Response| {
            let header = it.headers().get(CONTENT_TYPE);
            header.is_some_and(|it| it.as_bytes().starts_with(b"application/json"))
        };
        if !is_json(&answer) {
            return Err(Failure::Garbled(status.as_u16()));
        }
        answer.json().await.map_err(|_| Failure::Unreachable)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.network.app);
        let request = self.network.client.request(method, url);
        let request = request.header(CALLER, self.address.to_string());
        match &*self.cookie.borrow() {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }
}

/// By the browser's clock, in milliseconds since 1970.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

async fn failure(answer: Response) -> Failure {
    let status = answer.status().as_u16();
    match answer.json::<ApiErrorBody>().await {
        Ok(body) => Failure::Refused(body.error.code),
        Err(_) => Failure::Garbled(status),
    }
}
