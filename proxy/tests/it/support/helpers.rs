//! A proxy on a free port with a database of its own, and a browser's side of it.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web;
use api_types::{ApiError, ApiErrorBody, ErrorCode, Session};
use reqwest::header::{CACHE_CONTROL, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::json;
use test_support::suite_log;
use test_support::wire::exchange;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};
use wechat_login_proxy::app::{self, AppState};
use wechat_login_proxy::clock::ManualClock;
use wechat_login_proxy::config::Config;
use wechat_login_proxy::telemetry;

pub(crate) const APPID: &str = "wx00000000000000a1";
pub(crate) const SECRET: &str = "simulator-secret-a1";
/// What seals the sessions.
const SESSION_KEY: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const OPENID: &str = "oABCdefGHIjklMNOpqrSTUvwxYZ0";
pub(crate) const UNIONID: &str = "oUVWxyz0123456789abcdefghijk";
pub(crate) const VERIFIER: &str = "verifierAverifierAverifierAverif";
pub(crate) const OTHER_VERIFIER: &str = "verifierBverifierBverifierBverif";
pub(crate) const ACCESS_TOKEN: &str = "86_accessTokenOfTests";
pub(crate) const REFRESH_TOKEN: &str = "86_refreshTokenOfTests";
pub(crate) const NOW: u64 = 1_800_000_000;

/// A configuration whose WeChat is at `upstream`, with patience fit for tests.
pub(crate) fn config(upstream: &str) -> Config {
    let toml = format!(
        r#"
public_url = "http://127.0.0.1:8080"
database_url = "sqlite::memory:"
session_keys = ["{SESSION_KEY}"]
default_account = "shop"
simulator = true
wechat = {{ api_base = "{upstream}", open_base = "{upstream}" }}
[accounts.shop]
appid = "{APPID}"
secret = "{SECRET}"
title = "山茶书店"
platform = "camellia"
[accounts.cafe]
appid = "wx00000000000000a2"
secret = "simulator-secret-a2"
title = "山茶咖啡"
platform = "camellia"
"#
    );
    let mut config = Config::parse(&toml, []).unwrap();
    config.wechat.timeouts.user_info_pauses = vec![Duration::from_millis(1); 2];
    config
}

/// A running proxy and a browser with a cookie jar; stopped when dropped.
pub(crate) struct TestProxy {
    pub(crate) address: SocketAddr,
    pub(crate) base_url: String,
    pub(crate) browser: Client,
    pub(crate) state: web::Data<AppState>,
    pub(crate) clock: Arc<ManualClock>,
    server: ServerHandle,
}

impl TestProxy {
    pub(crate) async fn start(upstream: &str) -> Self {
        Self::start_with(config(upstream)).await
    }

