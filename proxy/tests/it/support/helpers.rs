//! A proxy on a free port with a database of its own, and a browser's side of it.

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web;
use api_types::{Scope, Session};
use reqwest::{Client, Response};
use serde_json::json;
use tempfile::TempDir;
use test_support::suite_log;
use wechat_login_proxy::config::{Application, Config};
use wechat_login_proxy::http::{self, AppState};
use wechat_login_proxy::login::clock::ManualClock;
use wechat_oauth::{AppId, AppSecret};
use wechat_simulator::{GrantedScope, Simulator};

use super::Answer as _;
use super::log::captured_log;
use super::people::Caller;
use super::upstream::{Reply, Upstream};

pub(crate) const APPID: &str = "wx00000000000000a1";
pub(crate) const CAFE: &str = "wx00000000000000a2";
/// The simulator's website application.
pub(crate) const WEBSITE: &str = "wx00000000000000d1";
/// The simulator's mini-program.
pub(crate) const MINIPROGRAM: &str = "wx00000000000000a4";
/// The simulator's mobile app.
pub(crate) const APP: &str = "wx00000000000000a3";
pub(crate) const SECRET: &str = "simulator-secret-a1";
/// What seals the sessions.
pub(crate) const SESSION_KEY: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const OPENID: &str = "oABCdefGHIjklMNOpqrSTUvwxYZ0";
pub(crate) const UNIONID: &str = "oUVWxyz0123456789abcdefghijk";
pub(crate) const VERIFIER: &str = "verifierAverifierAverifierAverif";
pub(crate) const OTHER_VERIFIER: &str = "verifierBverifierBverifierBverif";
pub(crate) const ACCESS_TOKEN: &str = "86_accessTokenOfTests";
pub(crate) const REFRESH_TOKEN: &str = "86_refreshTokenOfTests";
pub(crate) const NOW: u64 = 1_800_000_000;

/// Nobody answers there, and nobody may be asked.
pub(crate) const NO_WECHAT: &str = "http://127.0.0.1:9";
/// What says that a body is JSON.
pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");

/// A configuration whose WeChat is at `upstream`, with patience fit for tests.
pub(crate) fn config(upstream: &str) -> Config {
    config_with(upstream, &[])
}

/// The same with other settings, by the ends of their variables' names: `PUBLIC_URL`.
pub(crate) fn config_with(upstream: &str, others: &[(&str, &str)]) -> Config {
    let toml = toml(&format!(
        "database_url = \"sqlite::memory:\"\nsession_keys = [\"{SESSION_KEY}\"]\n\
         wechat = {{ api_base = \"{upstream}\", open_base = \"{upstream}\" }}"
    ));
    let others = others.iter();
    let others = others.map(|(name, value)| (format!("WECHAT_LOGIN__{name}"), (*value).to_owned()));
    let mut config = Config::parse(&toml, others).unwrap();
    config.wechat.timeouts.user_info_pauses = vec![Duration::from_millis(1); 2];
    config
}

/// The text of a configuration with two accounts and these lines, which say at least where the database is and by what
/// sessions are sealed.
pub(crate) fn toml(lines: &str) -> String {
    format!(
        r#"
{lines}
public_url = "http://127.0.0.1:8080"
default_account = "shop"
simulator = true
[accounts.shop]
appid = "{APPID}"
secret = "{SECRET}"
title = "山茶书店"
platform = "camellia"
[accounts.cafe]
appid = "{CAFE}"
secret = "simulator-secret-a2"
title = "山茶咖啡"
platform = "camellia"
"#
    )
}

/// What gives both accounts the website application of their platform, for [`config_with`].
pub(crate) const WEBSITE_OF_PLATFORM: [(&str, &str); 2] = [
    ("PLATFORMS__CAMELLIA__WEBSITE_APPID", WEBSITE),
    ("PLATFORMS__CAMELLIA__WEBSITE_SECRET", "simulator-secret-d1"),
];

/// Gives the account `shop` a website application.
pub(crate) fn add_website(config: &mut Config, appid: &str, secret: &str) {
    let shop = config.accounts.get_mut("shop").unwrap();
    shop.website = Some(application(appid, secret, "accounts.shop"));
}

pub(crate) fn application(appid: &str, secret: &str, section: &str) -> Application {
    Application {
        appid: AppId::parse(appid).unwrap(),
        secret: AppSecret::parse(secret).unwrap(),
        section: section.to_owned(),
    }
}

/// The same with every kind of application.
pub(crate) fn with_doors(mut config: Config) -> Config {
    add_website(&mut config, WEBSITE, "simulator-secret-d1");
    let shop = config.accounts.get_mut("shop").unwrap();
    let of_shop = |appid, secret, kind| {
        let section = format!("accounts.shop.{kind}");
        Some(application(appid, secret, &section))
    };
    shop.miniprogram = of_shop(MINIPROGRAM, "simulator-secret-a4", "miniprogram");
    shop.app = of_shop(APP, "simulator-secret-a3", "app");
    config
}

/// A folder with these files in it.
pub(crate) fn folder_of(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    add_files(folder.path(), files);
    folder
}

