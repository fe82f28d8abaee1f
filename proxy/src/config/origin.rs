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

/// Where browsers reach the app: an origin, and the path below which everything of ours lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// Whether browsers come over https, so that cookies may be `Secure`.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// For example `https://shop.example`, without a trailing slash.
    pub fn origin(&self) -> String {
        origin_text(&self.0)
    }

    /// What all paths begin with: empty at the root of a host, else for example `/h5`, without a trailing slash.
    pub fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    /// Both: for example `https://shop.example/h5`, without a trailing slash.
    pub fn text(&self) -> String {
        self.origin() + self.path()
    }

    /// For building addresses of its pages.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The address of what lies at this path below it: `/api/session`.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&[self.path(), path].concat());
        url
    }
}

/// The text as an origin with or without a path, or what is wrong with it.
pub(crate) fn parse_public_url(text: &str) -> Result<PublicUrl, String> {
    let url = parse_base(text)?;
    // A request for one of our own would be taken for one below the path.
    let first = url.path_segments().and_then(|mut it| it.next());
    if let Some(own @ ("api" | "service" | "healthz" | "readyz")) = first {
        return Err(format!(
            "its path begins with /{own}, which this program answers itself; put the app below another one"
        ));
    }
    Ok(PublicUrl(url))
}

/// The same for somebody else's address.
pub(super) fn parse_base(text: &str) -> Result<Url, String> {
    const REMEDY: &str = "write an address such as https://shop.example or https://shop.example/h5";
    let mut url = parse_address(text, REMEDY)?;
    let path = url.path().trim_end_matches('/').to_owned();
    let is_plain = |segment: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !segment.is_empty() && segment.bytes().all(plain)
    };
    if !path.split('/').skip(1).all(is_plain) {
        return Err(format!(
            "the path in {text:?} has more than letters, digits, '-', '_' and '.'; {REMEDY}"
        ));
    }
    url.set_path(&path);
    Ok(url)
}

/// An origin as text, without a trailing slash.
pub(crate) fn origin_text(origin: &Url) -> String {
    origin.origin().ascii_serialization()
}

/// The text as an origin, or what is wrong with it.
pub(super) fn parse_origin(text: &str) -> Result<Url, String> {
    const REMEDY: &str = "write an origin such as https://shop.example";
    let url = parse_address(text, REMEDY)?;
    if url.path() != "/" {
        return Err(format!(
            "{text:?} has more than scheme, host and port; {REMEDY}"
        ));
    }
    Ok(url)
}

/// Scheme, host, port and path.
fn parse_address(text: &str, remedy: &str) -> Result<Url, String> {
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
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "{text:?} has more than scheme, host, port and path; {remedy}"
        ));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin_and_perhaps_a_path() {
        for (text, expected, path) in [
            ("https://shop.example", "https://shop.example", ""),
            ("https://shop.example/", "https://shop.example", ""),
            (
                "https://Shop.example:443/h5/",
                "https://shop.example/h5",
                "/h5",
            ),
            (
                "https://shop.example/a/b-c_1.2",
                "https://shop.example/a/b-c_1.2",
                "/a/b-c_1.2",
            ),
        ] {
            let url = parse_public_url(text).unwrap();
            assert_eq!(
                (url.text().as_str(), url.path()),
                (expected, path),
                "{text}"
            );
        }
        for text in [
            "shop.example",
            "ftp://shop.example",
            "https://a:b@shop.example",
            "https://shop.example/?a",
            "https://shop.example/h5#a",
            "https://shop.example/h5//a",
            "https://shop.example/商店",
            "https://shop.example/a;b",
            "https://shop.example/api",
            "https://shop.example/service/h5",
        ] {
            assert!(parse_public_url(text).is_err(), "{text}");
        }
    }
}