    pub(crate) async fn start_with(config: Config) -> Self {
        captured_log();
        suite_log::must_not_be_logged([
            SECRET,
            SESSION_KEY,
            OPENID,
            UNIONID,
            VERIFIER,
            OTHER_VERIFIER,
            ACCESS_TOKEN,
            REFRESH_TOKEN,
        ]);
        let clock = Arc::new(ManualClock::at(NOW));
        let state = AppState::open(config, clock.clone()).await.unwrap();
        let state = web::Data::new(state);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let running = app::serve(state.clone(), listener).unwrap();
        let server = running.handle();
        actix_web::rt::spawn(running);
        Self {
            address,
            base_url: format!("http://{address}"),
            browser: new_browser(),
            state,
            clock,
            server,
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.browser
            .request(method, format!("{}{path}", self.base_url))
    }

    /// Sends a request line as it is and gives the whole answer.
    pub(crate) async fn raw(&self, request_line: &str) -> String {
        let request =
            format!("{request_line}\r\nHost: h\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
        exchange(self, request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// `POST /api/session` for the account `shop`.
    pub(crate) async fn sign_in(&self, code: &str, verifier: &str) -> Response {
        self.sign_in_to("shop", code, verifier).await
    }

    pub(crate) async fn sign_in_to(&self, account: &str, code: &str, verifier: &str) -> Response {
        let body = json!({ "account": account, "code": code, "verifier": verifier });
        self.post(body.to_string()).await
    }

    /// `POST /api/session` with this body, declared as JSON.
    pub(crate) async fn post(&self, body: impl Into<reqwest::Body>) -> Response {
        self.request(Method::POST, "/api/session")
            .header("Content-Type", "application/json")
            .body(body)
            .send()
            .await
            .unwrap()
    }

    /// Who the browser's cookie says is signed in.
    pub(crate) async fn current_session(&self) -> Option<Session> {
        let response = self.get("/api/session").await;
        match response.status().as_u16() {
            200 => Some(response.json().await.unwrap()),
            401 => None,
            other => panic!("unexpected status {other}"),
        }
    }
}

impl ToSocketAddrs for TestProxy {
    type Iter = std::option::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> std::io::Result<Self::Iter> {
        Ok(Some(self.address).into_iter())
    }
}

impl Drop for TestProxy {
    fn drop(&mut self) {
        // Calling it sends the command; the future only waits for the end.
        drop(self.server.stop(false));
    }
}

/// A browser without any cookies.
pub(crate) fn new_browser() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

/// Asserts a success of `POST /api/session` and answers its body.
pub(crate) async fn session_of(response: Response) -> Session {
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    let (_, sealed) = cookie.split(';').next().unwrap().split_once('=').unwrap();
    suite_log::must_not_be_logged([sealed]);
    response.json().await.unwrap()
}

/// Asserts status, code and all that every error has in common.
pub(crate) async fn error_of(response: Response, status: u16, code: ErrorCode) -> ApiError {
    let headers = response.headers().clone();
    let actual = response.status().as_u16();
    let text = response.text().await.unwrap();
    let ApiErrorBody { error } =
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("no envelope: {text}"));
    assert_eq!((actual, error.code), (status, code), "{}", error.message);
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["x-request-id"], error.request_id);
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(error.request_id.len(), 16);
    assert!(
        !headers.contains_key(SET_COOKIE),
        "an error must not touch the session"
    );
    assert!(error.message.ends_with('.'), "{}", error.message);
    error
}

/// The body of a token answer with this scope, `snsapi_userinfo` and its unionid or less.
pub(crate) fn token_body(scope: &str) -> String {
    let mut body = json!({
        "access_token": ACCESS_TOKEN,
        "expires_in": 7200,
        "refresh_token": REFRESH_TOKEN,
        "openid": OPENID,
        "scope": scope,
    });
    if scope == "snsapi_userinfo" {
        body["unionid"] = UNIONID.into();
    }
    body.to_string()
}

/// The body of a userinfo answer.
pub(crate) fn user_info_body() -> String {
    json!({
        "openid": OPENID,
        "nickname": "小明",
        "sex": 0,
        "headimgurl": "https://thirdwx.qlogo.cn/mmopen/a/132",
        "privilege": [],
        "unionid": UNIONID,
    })
    .to_string()
}

/// The body of one of WeChat's errors.
pub(crate) fn error_body(errcode: i64, errmsg: &str) -> String {
    let errmsg = format!("{errmsg}, rid: 6206378a-793424c0-2e4091cc");
    json!({ "errcode": errcode, "errmsg": errmsg }).to_string()
}

/// Everything all tests of this binary have logged so far: all that an operator could have a proxy write.
pub(crate) fn captured_log() -> String {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    let log = LOG.get_or_init(|| {
        let log = Arc::<Mutex<Vec<u8>>>::default();
        let memory = log.clone();
        let file = suite_log::file("it").map(Arc::new);
        let lines = fmt::layer()
            .with_ansi(false)
            .with_writer(move || LogWriter {
                memory: memory.clone(),
                file: file.clone(),
            })
            .with_filter(filter_fn(telemetry::may_be_logged));
        tracing_subscriber::registry().with(lines).init();
        log
    });
    let bytes = log.lock().unwrap_or_else(PoisonError::into_inner).clone();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Writes to memory, for the tests here, and to the file for the search of the whole suite.
struct LogWriter {
    memory: Arc<Mutex<Vec<u8>>>,
    file: Option<Arc<File>>,
}

impl std::io::Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut log = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        if let Some(mut file) = self.file.as_deref() {
            file.write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
