//! Settings that are origins: scheme, host and port, and nothing else.

use reqwest::Url;

/// WeChat's API hosts: the common one, the one for disasters, and those by region (WeChat's page on its interfaces).
const API_HOSTS: [&str; 5] = [
    "api.weixin.qq.com",
    "api2.weixin.qq.com",
    "sh.api.weixin.qq.com",
    "sz.api.weixin.qq.com",
    "hk.api.weixin.qq.com",
];
/// The host of WeChat's authorize page.
const OPEN_HOSTS: [&str; 1] = ["open.weixin.qq.com"];

/// Which of WeChat's hosts a setting names.
#[derive(Debug, Clone, Copy)]
pub(super) enum WechatHost {
    Api,
    Open,
}

impl WechatHost {
    /// Whether this is WeChat itself; anybody else would be handed AppSecrets or users.
    pub(super) fn is_official(self, origin: &Url) -> bool {
        let hosts: &[&str] = match self {
            Self::Api => &API_HOSTS,
            Self::Open => &OPEN_HOSTS,
        };
        let is_known_host = origin.host_str().is_some_and(|host| hosts.contains(&host));
        origin.scheme() == "https" && origin.port().is_none() && is_known_host
    }
}

/// The origin under which browsers reach the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    pub(super) const fn new(origin: Url) -> Self {
        Self(origin)
    }

    /// Whether browsers come over https, so that cookies may be `Secure`.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// For example `https://shop.example`, without a trailing slash.
    pub fn origin(&self) -> String {
        origin_text(&self.0)
    }

    /// For building addresses of its pages.
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

/// An origin as text, without a trailing slash.
pub(crate) fn origin_text(origin: &Url) -> String {
    origin.origin().ascii_serialization()
}

/// The text as an origin, or what is wrong with it.
pub(crate) fn parse_origin(text: &str) -> Result<Url, String> {
    let remedy = "write an origin such as https://shop.example";
    // Nothing is quoted before it is sure that there is no password in it.
    let url = Url::parse(text).map_err(|error| format!("is no URL ({error}); {remedy}"))?;
    if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
        return Err(format!(
            "must not contain a user name or password; {remedy}"
        ));
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!(
            "{text:?} begins with neither http:// nor https://; {remedy}"
        ));
    }
    let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_origin {
        return Err(format!(
            "{text:?} has more than scheme, host and port; {remedy}"
        ));
    }
    Ok(url)
}
