//! The proxy with two users and their records.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use actix_web::http::Method;
use actix_web::http::header::HeaderValue;
use actix_web::web;
use tempfile::TempDir;
use tracing_subscriber::fmt::MakeWriter as _;

use crate::http::{Answer, Application, Request, application};
use crate::ours::{AppState, Config, ManualClock, Session, app, install_tls};

/// Who is signed in.
const OPENID: &str = "oABCdefGHIjklMNOpqrSTUvwxYZ0";
const UNIONID: &str = "oUVWxyz0123456789abcdefghijk";
/// Somebody else.
const OTHER_OPENID: &str = "oOTHERotherOTHERotherOTHER00";
/// In the records of whoever is signed in.
const OWN_MARK: &str = "mark-of-the-signed-in";
/// In the records of somebody else.
const OTHER_MARK: &str = "mark-of-somebody-else";
/// In a file beside the app's folder.
const OUTSIDE_MARK: &str = "mark-of-a-file-outside";

const SESSION_KEY: &str = "session-key-0123456789abcdef0123456789";
const SERVICE_KEY: &str = "service-key-0123456789abcdef0123456789";
const SECRET: &str = "simulator-secret-a1";
/// Noon of some day in 2027.
pub(crate) const NOW: u64 = 1_800_000_000;

/// An old key and a new one, one account, limits out of the way.
const CONFIGURATION: &str = include_str!("../proxy.toml");

/// The other origin that may ask.
const ORIGIN: &str = "https://app.shop.example";

/// So many successful changes make another world of it, in which an input no longer means what it did.
const MOST_CHANGES: u32 = 1000;

/// A proxy in this thread.
pub(crate) struct Proxy {
    application: Application,
    /// The lines written so far.
    log: &'static Mutex<Vec<u8>>,
    session: HeaderValue,
    etag: String,
    cursor: String,
    changes: u32,
}

thread_local! {
    // Never dropped: at the end of a thread what it would need for that has gone already.
    static PROXY: &'static RefCell<Proxy> = Box::leak(Box::new(RefCell::new(Proxy::start())));
}

impl Proxy {
    /// Hands this thread's proxy to an input.
    pub(crate) fn with(run: impl FnOnce(&mut Self)) {
        PROXY.with(|proxy| {
            let mut proxy = proxy.borrow_mut();
            if proxy.changes >= MOST_CHANGES {
                *proxy = Self::start();
            }
            run(&mut proxy);
        });
    }

    /// Three records of one user, one of another.
    fn start() -> Self {
        let folder = app_folder();
        let site = folder.path().join("site");
        let config = parsed(&format!("static_dir = {site:?}\n{CONFIGURATION}"));
        let mut cookie = HeaderValue::from_static("");
        // The app is read once, so its folder may go when this returns.
        let application = application(async {
            install_tls();
            let clock = Arc::new(ManualClock::at(NOW));
            let state = AppState::open(config, clock).await.unwrap();
            let sealed = state.sessions.seal(&session()).unwrap();
            let sealed = format!("{}={}", sealed.name(), sealed.value());
            cookie = HeaderValue::from_str(&sealed).unwrap();
            app(web::Data::new(state))
        });
        let mut proxy = Self {
            application,
            log: Box::leak(Box::default()),
            session: cookie,
            etag: String::new(),
            cursor: String::new(),
            changes: 0,
        };
        let key = HeaderValue::from_str(&format!("Bearer {SERVICE_KEY}")).unwrap();
        for (openid, record, mark) in [
            (OTHER_OPENID, "1", OTHER_MARK),
            (OPENID, "3", OWN_MARK),
            (OPENID, "2", OWN_MARK),
            (OPENID, "1", OWN_MARK),
        ] {
            let target = format!("/service/accounts/shop/users/{openid}/records/order/{record}");
            let put = Request::new(Method::PUT, &target)
                .json(format!("{{\"mark\":\"{mark}\"}}"))
                .with("authorization", key.clone());
            let (answer, _) = proxy.answer(put);
            assert_eq!(answer.status, 201, "{}", answer.text());
            proxy.etag = answer.header("etag").to_owned();
        }
        let page = Request::new(Method::GET, "/api/records?limit=1");
        let (page, _) = proxy.answer(page.with("cookie", proxy.session.clone()));
        let page: serde_json::Value = serde_json::from_slice(&page.body).unwrap();
        proxy.cursor = page["next_cursor"].as_str().unwrap().to_owned();
        proxy
    }

