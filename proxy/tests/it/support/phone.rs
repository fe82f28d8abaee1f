//! A phone: a browser that runs the app's own login over HTTP, and a person who taps on it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api_types::{ApiErrorBody, Bootstrap, ExchangeRequest, Scope, Session};
use leptos_wechat_login::Failure as ApiFailure;
use leptos_wechat_login::flow::{Api, AuthState, Flow, Headless, SignInOptions, Stored, Trouble};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use test_support::suite_log;

pub(crate) use super::login::{Failure, Login};

/// Says who calls, for a web server in front that is told to believe it.
pub(crate) const CALLER: &str = "X-Caller";
/// Says which replica answered, where a web server in front is told to say so.
pub(crate) const ANSWERED_BY: &str = "x-answered-by";

/// Where the pages are, by the configuration of [`toml`](super::helpers::toml).
const PUBLIC_URL: &str = "http://127.0.0.1:8080";

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
    /// Where the proxy is, `http://address:port`.
    pub(crate) app: String,
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
    /// What the first page asks for. With [`Scope::Userinfo`] of somebody who came by the account's menu, whom WeChat
    /// does not ask: nobody taps on its consent page here. With [`Scope::Login`] of a computer, which shows a QR code.
    pub(crate) scope: Scope,
}

/// A browser that was never here before.
pub(crate) struct Phone {
    network: Network,
    holder: Holder,
    address: Ipv4Addr,
    /// Makes keys of records unique.
    number: u32,
    /// `sessionStorage` and `localStorage`.
    stored: Stored,
    /// Values by names.
    cookies: RefCell<BTreeMap<String, String>>,
    login: RefCell<Login>,
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
            stored: Stored::default(),
            cookies: RefCell::default(),
            login: RefCell::default(),
        }
    }

    /// Who holds the phone.
    pub(crate) fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Opens the app and does what it does until somebody is signed in. `authorize` goes to WeChat's page, usually by
    /// [`Self::authorize`], and `deliver` loads its callback, usually by [`Self::load`].
    pub(crate) async fn log_in(
        &self,
        authorize: impl AsyncFn(&Self, Url) -> Option<Url>,
        deliver: impl AsyncFn(&Self, Url) -> Shown,
    ) -> Login {
        let mut shown = self.load(None).await;
        loop {
            shown = match shown {
                Shown::SignedIn(session) => {
                    self.login.borrow_mut().session = Some(session);
                    break;
                }
                Shown::Leaving(address) => match authorize(self, address).await {
                    Some(callback) => deliver(self, callback).await,
                    None => Shown::Error(Failure::Wechat),
                },
                Shown::Error(failure) => {
                    if !self.tries_again(failure).await {
                        break;
                    }
                    self.load(None).await
                }
            };
        }
        self.login.take()
    }

    /// Whether the person, who has seen this, taps once more.
    pub(crate) async fn tries_again(&self, failure: Failure) -> bool {
        let is_patient = self.with_login(|login| {
            login.failures.push(failure);
            let is_patient = login.taps < self.network.most_taps;
            login.taps += u32::from(is_patient);
            is_patient
        });
        if is_patient {
            tokio::time::sleep(self.network.tap_after).await;
        }
        is_patient
    }

    /// Notes something about the login under way.
    pub(crate) fn with_login<T>(&self, note: impl FnOnce(&mut Login) -> T) -> T {
        note(&mut self.login.borrow_mut())
    }

    /// One load of the page, at WeChat's callback or without one.
    pub(crate) async fn load(&self, callback: Option<&Url>) -> Shown {
        let query = callback.map(|it| it.query().unwrap_or_default().to_owned());
        let query = query.unwrap_or_else(|| format!("account={}", self.holder.account));
        let local = format!("/?{query}");
        let random = |bytes: &mut [u8]| getrandom::fill(bytes).unwrap();
        let browser = Headless::open(PUBLIC_URL, &local, now(), &self.stored, random);
        let is_computer = self.holder.scope == Scope::Login;
        if is_computer {
            browser.user_agent.set("Chrome");
        }
        let failure = RefCell::default();
        let proxy = Proxy(self, &failure);
        let flow = Flow::arrive(browser, proxy);
        // The page that asks for more is one for everybody, with a button.
        let asks = callback.is_none() && self.holder.scope != Scope::Base;
        if !asks {
            flow.require();
        }
        flow.start().await;
        if asks && matches!(flow.state(), AuthState::Guest(_)) {
            if is_computer {
                flow.sign_in(SignInOptions {
                    by_qr_code: true,
                    ..SignInOptions::default()
                });
            } else {
                flow.request_profile("");
            }
        }
        match flow.state() {
            AuthState::SignedIn(session) => Shown::SignedIn(session),
            AuthState::Redirecting(_) => {
                let failure = failure.take();
                self.with_login(|login| {
                    login.restarts += u32::from(failure.is_some());
                    login.failures.extend(failure.map(Failure::Api));
                });
                let (url, _) = flow.browser().left_for.take().unwrap();
                Shown::Leaving(Url::parse(&url).unwrap())
            }
            AuthState::Failed(Trouble::Api(failure)) => Shown::Error(Failure::Api(failure)),
            _ => Shown::Error(Failure::GaveUp),
        }
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
        let (_, rest) = page.split_once(&format!("href=\"{PUBLIC_URL}/?"))?;
        let query = rest.split('"').next()?.replace("&amp;", "&");
        Url::parse(&format!("{PUBLIC_URL}/?{query}")).ok()
    }

    /// Sends a code.
    pub(crate) async fn post(&self, request: &ExchangeRequest) -> Result<Session, ApiFailure> {
        let body = serde_json::to_value(request).unwrap();
        let answer = self.send(Method::POST, "/api/session", Some(&body)).await?;
        let replica = answer.headers().get(ANSWERED_BY);
        let replica = replica.map(|it| it.to_str().unwrap().to_owned());
        let session = read(answer).await?;
        self.login.borrow_mut().replica = replica.unwrap_or_default();
        Ok(session)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiFailure> {
        read(self.send(Method::GET, path, None).await?).await
    }

    /// Writes a record of the person signed in; which says that it is kept from now on.
    pub(crate) async fn put_record(&self, key: &str, value: &Value) -> Result<(), ApiFailure> {
        let path = format!("/api/records/draft/{key}");
        self.send(Method::PUT, &path, Some(value)).await.map(drop)
    }

    /// A key that no other record has.
    pub(crate) fn key(&self, record: usize) -> String {
        format!("{}-{record}", self.number)
    }

    /// A good answer.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, ApiFailure> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await;
        let answer = answer.map_err(|_| ApiFailure::Unreachable)?;
        let status = answer.status();
        if !status.is_success() {
            let body = answer.json::<ApiErrorBody>().await;
            let garbled = ApiFailure::Garbled(status.as_u16());
            return Err(body.map_or(garbled, |it| ApiFailure::Refused(it.error)));
        }
        self.keep_cookies(&answer);
        Ok(answer)
    }

    /// To the app, with the cookies that the browser has.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.network.app);
        let request = self.network.client.request(method, url);
        let request = request.header(CALLER, self.address.to_string());
        let cookies = self.cookies.borrow();
        let cookies = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies: Vec<String> = cookies.collect();
        match cookies.is_empty() {
            true => request,
            false => request.header(COOKIE, cookies.join("; ")),
        }
    }

    pub(crate) fn keep_cookies(&self, answer: &Response) {
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let (cookie, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            suite_log::must_not_be_logged([value]);
            let mut cookies = self.cookies.borrow_mut();
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// The proxy, as one load of the page hears it; and what became of the code that was sent, where it brought nobody in.
#[derive(Clone, Copy)]
struct Proxy<'a>(&'a Phone, &'a RefCell<Option<ApiFailure>>);

impl Api for Proxy<'_> {
    async fn bootstrap(&self) -> Result<Bootstrap, ApiFailure> {
        let mut bootstrap: Value = self.0.get("/api/bootstrap").await?;
        // What older versions do not say, which are measured beside this one.
        for (name, value) in [
            ("public_url", json!(PUBLIC_URL)),
            ("test_account", json!(false)),
        ] {
            let told = bootstrap.as_object_mut().unwrap();
            told.entry(name).or_insert(value);
        }
        serde_json::from_value(bootstrap).map_err(|_| ApiFailure::Garbled(200))
    }

    async fn create_session(&self, request: &ExchangeRequest) -> Result<Session, ApiFailure> {
        let outcome = self.0.post(request).await;
        self.1.replace(outcome.as_ref().err().cloned());
        outcome
    }

    async fn session(&self) -> Result<Session, ApiFailure> {
        self.0.get("/api/session").await
    }

    async fn delete_session(&self) -> Result<(), ApiFailure> {
        let answer = self.0.send(Method::DELETE, "/api/session", None).await;
        answer.map(drop)
    }
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, ApiFailure> {
    let status = answer.status().as_u16();
    let body = answer.json().await;
    body.map_err(|_| ApiFailure::Garbled(status))
}

/// By the browser's clock, in milliseconds since 1970.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}
