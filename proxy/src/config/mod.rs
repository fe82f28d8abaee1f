//! What an operator sets: one TOML file, each key replaceable by an environment variable.
//!
//! `WECHAT_LOGIN__ACCOUNTS__SHOP__SECRET` replaces `accounts.shop.secret`: prefix, then the key in capitals with `__`
//! for the dot. A list is given separated by commas. Everything is checked at start and every problem is named at
//! once; no problem quotes a secret.

mod account;
mod allowed_origins;
mod backend_kinds;
mod limits;
mod origin;
mod problem;
mod reader;
mod secret;
mod service_keys;
mod settings;
mod telemetry;
mod trusted_proxies;
mod verify_file;

#[cfg(test)]
mod secret_tests;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;

use crate::telemetry::LogFormat;
use login_store::{DatabaseUrl, RecordKind};
use wechat_oauth::redacted;
use wechat_oauth::{AppId, AppSecret, Client, Options, Timeouts};

pub use limits::{ClientPatience, Limits, Shutdown};
pub use origin::PublicUrl;
pub(crate) use origin::{origin_text, parse_origin};
pub use problem::{Problem, Problems};
pub use secret::SecretPlace;
pub use trusted_proxies::TrustedProxies;
pub use verify_file::VerifyFile;

/// Everything the proxy needs to know, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `public_url`: the origin under which browsers reach the app and this proxy.
    pub public_url: PublicUrl,
    /// `listen`: the address this process binds.
    pub listen: SocketAddr,
    /// `database_url`: where identities and records are kept.
    pub database: DatabaseUrl,
    /// `session_keys`: the first seals cookies, all open them. Never empty.
    pub session_keys: Vec<SessionKey>,
    /// `[service_keys]`: what backends identify themselves by, by name. May be empty.
    pub service_keys: BTreeMap<String, ServiceKey>,
    /// `backend_kinds`: the kinds of records that only backends write.
    pub backend_kinds: BTreeSet<RecordKind>,
    /// `session_ttl_hours`: how long a session lasts.
    pub session_ttl: Duration,
    /// `default_account`: a name in `accounts`.
    pub default_account: String,
    /// `require_wechat`: other browsers are sent to WeChat instead of its authorize page.
    pub require_wechat: bool,
    /// `simulator`: WeChat is a simulation, so this is no production.
    pub simulator: bool,
    /// `static_dir`: the built app, if this process serves it.
    pub static_dir: Option<PathBuf>,
    /// `allowed_origins`: where the app is besides the proxy's own origin, as browsers write them.
    pub allowed_origins: Vec<String>,
    /// `hsts_max_age_days`: for how long browsers shall come over https only; nothing unless asked for.
    pub hsts_max_age_days: Option<u32>,
    /// `log_format`: for people or for programs.
    pub log_format: LogFormat,
    /// `metrics_listen`: where Prometheus reads, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// `trusted_proxies`: whose `X-Forwarded-For` and `X-Request-Id` are believed.
    pub trusted_proxies: TrustedProxies,
    /// `[limits]`: how much is taken on.
    pub limits: Limits,
    /// `shutdown_delay_seconds` and `shutdown_limit_seconds`: how the program ends.
    pub shutdown: Shutdown,
    /// `[wechat]`: WeChat's hosts.
    pub wechat: WechatConfig,
    /// `[accounts.<name>]`: the official accounts, at least one.
    pub accounts: BTreeMap<String, Account>,
    /// Where on this machine secrets came from, those of the environment aside.
    pub secret_places: Vec<SecretPlace>,
}

/// `[wechat]`: where WeChat is.
#[derive(Debug, Clone)]
pub struct WechatConfig {
    /// `api_base`: the host of the two API calls.
    pub api_base: Url,
    /// `open_base`: the origin of the authorize page, as browsers reach it.
    pub open_base: Url,
    /// How long WeChat may take. Not a setting.
    pub timeouts: Timeouts,
}

impl WechatConfig {
    /// A client for these hosts.
    ///
    /// # Errors
    /// If TLS cannot be set up, for example without any root certificate on the machine.
    pub(crate) fn client(&self) -> Result<Client, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("wechat-login-proxy/", env!("CARGO_PKG_VERSION")))
            .no_proxy();
        let mut options = Options::default();
        options.api_base = self.api_base.as_str().to_owned();
        options.timeouts = self.timeouts.clone();
        Client::with(http, options)
    }
}

