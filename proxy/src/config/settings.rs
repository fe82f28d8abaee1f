//! The settings, checked, and what follows from them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use login_store::{DatabaseUrl, RecordKind};
use reqwest::Url;
use wechat_oauth::facts::OPEN_HOST;
use wechat_oauth::{AppId, Client, Options, Timeouts};

use super::account::Account;
use super::keys::{ServiceKey, SessionKey};
use super::limits::{Limits, Shutdown};
use super::origin::{PublicUrl, origin_text};
use super::places::{Places, SecretPlace};
use super::telemetry::LogFormat;
use super::trusted_proxies::TrustedProxies;
use super::verify_file::VerifyFile;
use super::way::Way;

/// Where WeChat's JS-SDK is, and its spare host.
pub(crate) const JSSDK_HOSTS: [&str; 2] = ["https://res.wx.qq.com", "https://res2.wx.qq.com"];

/// Origins from which pages load what is not the app's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageOrigins {
    /// Pictures.
    pub pictures: Vec<String>,
    /// Scripts.
    pub scripts: Vec<String>,
}

/// Everything the proxy needs to know, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `public_url`: where browsers reach the app and, unless it has a host of its own, this proxy.
    pub public_url: PublicUrl,
    /// `listen`: the address this process binds.
    pub listen: SocketAddr,
    /// `database_url` or `[database]`: where identities and records are kept.
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
    /// `test_account`: WeChat itself, with a test account of a developer (接口测试号), so this is no production either.
    pub test_account: bool,
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
    /// Where every setting stands, for those who find something wrong with one later.
    pub places: Places,
}

/// `[wechat]`: where WeChat is.
#[derive(Debug, Clone)]
pub struct WechatConfig {
    /// `api_base`: the host of the two API calls.
    pub api_base: Url,
    /// `relay`: that host is the company's own, not WeChat's.
    pub is_relay: bool,
    /// `proxy`, or what the environment says: how that host is reached.
    pub way: Way,
    /// `open_base`: the origin of the authorize page, as browsers reach it.
    pub open_base: Url,
    /// `jssdk_script`: where pages load WeChat's JS-SDK from.
    pub jssdk_script: Url,
    /// How long WeChat may take. Not a setting.
    pub timeouts: Timeouts,
}

impl WechatConfig {
    /// For developers, in English and in Chinese: a program is not running that should be there in WeChat's place.
    pub(crate) fn no_simulator(&self) -> [String; 2] {
        let origin = origin_text(&self.api_base);
        [
            format!(
                "The WeChat simulator at {origin} (wechat.api_base) does not answer. Start it: make dev starts everything, \
                 cargo run -p wechat-simulator the simulator alone."
            ),
            format!(
                "微信模拟器 {origin}（wechat.api_base）没有应答，请先启动它：make dev 启动全部程序，\
                 cargo run -p wechat-simulator 只启动模拟器。"
            ),
        ]
    }

    /// A client for these hosts.
    ///
    /// # Errors
    /// If TLS cannot be set up, for example without any root certificate on the machine.
    pub(crate) fn client(&self) -> Result<Client, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("wechat-login-proxy/", env!("CARGO_PKG_VERSION")));
        let mut options = Options::default();
        options.api_base = self.api_base.as_str().to_owned();
        options.timeouts = self.timeouts.clone();
        options.proxy_name = self.way.proxy().map(ToString::to_string);
        Client::with(self.way.taken_by(http)?, options)
    }
}

impl Config {
    /// The name of the account with this appid, its own or that of one of its applications: of several with the same one
    /// the default account, or else the first.
    pub fn account_name(&self, appid: &AppId) -> Option<&str> {
        let has_it = |account: &Account| account.has_appid(appid.as_str());
        let default = self.accounts.get_key_value(&self.default_account);
        let mut accounts = default.into_iter().chain(&self.accounts);
        let (name, _) = accounts.find(|(_, account)| has_it(account))?;
        Some(name)
    }

    /// Whether the app is said to be on other origins, and its own one, where WeChat sends users, is not among them.
    pub(crate) fn is_unreachable_from_public_url(&self) -> bool {
        let own = self.public_url.origin();
        !self.allowed_origins.is_empty() && !self.allowed_origins.contains(&own)
    }

    /// The path below which browsers ask this proxy: that of `public_url`, or none where the app asks from another origin,
    /// because then the proxy has a host of its own.
    pub fn api_path(&self) -> &str {
        let is_elsewhere = self.allowed_origins.contains(&self.public_url.origin());
        if is_elsewhere {
            ""
        } else {
            self.public_url.path()
        }
    }

    /// Whether pages of any account may use WeChat's JS-SDK.
    pub fn has_jssdk(&self) -> bool {
        self.accounts.values().any(|account| account.jssdk)
    }

    /// What pages load besides the app's own files and pictures of WeChat's avatar hosts: a simulator has pictures of its
    /// own, the JS-SDK comes from WeChat and reports to it by a picture.
    pub fn page_origins(&self) -> PageOrigins {
        let open_base = origin_text(&self.wechat.open_base);
        let mut origins = PageOrigins::default();
        if self.simulator {
            origins.pictures.push(open_base);
        }
        if self.has_jssdk() {
            // Wherever the script is from, and whoever plays WeChat.
            origins.pictures.push(OPEN_HOST.to_owned());
            let script = origin_text(&self.wechat.jssdk_script);
            if script == JSSDK_HOSTS[0] {
                origins.scripts = JSSDK_HOSTS.map(str::to_owned).to_vec();
            } else {
                origins.scripts.push(script);
            }
        }
        origins
    }

    /// Whether computers are signed in by phones that scan a QR code of this server's.
    pub(crate) fn has_scan_login(&self) -> bool {
        self.accounts.values().any(|account| account.scan_login)
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