    /// Puts what only this proxy knows in the place of `{session}`, `{key}`, `{etag}`, `{cursor}` and `{openid}`.
    pub(crate) fn fill_in(&self, text: &str) -> String {
        text.replace("{session}", self.session.to_str().unwrap())
            .replace("{key}", SERVICE_KEY)
            .replace("{etag}", &self.etag)
            .replace("{cursor}", &self.cursor)
            .replace("{openid}", OPENID)
            .replace("{other}", OTHER_OPENID)
    }

    /// Asks, and checks what holds for every answer and every line of the log.
    pub(crate) fn ask(&mut self, request: Request) -> Answer {
        let (answer, log) = self.answer(request.clone());
        if !request.method.is_safe() && answer.status.is_success() {
            self.changes += 1;
        }
        check_answer(&request, &answer);
        check_log(&request, &log, self.session.to_str().unwrap());
        answer
    }

    /// As the user who is signed in.
    pub(crate) fn ask_signed_in(&mut self, request: Request) -> Answer {
        let session = self.session.clone();
        self.ask(request.with("cookie", session))
    }

    /// The answer, and what was logged meanwhile.
    fn answer(&self, request: Request) -> (Answer, String) {
        let log = self.log;
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || log.make_writer())
            .finish();
        let ask = || (self.application)(request);
        let answer = tracing::subscriber::with_default(subscriber, ask);
        let lines = std::mem::take(&mut *log.lock().unwrap());
        (answer, String::from_utf8_lossy(&lines).into_owned())
    }
}

fn check_answer(request: &Request, answer: &Answer) {
    let (status, text) = (answer.status, answer.text());
    let asks_wechat = request.method == Method::POST && request.target.path() == "/api/session";
    assert!(
        !status.is_server_error() || (asks_wechat && status == 503),
        "{status}: {text}"
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.header("x-request-id").is_empty());
    for secret in [SECRET, SESSION_KEY, SERVICE_KEY, OUTSIDE_MARK] {
        assert!(!text.contains(secret), "told: {text}");
    }
    // The service key opens everybody's records.
    if !request.header("authorization").contains(SERVICE_KEY) {
        for foreign in [OTHER_MARK, OTHER_OPENID] {
            assert!(!text.contains(foreign), "somebody else's: {text}");
        }
    }
    if status.is_client_error() || status.is_server_error() {
        assert!(
            !text.contains(OPENID) && !text.contains(UNIONID),
            "in a refusal: {text}"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        if request.method != Method::HEAD && !answer.body.is_empty() {
            let body: api_types::ApiErrorBody = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(body.error.request_id, answer.header("x-request-id"));
        }
    }
    if !answer.header("set-cookie").is_empty() {
        assert_eq!(request.target.path(), "/api/session");
    }
    let allowed = answer.header("access-control-allow-origin");
    assert!(allowed.is_empty() || allowed == ORIGIN, "{allowed}");
}

fn check_log(request: &Request, log: &str, session: &str) {
    let (_, sealed) = session.split_once('=').unwrap_or_default();
    let private = [
        SECRET,
        SESSION_KEY,
        SERVICE_KEY,
        OPENID,
        UNIONID,
        OTHER_OPENID,
        OWN_MARK,
        OTHER_MARK,
        sealed,
    ];
    // What browsers call themselves is logged as it is.
    let user_agent = request.header("user-agent");
    for private in private {
        assert!(
            !log.contains(private) || user_agent.contains(private),
            "logged: {log}"
        );
    }
    // Nobody outside begins a line.
    for line in log.lines() {
        assert!(line.starts_with("20"), "not ours: {line:?} in {log:?}");
    }
}

/// A page and a script in `site/`, and something beside it.
fn app_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("site")).unwrap();
    for (name, content) in [
        ("site/index.html", "<!doctype html><title>t</title>"),
        ("site/app-0123456789abcdef.js", "export {}"),
        ("outside.txt", OUTSIDE_MARK),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// The configuration for targets that need no more than one.
pub(crate) fn usual_config() -> Arc<Config> {
    Arc::new(parsed(CONFIGURATION))
}

fn parsed(toml: &str) -> Config {
    Config::parse(toml, []).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Of whoever is signed in.
pub(crate) fn session() -> Session {
    Session {
        account: "shop".to_owned(),
        appid: "wx00000000000000a1".to_owned(),
        openid: OPENID.to_owned(),
        unionid: Some(UNIONID.to_owned()),
        scope: api_types::Scope::Base,
        snapshot: false,
        profile: None,
        expires_at: NOW + 3600,
    }
}
