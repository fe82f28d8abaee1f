//! Every key of the configuration but those of the accounts.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use wechat_oauth::Timeouts;
use wechat_oauth::facts::{API_HOST, OPEN_HOST};

use super::account::{Account, read_accounts, read_default_account};
use super::database::read_database;
use super::keys::{read_service_keys, read_session_keys, report_development_keys};
use super::limits::{read_limits, read_shutdown};
use super::lists::{read_allowed_origins, read_backend_kinds};
use super::origin::{
    PublicUrl, WechatHost, origin_text, parse_base, parse_origin, parse_public_url,
};
use super::platforms::give_websites;
use super::problem::{Problem, Problems};
use super::reader::Reader;
use super::settings::{Config, JSSDK_HOSTS, WechatConfig};
use super::shown::Listing;
use super::sources::Sources;
use super::telemetry::{read_log_format, read_metrics_listen};
use super::trusted_proxies::read_trusted_proxies;
use super::unreadable;
use super::way::read_way;

/// What permits an `api_base` that is not WeChat's.
const RELAY: &str = "wechat.relay";

impl Config {
    /// Reads the file at `path` and this process's environment.
    ///
    /// # Errors
    /// Every [`Problem`] found; a file that cannot be read or is not TOML is a single one.
    pub fn load(path: &Path) -> Result<Self, Problems> {
        Self::explain(path)?.1
    }

    /// The same, and what holds even where there are problems.
    ///
    /// # Errors
    /// The one [`Problem`] of a file that cannot be read or is not TOML.
    pub fn explain(path: &Path) -> Result<(Listing, Result<Self, Problems>), Problems> {
        Self::explain_with(path, BTreeMap::new())
    }

    /// The same as a process has it in whose environment these `variables` are, too.
    ///
    /// # Errors
    /// Every [`Problem`] found.
    pub(crate) fn load_with(
        path: &Path,
        variables: BTreeMap<String, String>,
    ) -> Result<Self, Problems> {
        Self::explain_with(path, variables)?.1
    }

    fn explain_with(
        path: &Path,
        variables: BTreeMap<String, String>,
    ) -> Result<(Listing, Result<Self, Problems>), Problems> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Problems::from(Problem::new(&file, unreadable::configuration(path, &error)))
        })?;
        let own = std::env::vars_os().filter_map(|(name, value)| {
            Some((
                name.into_string().ok()?,
                value.to_string_lossy().into_owned(),
            ))
        });
        let mut environment: BTreeMap<String, String> = own.collect();
        environment.extend(variables);
        Self::parse_file(&file, &text, environment)
    }

    /// Reads TOML text, as that of a `proxy.toml`, and environment variables (all of them; those of others are passed
    /// over).
    ///
    /// # Errors
    /// Every [`Problem`] found.
    pub fn parse(
        toml: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        Self::parse_file("proxy.toml", toml, environment)?.1
    }

    pub(super) fn parse_file(
        file: &str,
        toml: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(Listing, Result<Self, Problems>), Problems> {
        let mut reader = Reader::new(Sources::read(file, toml, environment)?);
        let config = read(&mut reader);
        let (problems, listing) = reader.finish();
        let config = match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(problems),
        };
        Ok((listing, config))
    }
}