/// Writes these files into a folder, and the folders they are in.
pub(crate) fn add_files(folder: &Path, files: &[(&str, impl AsRef<[u8]>)]) {
    for (name, content) in files {
        let path = folder.join(name.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// A running proxy and a browser with a cookie jar; stopped when dropped.
pub(crate) struct TestProxy {
    pub(crate) address: SocketAddr,
    pub(crate) state: web::Data<AppState>,
    pub(crate) clock: Arc<ManualClock>,
    caller: Caller,
    server: ServerHandle,
}

/// A simulator, and a proxy whose WeChat it is.
pub(crate) async fn simulated() -> (Simulator, TestProxy) {
    simulated_with(&[]).await
}

/// The same with other settings, as for [`config_with`].
pub(crate) async fn simulated_with(others: &[(&str, &str)]) -> (Simulator, TestProxy) {
    let simulator = Simulator::start().await.unwrap();
    let config = config_with(&simulator.base_url(), others);
    (simulator, TestProxy::start_with(config).await)
}

/// A WeChat that does this, and a proxy in front of it.
pub(crate) async fn scripted(script: impl IntoIterator<Item = Reply>) -> (Upstream, TestProxy) {
    let upstream = Upstream::start(script).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    (upstream, proxy)
}

impl TestProxy {
    pub(crate) async fn start(upstream: &str) -> Self {
        Self::start_with(config(upstream)).await
    }

    /// One that needs no WeChat.
    pub(crate) async fn alone() -> Self {
        Self::start(NO_WECHAT).await
    }

    /// The same with other settings, as for [`config_with`].
    pub(crate) async fn alone_with(others: &[(&str, &str)]) -> Self {
        Self::start_with(config_with(NO_WECHAT, others)).await
    }

    /// The same with the app that is in this folder.
    pub(crate) async fn serving(folder: &Path) -> Self {
        Self::alone_with(&[("STATIC_DIR", folder.to_str().unwrap())]).await
    }

    pub(crate) async fn start_with(config: Config) -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into(), config).await
    }

    pub(crate) async fn start_at(address: SocketAddr, config: Config) -> Self {
        captured_log();
        wechat_login_proxy::install_tls();
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
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let running = http::serve(state.clone(), listener).unwrap();
        let server = running.handle();
        actix_web::rt::spawn(running);
        Self {
            address,
            state,
            clock,
            caller: Caller::new(format!("http://{address}"), None),
            server,
        }
    }

    /// Somebody else's browser.
    pub(crate) fn stranger(&self) -> Caller {
        Caller::new(self.base_url.clone(), None)
    }

    /// The token of a session of the mini-program.
    pub(crate) fn token(&self, openid: &str) -> String {
        let session = Session {
            appid: MINIPROGRAM.to_owned(),
            ..session(openid)
        };
        let token = self.state.sessions.seal_token(&session).unwrap();
        suite_log::must_not_be_logged([&token, openid]);
        token
    }

    /// Name and value of this session's cookie, as in the header `Cookie`.
    pub(crate) fn cookie(&self, session: &Session) -> String {
        let cookie = self.state.sessions.seal(session).unwrap();
        suite_log::must_not_be_logged([cookie.value(), &session.openid]);
        format!("{}={}", cookie.name(), cookie.value())
    }
}

impl Deref for TestProxy {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl DerefMut for TestProxy {
    fn deref_mut(&mut self) -> &mut Caller {
        &mut self.caller
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

/// A browser at a proxy's login.
impl Caller {
    /// `POST /api/session` for the account `shop`.
    pub(crate) async fn sign_in(&self, code: &str, verifier: &str) -> Response {
        self.sign_in_to("shop", code, verifier).await
    }

    pub(crate) async fn sign_in_to(&self, account: &str, code: &str, verifier: &str) -> Response {
        let body = json!({ "account": account, "code": code, "verifier": verifier });
        self.post(body.to_string()).await
    }

    /// The same with a code of this application.
    pub(crate) async fn sign_in_by(
        &self,
        application: &str,
        code: &str,
        verifier: &str,
    ) -> Response {
        let body = json!({
            "account": "shop", "code": code, "verifier": verifier, "application": application,
        });
        self.post(body.to_string()).await
    }

    /// `POST /api/session` with this body, declared as JSON.
    pub(crate) async fn post(&self, body: impl Into<reqwest::Body>) -> Response {
        self.send("POST /api/session", &[JSON], body).await
    }

    /// A login of this person of the simulator's, who has agreed to this.
    pub(crate) async fn log_in(
        &self,
        simulator: &Simulator,
        person: &str,
        scope: GrantedScope,
    ) -> Session {
        let code = simulator.issue_code(APPID, person, scope);
        self.sign_in(&code, VERIFIER).await.session().await
    }

    /// Who the browser's cookie says is signed in.
    pub(crate) async fn current_session(&self) -> Option<Session> {
        let response = self.get("/api/session").await;
        match response.code() {
            200 => Some(response.object().await),
            401 => None,
            other => panic!("unexpected status {other}"),
        }
    }
}

/// What a silent login of this person at the account `shop` comes to.
pub(crate) fn session(openid: &str) -> Session {
    Session {
        account: "shop".to_owned(),
        appid: APPID.to_owned(),
        openid: openid.to_owned(),
        unionid: None,
        scope: Scope::Base,
        snapshot: false,
        profile: None,
        expires_at: NOW + 3600,
    }
}

/// A browser without any cookies.
pub(crate) fn new_browser() -> Client {
    wechat_login_proxy::install_tls();
    Client::builder()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}
