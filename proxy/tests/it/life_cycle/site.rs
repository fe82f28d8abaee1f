//! Configurations and browsers for these tests.

use std::path::Path;

use tokio::sync::watch;

use crate::support::*;

pub(crate) const KEY: &str = "key-0123456789abcdef0123456789abcdef";

/// What is different from test to test.
pub(crate) struct Settings<'a> {
    /// `listen`.
    pub(crate) listen: &'a str,
    /// Where WeChat is.
    pub(crate) wechat: &'a str,
    /// `database_url`.
    pub(crate) database: String,
    /// `session_keys`.
    pub(crate) session_keys: &'a [&'a str],
    /// `shutdown_delay_seconds`.
    pub(crate) delay: u32,
    /// `shutdown_limit_seconds`.
    pub(crate) limit: u32,
}

impl Settings<'_> {
    /// Free port, no waiting for load balancers, no WeChat, and a database in this folder.
    pub(crate) fn in_folder(folder: &Path) -> Settings<'_> {
        Settings {
            listen: "127.0.0.1:0",
            wechat: NO_WECHAT,
            database: format!("sqlite:{}", folder.join("proxy.sqlite").display()),
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
        suite_log::must_not_be_logged([SERVICE_KEY, VERIFIER, ACCESS_TOKEN, REFRESH_TOKEN, OPENID]);
        suite_log::must_not_be_logged(*session_keys);
        toml(&format!(
            r#"
listen = "{listen}"
database_url = "{database}"
session_keys = {session_keys:?}
shutdown_delay_seconds = {delay}
shutdown_limit_seconds = {limit}
wechat = {{ api_base = "{wechat}", open_base = "{wechat}" }}
service_keys = {{ orders = "{SERVICE_KEY}" }}
"#
        ))
    }
}

/// A browser with a cookie jar at this address.
pub(crate) fn browser(base_url: String) -> Caller {
    Caller::new(base_url, None)
}

/// Writes one record after the other until told to stop, and answers those that were acknowledged. Any other answer, and
/// none, is the end, too, and is told as well.
pub(crate) async fn write(
    base_url: String,
    writer: String,
    written: watch::Sender<u32>,
    stop: watch::Receiver<bool>,
) -> (Vec<String>, Result<(), String>) {
    let key = ("Authorization", format!("Bearer {SERVICE_KEY}"));
    let backend = Caller::new(base_url, Some(key));
    let mut acknowledged = Vec::new();
    while !*stop.borrow() {
        let key = format!("{writer}-{}", acknowledged.len());
        let path = format!("{}/records/order/{key}", user_path("shop", OPENID));
        let request = backend.put_request(&path, &format!("\"{key}\""));
        match request.send().await.and_then(Response::error_for_status) {
            Ok(_) => acknowledged.push(key),
            Err(error) => return (acknowledged, Err(format!("{key}: {error:?}"))),
        }
        written.send_modify(|count| *count += 1);
    }
    (acknowledged, Ok(()))
}
