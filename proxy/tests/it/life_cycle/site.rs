//! Configurations, clients and people for these tests.

use std::path::Path;
use std::time::Duration;

use reqwest::Client;
use serde_json::json;
use test_support::suite_log;

pub(crate) const APPID: &str = "wx00000000000000a1";
pub(crate) const SERVICE_KEY: &str = "service-key-of-the-order-system-0123456789";
pub(crate) const VERIFIER: &str = "verifierAverifierAverifierAverif";
pub(crate) const KEY: &str = "key-0123456789abcdef0123456789abcdef";
const ACCESS_TOKEN: &str = "86_accessTokenOfTests";
const REFRESH_TOKEN: &str = "86_refreshTokenOfTests";

/// What is different from test to test.
pub(crate) struct Settings<'a> {
    /// `listen`.
    pub(crate) listen: &'a str,
    /// Where WeChat is.
    pub(crate) wechat: &'a str,
    /// The SQLite file.
    pub(crate) database: &'a Path,
    /// `session_keys`.
    pub(crate) session_keys: &'a [&'a str],
    /// `shutdown_delay_seconds`.
    pub(crate) delay: u32,
    /// `shutdown_limit_seconds`.
    pub(crate) limit: u32,
}

impl Settings<'_> {
    /// Free port, no waiting for load balancers, no WeChat.
    pub(crate) fn on(database: &Path) -> Settings<'_> {
        Settings {
            listen: "127.0.0.1:0",
            wechat: "http://127.0.0.1:9",
            database,
            session_keys: &[KEY],
            delay: 0,
            limit: 20,
        }
    }

    pub(crate) fn toml(&self) -> String {
        let Self {
            listen,
            wechat,
            database,
            session_keys,
            delay,
            limit,
        } = self;
        suite_log::must_not_be_logged([SERVICE_KEY, VERIFIER, ACCESS_TOKEN, REFRESH_TOKEN]);
        suite_log::must_not_be_logged(*session_keys);
        let database = database.display();
        format!(
            r#"
public_url = "http://127.0.0.1:8080"
listen = "{listen}"
database_url = "sqlite:{database}"
session_keys = {session_keys:?}
shutdown_delay_seconds = {delay}
shutdown_limit_seconds = {limit}
simulator = true
[wechat]
api_base = "{wechat}"
open_base = "{wechat}"
[accounts.shop]
appid = "{APPID}"
secret = "simulator-secret-a1"
title = "山茶书店"
[service_keys]
orders = "{SERVICE_KEY}"
"#
        )
    }
}

/// A browser with a cookie jar.
pub(crate) fn browser() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .cookie_store(true)
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap()
}

/// `POST /api/session`.
pub(crate) async fn sign_in(
    browser: &Client,
    base_url: &str,
    code: &str,
) -> reqwest::Result<reqwest::Response> {
    browser
        .post(format!("{base_url}/api/session"))
        .json(&json!({ "account": "shop", "code": code, "verifier": VERIFIER }))
        .send()
        .await
}

/// A token answer of WeChat's.
pub(crate) fn token_body(openid: &str) -> String {
    suite_log::must_not_be_logged([openid]);
    json!({
        "access_token": ACCESS_TOKEN,
        "expires_in": 7200,
        "refresh_token": REFRESH_TOKEN,
        "openid": openid,
        "scope": "snsapi_base",
    })
    .to_string()
}
