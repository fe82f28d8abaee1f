//! The way out: through a forward proxy of the company's, or directly, and who says so.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use super::forward_proxy::{Form, ForwardProxy};
use super::problem::Problem;
use super::reader::Reader;
use super::secret::read_secret;

const ADDRESS: &str = "wechat.proxy";
const USER: &str = "wechat.proxy_user";
const PASSWORD: &str = "wechat.proxy_password";

/// What to write instead of an address that is none.
const REMEDY: &str = "write http://host:port, or http://user:password@host:port with everything in user and password but \
                      letters, digits and -._~ percent-encoded (@ is %40, / is %2F, # is %23, % is %25); or leave both \
                      out and set wechat.proxy_user and wechat.proxy_password, in which nothing is encoded";

/// How requests leave this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    proxy: Option<ForwardProxy>,
    /// A key of the configuration or an environment variable; `None`: nobody says anything.
    chosen_by: Option<String>,
}

impl Way {
    fn new(proxy: Option<ForwardProxy>, chosen_by: Option<&str>) -> Self {
        let chosen_by = chosen_by.map(str::to_owned);
        Self { proxy, chosen_by }
    }

    /// The proxy, if it leads through one.
    pub(crate) fn proxy(&self) -> Option<&ForwardProxy> {
        self.proxy.as_ref()
    }

    /// What to change where it leads through the wrong proxy.
    pub(crate) fn chosen_by(&self) -> &str {
        self.chosen_by.as_deref().unwrap_or(ADDRESS)
    }

    /// The same for a client of HTTP, which then looks at no variables of its own.
    ///
    /// # Errors
    /// None that is known: the address has been read.
    pub(crate) fn taken_by(
        &self,
        http: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, reqwest::Error> {
        let http = http.no_proxy();
        match &self.proxy {
            Some(proxy) => Ok(http.proxy(reqwest::Proxy::all(proxy.url_with_password())?)),
            None => Ok(http),
        }
    }
}

impl fmt::Display for Way {
    /// `through the proxy http://10.0.0.1:3128 (HTTPS_PROXY)`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.proxy {
            Some(proxy) => write!(formatter, "through the proxy {proxy}")?,
            None => formatter.write_str("directly")?,
        }
        match &self.chosen_by {
            Some(by) => write!(formatter, " ({by})"),
            None => Ok(()),
        }
    }
}

/// The environment variables that name proxies, those that are not empty.
#[derive(Default)]
pub(crate) struct ProxyVariables(BTreeMap<String, String>);

impl ProxyVariables {
    const NAMES: [&str; 4] = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"];

    /// This process's.
    pub(crate) fn of_this_process() -> Self {
        let mut variables = Self::default();
        for (name, value) in std::env::vars_os() {
            if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
                variables.note(&name, &value);
            }
        }
        variables
    }

    /// Keeps a variable, if it is one of them.
    fn note(&mut self, name: &str, value: &str) {
        let mut names = Self::NAMES.iter();
        let is_one = names.any(|known| *known == name || known.to_ascii_lowercase() == name);
        if is_one && !value.trim().is_empty() {
            self.0.insert(name.to_owned(), value.trim().to_owned());
        }
    }

    /// In capitals first, as the library for HTTP has it.
    fn get(&self, name: &str) -> Option<(&str, &str)> {
        let entry = |name: &str| self.0.get_key_value(name);
        let (name, value) = entry(name).or_else(|| entry(&name.to_ascii_lowercase()))?;
        Some((name, value))
    }

    /// How to reach this address. This machine itself is never asked through them: a proxy elsewhere could not.
    ///
    /// # Errors
    /// The variable that holds something else than a proxy, and what.
    pub(crate) fn way_to(&self, url: &Url) -> Result<Way, Problem> {
        let is_https = url.scheme() == "https";
        let own = self.get(if is_https {
            "HTTPS_PROXY"
        } else {
            "HTTP_PROXY"
        });
        let Some((name, text)) = own.or_else(|| self.get("ALL_PROXY")) else {
            return Ok(Way::new(None, None));
        };
        if is_loopback(url) {
            return Ok(Way::new(None, None));
        }
        match self.get("NO_PROXY") {
            Some((by, hosts)) if is_among(url, hosts) => return Ok(Way::new(None, Some(by))),
            _ => {}
        }
        let wrong = |wrong| {
            let remedy = "or wechat.proxy = \"none\", if it is not meant for this program";
            Problem::new(name, format!("{}; {remedy}", no_address(wrong)))
        };
        let proxy = ForwardProxy::parse(text, Form::Short).map_err(wrong)?;
        Ok(Way::new(Some(proxy), Some(name)))
    }
}

fn no_address(wrong: &str) -> String {
    format!("is not the address of a proxy: {wrong}; {REMEDY}")
}

/// Whether the hosts of `NO_PROXY` are meant to be reached without a proxy, by the library's own rule for them.
fn is_among(url: &Url, hosts: &str) -> bool {
    let all = Matcher::builder()
        .all("http://proxy.invalid:1")
        .no(hosts)
        .build();
    let uri = url.as_str().parse();
    uri.is_ok_and(|uri| all.intercept(&uri).is_none())
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let is_address = |address: IpAddr| address.is_loopback();
    host == "localhost" || host.ends_with(".localhost") || address.parse().is_ok_and(is_address)
}

/// The way to WeChat's API: what is set, else what the environment says.
pub(super) fn read_way(reader: &mut Reader, api_base: Option<&Url>) -> Option<Way> {
    let [address, user, password] = [ADDRESS, USER, PASSWORD].map(|key| read_secret(reader, key));
    let (address, user, password) = (address.ok()?, user.ok()?, password.ok()?);
    let (key, text) = match address {
        Some(address) if address.1 != "none" => address,
        none => {
            if let Some((key, _)) = user.or(password) {
                reader.problem(
                    key,
                    "means nothing without the address of a proxy in wechat.proxy",
                );
                return None;
            }
            if none.is_some() {
                reader.forget_secret(ADDRESS);
                return Some(Way::new(None, Some(ADDRESS)));
            }
            let mut variables = ProxyVariables::default();
            for (name, value) in &reader.sources().proxy_variables {
                variables.note(name, value);
            }
            let way = variables.way_to(api_base?);
            return way.map_err(|problem| reader.add(problem)).ok();
        }
    };
    let proxy = ForwardProxy::parse(&text, Form::Whole).map_err(no_address);
    let proxy = reader.valid(&key, proxy)?;
    if !proxy.has_credentials() {
        reader.forget_secret(ADDRESS);
    }
    let proxy = match (user, password) {
        (None, None) => proxy,
        (Some((key, _)), _) | (_, Some((key, _))) if proxy.has_credentials() => {
            reader.problem(
                key,
                "given twice: wechat.proxy has a user in it; keep one of the two",
            );
            return None;
        }
        (Some((key, user)), Some((_, password))) => {
            let proxy = proxy.with_credentials(&user, &password);
            let wrong = |wrong| format!("does not suit the proxy: {wrong}");
            reader.valid(&key, proxy.map_err(wrong))?
        }
        (user, _) => {
            let missing = if user.is_some() { PASSWORD } else { USER };
            reader.problem(
                missing,
                "missing; the user of a proxy and the password go together",
            );
            return None;
        }
    };
    Some(Way::new(Some(proxy), Some(ADDRESS)))
}