/// Reads everything before giving up, so that all problems are found.
pub(super) fn read(reader: &mut Reader) -> Option<Config> {
    let public_url = reader.required_text(
        "public_url",
        "write the address browsers reach the app under, such as https://shop.example",
    );
    let public_url =
        public_url.and_then(|text| reader.valid("public_url", parse_public_url(&text)));
    let listen = read_listen(reader);
    let database = read_database(reader);
    let session_keys = read_session_keys(reader);
    let service_keys = read_service_keys(reader);
    let backend_kinds = read_backend_kinds(reader);
    let session_hours = reader.integer("session_ttl_hours", 12, 1..=720);
    let require_wechat = reader.bool("require_wechat", true);
    let static_dir = read_static_dir(reader);
    let log_format = read_log_format(reader);
    let metrics_listen = read_metrics_listen(reader, listen);
    let trusted_proxies = read_trusted_proxies(reader);
    let site = public_url.as_ref().map(PublicUrl::as_url);
    let allowed_origins = read_allowed_origins(reader, site);
    let hsts_max_age_days = read_hsts(reader, site);

    // Where this one is unclear, its own problem is enough.
    let simulator = reader.bool("simulator", false).unwrap_or(true);
    let test_account = reader.bool("test_account", false).unwrap_or(!simulator);
    if simulator && test_account {
        reader.problem(
            "test_account",
            "cannot go with simulator = true: a test account (测试号) is one of the real WeChat, where nothing may be open \
             for development; remove one of the two",
        );
    }
    if !simulator {
        if !test_account {
            report_plain_http(reader, site);
        }
        report_development_keys(reader, session_keys.as_deref(), &service_keys);
    }
    let limits = read_limits(reader);
    let shutdown = read_shutdown(reader, simulator);
    let wechat = read_wechat(reader, simulator);
    let (mut accounts, websites) = read_accounts(reader);
    give_websites(reader, websites, &mut accounts);
    report_scan_logins(reader, &accounts, &allowed_origins);
    let default_account = read_default_account(reader, &accounts);
    Some(Config {
        public_url: public_url?,
        listen: listen?,
        database: database?,
        session_keys: session_keys?,
        service_keys,
        backend_kinds,
        session_ttl: Duration::from_secs(u64::try_from(session_hours?).ok()?.checked_mul(3600)?),
        default_account: default_account?,
        require_wechat: require_wechat?,
        simulator,
        test_account,
        static_dir,
        log_format: log_format?,
        metrics_listen,
        trusted_proxies,
        allowed_origins,
        hsts_max_age_days,
        limits: limits?,
        shutdown: shutdown?,
        wechat: wechat?,
        accounts,
        secret_places: reader.take_secret_places(),
        places: reader.places().clone(),
    })
}

/// The computer's page and its cookie are this server's, which is asked where the app is.
fn report_scan_logins(
    reader: &mut Reader,
    accounts: &BTreeMap<String, Account>,
    allowed_origins: &[String],
) {
    for (name, account) in accounts.iter().filter(|(_, it)| it.scan_login) {
        let key = format!("accounts.{name}.scan_login");
        if let Some(website) = &account.website {
            let section = &website.section;
            let problem = format!(
                "cannot go with the website application of {section}: a computer is signed in by one of the two; remove the \
                 other"
            );
            reader.problem(key.as_str(), problem);
        }
        if !allowed_origins.is_empty() {
            reader.problem(
                key,
                "cannot go with allowed_origins: the page with the QR code belongs to the app's own origin; let the web \
                 server there pass /api/ on to this program, and remove allowed_origins",
            );
        }
    }
}

/// A session cookie over plain http: right on a laptop, dangerous on a site.
fn report_plain_http(reader: &mut Reader, public_url: Option<&Url>) {
    if public_url.is_some_and(|url| url.scheme() != "https") {
        reader.problem(
            "public_url",
            "must begin with https://, or session cookies travel in the open; plain http only with \
             simulator = true, or with test_account = true for a test account (测试号)",
        );
    }
}

fn read_listen(reader: &mut Reader) -> Option<SocketAddr> {
    let text = reader.text_or("listen", "127.0.0.1:8081")?;
    let address = text
        .parse()
        .map_err(|_| format!("{text:?} is not an IP address with a port such as 127.0.0.1:8081"));
    reader.valid("listen", address)
}

/// By choice only: browsers that heard it refuse plain http for that long, whatever the operator does later.
fn read_hsts(reader: &mut Reader, public_url: Option<&Url>) -> Option<u32> {
    const KEY: &str = "hsts_max_age_days";
    let days = reader.integer_if_set(KEY, 0..=730)?;
    if public_url.is_some_and(|url| url.scheme() != "https") {
        reader.problem(
            KEY,
            "means nothing where public_url is not https; remove it",
        );
    }
    u32::try_from(days).ok()
}

