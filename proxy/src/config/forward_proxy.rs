//! A forward proxy's address as operators write it. Nothing is guessed: what is not in order could be a piece of the
//! password taken for a host, which would then be asked for by name.

use std::fmt;
use std::net::Ipv6Addr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Url;
use wechat_oauth::redacted;

/// The kinds of proxies there are, with the port of each where an environment variable names none.
const SCHEMES: [(&str, u16); 4] = [
    ("http", 80),
    ("https", 443),
    ("socks5", 1080),
    ("socks5h", 1080),
];

/// What stands unencoded in the user and the password of an address, besides letters and digits (RFC 3986).
const UNENCODED: &[u8] = b"-._~!$&'()*+,;=%:";

redacted! {
    /// User, colon, password; nothing is encoded.
    Credentials
}

/// Where a forward proxy is, and what it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardProxy {
    scheme: &'static str,
    /// An IPv6 address in its brackets.
    host: String,
    port: u16,
    credentials: Option<Credentials>,
}

/// How much of an address must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Scheme and port.
    Whole,
    /// The host, as environment variables have it.
    Short,
}

impl ForwardProxy {
    /// What the text says, or what is wrong with it, without a word of it.
    pub(super) fn parse(text: &str, form: Form) -> Result<Self, &'static str> {
        let ((scheme, usual_port), rest) = match text.split_once("://") {
            Some((scheme, rest)) => {
                let mut known = SCHEMES.into_iter();
                let known = known.find(|(known, _)| known.eq_ignore_ascii_case(scheme));
                let wrong = "it begins with none of http://, https://, socks5:// and socks5h://";
                (known.ok_or(wrong)?, rest)
            }
            None if form == Form::Short => (("http", 80), text),
            None => return Err("it does not begin with a scheme such as http://"),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user_and_password, place) = match rest.split_once('@') {
            Some((before, place)) => (Some(before), place),
            None => (None, rest),
        };
        let (host, port) = host_and_port(place).ok_or(
            "it has more in it than user, password, host and port: a path, or characters of the password that must be encoded",
        )?;
        let port = match port {
            Some(port) => port,
            None if form == Form::Short => usual_port,
            None => return Err("it does not end with a port such as :3128"),
        };
        let proxy = Self {
            scheme,
            host: host.to_owned(),
            port,
            credentials: None,
        };
        // An address like 10.0.0.300 is one to nobody.
        Url::parse(&proxy.to_string()).map_err(|_| "its host is neither a name nor an address")?;
        match user_and_password {
            None => Ok(proxy),
            Some(text) => {
                let (user, password) = text.split_once(':').unwrap_or((text, ""));
                let (user, password) = (decoded(user), decoded(password));
                let wrong = "its user or password has characters that must be encoded";
                proxy.with_credentials(&user.ok_or(wrong)?, &password.ok_or(wrong)?)
            }
        }
    }

    /// The same, shown this user and password, which are not encoded.
    pub(super) fn with_credentials(self, user: &str, password: &str) -> Result<Self, &'static str> {
        if user.is_empty() {
            return Err("its user is empty");
        }
        if user.contains(':') {
            return Err("its user has a colon in it, with which a user's name ends");
        }
        if [user, password]
            .iter()
            .any(|it| it.contains(char::is_control))
        {
            return Err("its user or password has a line break or another control character in it");
        }
        let is_long = |text: &str| text.len() > 255;
        if self.scheme.starts_with("socks") && (is_long(user) || is_long(password)) {
            return Err("its user or password has more than the 255 bytes that SOCKS5 takes");
        }
        let credentials = Some(Credentials(format!("{user}:{password}")));
        Ok(Self {
            credentials,
            ..self
        })
    }

    /// Whether it is shown a user and a password.
    pub(super) fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// What reqwest is told, the password in it.
    pub(crate) fn url_with_password(&self) -> String {
        let Self {
            scheme, host, port, ..
        } = self;
        let Some(credentials) = &self.credentials else {
            return self.to_string();
        };
        let (user, password) = credentials.expose().split_once(':').unwrap_or_default();
        let [user, password] = [user, password].map(|it| utf8_percent_encode(it, NON_ALPHANUMERIC));
        format!("{scheme}://{user}:{password}@{host}:{port}")
    }

    /// Where to connect to, if a request in plain HTTP can be written there.
    pub(crate) fn plain_http(&self) -> Option<(&str, u16)> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        (self.scheme == "http").then_some((host, self.port))
    }

    /// The value of `Proxy-Authorization`, where it is shown a user and a password.
    pub(crate) fn authorization(&self) -> Option<String> {
        let credentials = self.credentials.as_ref()?;
        Some(format!(
            "Basic {}",
            BASE64_STANDARD.encode(credentials.expose())
        ))
    }
}

impl fmt::Display for ForwardProxy {
    /// Without user and password: `http://10.0.0.1:3128`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            scheme, host, port, ..
        } = self;
        write!(formatter, "{scheme}://{host}:{port}")
    }
}

/// `proxy.example:3128`, `[2001:db8::1]:3128`, the port perhaps missing.
fn host_and_port(place: &str) -> Option<(&str, Option<u16>)> {
    let host_ends = place
        .find(']')
        .map_or(0, |bracket| bracket.saturating_add(1));
    let (host, port) = match place.get(host_ends..)?.find(':') {
        Some(colon) => {
            let (host, port) = place.split_at_checked(host_ends.saturating_add(colon))?;
            let digits = port.strip_prefix(':')?;
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            let port = digits.parse().ok().filter(|port| is_number && *port > 0);
            (host, Some(port?))
        }
        None => (place, None),
    };
    let is_of_names = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_host = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(is_of_names),
    };
    is_host.then_some((host, port))
}

/// What a user or a password in an address stands for, if it is encoded as it must be.
fn decoded(text: &str) -> Option<String> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || UNENCODED.contains(&byte);
    let is_hex = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut encoded = text.split('%').skip(1);
    let is_encoded = encoded.all(|after| after.get(..2).is_some_and(is_hex));
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (is_encoded && text.bytes().all(is_allowed)).then(|| decoded.into_owned())
}
