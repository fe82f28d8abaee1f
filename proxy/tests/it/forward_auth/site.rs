//! nginx with the documented configuration, the proxy and a backend: what a company would run.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web;
use api_types::{Scope, Session};
use reqwest::{Client, Method, RequestBuilder};
use wechat_login_proxy::app::{self, AppState};
use wechat_login_proxy::clock::ManualClock;
use wechat_login_proxy::config::Config;

use crate::helpers::captured_log;
use crate::recorder::Recorder;
use test_support::nginx::Nginx;
use test_support::suite_log;

pub(crate) const APPID: &str = "wx00000000000000a1";
pub(crate) const OPENID: &str = "oABCdefGHIjklMNOpqrSTUvwxYZ0";
pub(crate) const UNIONID: &str = "oUVWxyz0123456789abcdefghijk";

const SECRET: &str = "simulator-secret-a1";
const SESSION_KEY: &str = "0123456789abcdef0123456789abcdef";
const NOW: u64 = 1_800_000_000;

/// The file itself, so that what is documented is what is tested.
const DOCUMENTED: &str = include_str!("../../../../docs/deploy/nginx-forward-auth.conf");

/// nginx in front of `proxy` and `backend`.
pub(crate) fn nginx(proxy: SocketAddr, backend: SocketAddr) -> Nginx {
    let changes = [
        ("server 127.0.0.1:8081;", format!("server {proxy};")),
        ("server 127.0.0.1:9000;", format!("server {backend};")),
    ];
    Nginx::documented(DOCUMENTED, changes)
}

/// Everything, running; stopped when dropped.
pub(crate) struct Site {
    pub(crate) backend: Recorder,
    state: web::Data<AppState>,
    nginx: Nginx,
    proxy: ServerHandle,
    client: Client,
}

impl Site {
    /// A backend that answers 200, all on plain http.
    pub(crate) async fn start() -> Self {
        Self::start_with("http://127.0.0.1:8080", StatusCode::OK).await
    }

    /// With this `public_url` of the proxy, which decides on the cookie's name, and a backend that answers `status`.
    pub(crate) async fn start_with(public_url: &str, status: StatusCode) -> Self {
        captured_log();
        suite_log::must_not_be_logged([OPENID, UNIONID, SECRET, SESSION_KEY]);
        let client = client();
        let clock = Arc::new(ManualClock::at(NOW));
        let state = AppState::open(config(public_url), clock).await.unwrap();
        let state = web::Data::new(state);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let running = app::serve(state.clone(), listener).unwrap();
        let proxy = running.handle();
        actix_web::rt::spawn(running);
        let backend = Recorder::start(status);
        Self {
            nginx: nginx(address, backend.address),
            backend,
            state,
            proxy,
            client,
        }
    }

    /// A request to nginx, of somebody without any cookie.
    pub(crate) fn request(&self, method: Method, target: &str) -> RequestBuilder {
        request(&self.client, &self.nginx, method, target)
    }

    /// A request to nginx, of a browser with this session.
    pub(crate) fn request_of(
        &self,
        session: &Session,
        method: Method,
        target: &str,
    ) -> RequestBuilder {
        self.request(method, target)
            .header("Cookie", self.cookie(session))
    }

    /// Name and value of the session's cookie, as in the header `Cookie`.
    pub(crate) fn cookie(&self, session: &Session) -> String {
        let cookie = self.state.sessions.seal(session).unwrap();
        suite_log::must_not_be_logged([cookie.value()]);
        format!("{}={}", cookie.name(), cookie.value())
    }

    /// Where nginx listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.nginx.address
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Calling it sends the command; the future only waits for the end.
        drop(self.proxy.stop(false));
    }
}

/// A request to this nginx.
pub(crate) fn request(
    client: &Client,
    nginx: &Nginx,
    method: Method,
    target: &str,
) -> RequestBuilder {
    client.request(method, format!("http://{}{target}", nginx.address))
}

/// Keeps no cookies, follows nothing.
pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

/// A user whose unionid is known, signed in for another minute.
pub(crate) fn user() -> Session {
    Session {
        account: "shop".to_owned(),
        appid: APPID.to_owned(),
        openid: OPENID.to_owned(),
        unionid: Some(UNIONID.to_owned()),
        scope: Scope::Userinfo,
        snapshot: false,
        profile: None,
        expires_at: NOW + 60,
    }
}

/// The same user before anything but the openid is known.
pub(crate) fn user_without_unionid() -> Session {
    Session {
        unionid: None,
        scope: Scope::Base,
        ..user()
    }
}

/// WeChat is nowhere: nothing here may ask it.
fn config(public_url: &str) -> Config {
    let toml = format!(
        r#"
public_url = "{public_url}"
database_url = "sqlite::memory:"
session_keys = ["{SESSION_KEY}"]
simulator = true
wechat = {{ api_base = "http://127.0.0.1:9", open_base = "http://127.0.0.1:9" }}
[accounts.shop]
appid = "{APPID}"
secret = "{SECRET}"
title = "山茶书店"
"#
    );
    Config::parse(&toml, []).unwrap()
}