fn read_static_dir(reader: &mut Reader) -> Option<PathBuf> {
    let folder = PathBuf::from(reader.text("static_dir")?);
    let page = folder.join("index.html");
    match page.metadata() {
        Ok(it) if it.is_file() => {}
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            reader.problem("static_dir", unreadable::app(&folder, &page));
        }
        _ => reader.problem(
            "static_dir",
            format!("no index.html in {folder:?}; build the app first or name its folder"),
        ),
    }
    Some(folder)
}

fn read_wechat(reader: &mut Reader, allow_any: bool) -> Option<WechatConfig> {
    // Where this one is unclear, its own problem is enough.
    let relay = reader.bool(RELAY, false);
    let may_relay = relay != Some(false);
    let api_base = read_api_base(reader, may_relay, allow_any);
    let open_base = read_open_base(reader, allow_any);
    let way = read_way(reader, api_base.as_ref());
    let jssdk_script = read_jssdk_script(reader, open_base.as_ref(), allow_any);
    let api_base = api_base?;
    let is_official = WechatHost::Api.is_official(&api_base);
    if relay == Some(true) && is_official {
        reader.problem(
            RELAY,
            "means nothing where wechat.api_base is WeChat's own host; remove it, or name the relay there",
        );
    }
    Some(WechatConfig {
        is_relay: may_relay && !is_official,
        way: way?,
        api_base,
        jssdk_script: jssdk_script?,
        open_base: open_base?,
        timeouts: Timeouts::default(),
    })
}

/// WeChat's own host, a simulator's, or the company's own by explicit permission: it is told the AppSecret.
fn read_api_base(reader: &mut Reader, may_relay: bool, allow_any: bool) -> Option<Url> {
    const KEY: &str = "wechat.api_base";
    let text = reader.text_or(KEY, API_HOST)?;
    let base = if may_relay {
        parse_base(&text)
    } else {
        parse_origin(&text)
    };
    let base = reader.valid(KEY, base)?;
    if allow_any || may_relay || WechatHost::Api.is_official(&base) {
        return Some(base);
    }
    reader.problem(
        KEY,
        format!(
            "{base} is not WeChat; remove the key, or set wechat.relay = true if this host is your own and may see the \
             AppSecret and all codes, or simulator = true if this is no production"
        ),
    );
    None
}

/// WeChat's own host, or a simulator's: users are sent there.
fn read_open_base(reader: &mut Reader, allow_any: bool) -> Option<Url> {
    const KEY: &str = "wechat.open_base";
    let text = reader.text_or(KEY, OPEN_HOST)?;
    let base = reader.valid(KEY, parse_origin(&text))?;
    if allow_any || WechatHost::Open.is_official(&base) {
        return Some(base);
    }
    reader.problem(
        KEY,
        format!(
            "{base} is not WeChat; remove the key, or set simulator = true if this is no production"
        ),
    );
    None
}

/// WeChat's own script or a simulator's, unless the company has a copy. It runs in the app's pages.
fn read_jssdk_script(
    reader: &mut Reader,
    open_base: Option<&Url>,
    is_simulated: bool,
) -> Option<Url> {
    const KEY: &str = "wechat.jssdk_script";
    let default = match open_base.filter(|_| is_simulated) {
        Some(simulator) => format!("{}/_simulator/jssdk.js", origin_text(simulator)),
        None => format!("{}/open/js/jweixin-1.6.0.js", JSSDK_HOSTS[0]),
    };
    let text = reader.text_or(KEY, &default)?;
    let is_safe = |url: &Url| {
        let scheme = url.scheme();
        (scheme == "https" || is_simulated && scheme == "http")
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
    };
    let url = Url::parse(&text).ok().filter(is_safe);
    let wrong = "is not the https address of a script; remove the key for WeChat's own, or write where your copy is";
    reader.valid(KEY, url.ok_or(wrong))
}