/// `[accounts.<name>]`: one official account.
#[derive(Debug, Clone)]
pub struct Account {
    /// `appid`.
    pub appid: AppId,
    /// `secret`, or the content of `secret_file` or `secret_credential`.
    pub secret: AppSecret,
    /// `title`: the name people know the account by.
    pub title: String,
    /// `platform`: our name for the open platform the account is bound to; accounts with the same one share unionids.
    pub platform: Option<String>,
    /// `website_appid` and `website_secret`: the website application for QR logins on a desktop.
    pub website: Option<Website>,
    /// `verify_files`: served at the root, for WeChat's console.
    pub verify_files: Vec<VerifyFile>,
}

/// A website application of the open platform; its appid and secret are other ones than the official account's.
#[derive(Debug, Clone)]
pub struct Website {
    /// `website_appid`.
    pub appid: AppId,
    /// `website_secret`, or the content of `website_secret_file`.
    pub secret: AppSecret,
}

impl Account {
    /// Whether its users are known under this appid: its own, or that of its website application.
    pub fn has_appid(&self, appid: &str) -> bool {
        let website = self.website.as_ref().map(|website| &website.appid);
        [Some(&self.appid), website]
            .into_iter()
            .flatten()
            .any(|own| own.as_str() == appid)
    }
}

redacted! {
    /// What session cookies are sealed with: at least 32 bytes of random text.
    SessionKey
}

impl SessionKey {
    /// Shortest key, in bytes.
    pub const MIN_BYTES: usize = 32;

    /// The key, or nothing if it is shorter than [`Self::MIN_BYTES`].
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() >= Self::MIN_BYTES).then(|| Self(text.to_owned()))
    }
}

redacted! {
    /// What a backend of the company shows with every request: at least 32 bytes of random text.
    ServiceKey
}

impl ServiceKey {
    /// Shortest key, in bytes.
    pub const MIN_BYTES: usize = 32;

    /// The key, or nothing if it is shorter than [`Self::MIN_BYTES`] or not all visible ASCII, as a header must be.
    pub fn parse(text: &str) -> Option<Self> {
        let is_valid =
            text.len() >= Self::MIN_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_valid.then(|| Self(text.to_owned()))
    }
}

impl Config {
    /// Reads the file at `path` and this process's environment.
    ///
    /// # Errors
    /// Every [`Problem`] found; a file that cannot be read or is not TOML is a single one.
    pub fn load(path: &Path) -> Result<Self, Problems> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Problems::from(Problem::new(
                path.display().to_string(),
                format!("cannot be read ({error}); name the configuration with --config"),
            ))
        })?;
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((
                name.into_string().ok()?,
                value.to_string_lossy().into_owned(),
            ))
        });
        Self::parse(&text, environment)
    }

    /// Reads TOML text and environment variables (all of them; those of others are passed over).
    ///
    /// # Errors
    /// Every [`Problem`] found.
    pub fn parse(
        toml: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let mut reader = reader::Reader::new(toml, environment)?;
        let config = settings::read(&mut reader);
        let problems = reader.finish();
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(problems),
        }
    }

    /// The name of the account with this appid, its own or that of its website application.
    pub fn account_name(&self, appid: &AppId) -> Option<&str> {
        let mut accounts = self.accounts.iter();
        let (name, _) = accounts.find(|(_, account)| account.has_appid(appid.as_str()))?;
        Some(name)
    }

    /// Whether the app is said to be on other origins, and its own one, where WeChat sends users, is not among them.
    pub(crate) fn is_unreachable_from_public_url(&self) -> bool {
        let own = self.public_url.origin();
        !self.allowed_origins.is_empty() && !self.allowed_origins.contains(&own)
    }

    /// Where pictures of users come from besides WeChat's avatar hosts: a simulator has its own.
    pub fn picture_origins(&self) -> Vec<String> {
        let simulator = self.simulator.then(|| origin_text(&self.wechat.open_base));
        simulator.into_iter().collect()
    }

    /// Whether one of the accounts has this file.
    pub fn has_verify_file(&self, file: &VerifyFile) -> bool {
        let mut accounts = self.accounts.values();
        accounts.any(|account| account.verify_files.contains(file))
    }

    /// The account of this name.
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.get(name)
    }
}
