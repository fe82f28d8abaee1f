//! Where a code may be sent, and the address it is sent to. Pure text in, text out; not a parser of URLs, because the
//! app's own bytes have to come back as they are.

use crate::query::{encode_for_header, encode_value};
use crate::wechat::{PAGES, Page};

/// A `redirect_uri` taken apart far enough to decide on it; the rest is kept byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RedirectTarget {
    url: String,
    /// In lower case, without port; an IPv6 address with its brackets.
    pub(crate) host: String,
    /// The port, if one is written.
    pub(crate) port: Option<u16>,
}

impl RedirectTarget {
    /// Reads a decoded `redirect_uri`.
    ///
    /// Stricter than a browser on purpose: a host with user name, backslash or percent sign in front of it is where
    /// two readers disagree on the host, so none of these is accepted.
    pub(crate) fn parse(url: &str) -> Result<Self, &'static Page> {
        let is_unsafe = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
        if url.chars().any(is_unsafe) {
            return Err(&PAGES.invalid_characters);
        }
        let (scheme, rest) = url.split_once("://").ok_or(&PAGES.invalid_scheme)?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(&PAGES.invalid_scheme);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = split_authority(authority).ok_or(&PAGES.invalid_host)?;
        Ok(Self {
            url: url.to_owned(),
            host: host.to_ascii_lowercase(),
            port,
        })
    }

    /// Whether the address is https.
    pub(crate) fn is_https(&self) -> bool {
        let scheme = self.url.split(':').next();
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
    }

    /// The path, byte for byte; empty if the address has none.
    pub(crate) fn path(&self) -> &str {
        let (location, ..) = self.parts();
        let (_, rest) = location.split_once("://").unwrap_or_default();
        rest.find('/')
            .and_then(|at| rest.get(at..))
            .unwrap_or_default()
    }

    /// Whether the browser's own machine is meant.
    pub(crate) fn is_loopback(&self) -> bool {
        matches!(self.host.as_str(), "127.0.0.1" | "localhost" | "[::1]")
    }

    /// The address as it was given, safe for a header or a link.
    pub(crate) fn unchanged(&self) -> String {
        encode_for_header(&self.url)
    }

    /// The address after consent: code, then state, as WeChat's web authorization page describes it.
    pub(crate) fn granted(&self, code: &str, state: &str) -> String {
        self.with_query(&format!(
            "code={}&state={}",
            encode_value(code),
            encode_value(state)
        ))
    }

    /// The address after a refusal, in the manner of WeChat's third-party platform page: the state and no code.
    pub(crate) fn refused(&self, state: &str) -> String {
        self.with_query(&format!("state={}", encode_value(state)))
    }

    /// The address without the pairs of this name in its query.
    pub(crate) fn without_parameter(mut self, name: &str) -> Self {
        if let (location, Some(query), fragment) = self.parts() {
            let pairs = query.split('&');
            let kept: Vec<_> = pairs
                .filter(|pair| pair.split('=').next() != Some(name))
                .collect();
            let question_mark = if kept.is_empty() { "" } else { "?" };
            self.url = format!("{location}{question_mark}{}{fragment}", kept.join("&"));
        }
        self
    }

    /// Adds to the query, before a fragment; a missing path becomes `/`. Everything else stays byte for byte.
    fn with_query(&self, addition: &str) -> String {
        let (location, query, fragment) = self.parts();
        let query = query.unwrap_or_default();
        let slash = if self.path().is_empty() { "/" } else { "" };
        let joint = if query.is_empty() || query.ends_with('&') {
            ""
        } else {
            "&"
        };
        encode_for_header(&format!(
            "{location}{slash}?{query}{joint}{addition}{fragment}"
        ))
    }

    /// Scheme, host and path; the query without its question mark; the fragment with its hash sign.
    fn parts(&self) -> (&str, Option<&str>, &str) {
        let end = self.url.find('#').unwrap_or(self.url.len());
        let (before_fragment, fragment) = self.url.split_at(end);
        match before_fragment.split_once('?') {
            Some((location, query)) => (location, Some(query), fragment),
            None => (before_fragment, None, fragment),
        }
    }
}

fn split_authority(authority: &str) -> Option<(&str, Option<u16>)> {
    let host_end = if authority.starts_with('[') {
        authority.find(']')?.checked_add(1)?
    } else {
        0
    };
    let (host, port) = match authority.get(host_end..)?.find(':') {
        Some(colon) => {
            let (host, port) = authority.split_at_checked(host_end.checked_add(colon)?)?;
            (host, port.strip_prefix(':'))
        }
        None => (authority, None),
    };
    let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let is_name = !host.is_empty() && host.bytes().all(is_host_byte);
    if !is_name && host != "[::1]" {
        return None;
    }
    match port {
        None => Some((host, None)),
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => {
            Some((host, Some(port.parse().ok()?)))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_state_join_the_query_and_nothing_else_changes() {
        for row in [
            "http://h/p -> http://h/p?code=C&state=S",
            "http://h/ -> http://h/?code=C&state=S",
            "http://h -> http://h/?code=C&state=S",
            "http://h:8080 -> http://h:8080/?code=C&state=S",
            "http://h?x=1 -> http://h/?x=1&code=C&state=S",
            "http://h#/r -> http://h/?code=C&state=S#/r",
            "http://h/p#/route?x -> http://h/p?code=C&state=S#/route?x",
            "http://h/p? -> http://h/p?code=C&state=S",
            "http://h/p?a=1& -> http://h/p?a=1&code=C&state=S",
            "http://h/p?b=%2f%2F&a=+&a#f?g -> http://h/p?b=%2f%2F&a=+&a&code=C&state=S#f?g",
            "http://h/p?u=http://x/?y -> http://h/p?u=http://x/?y&code=C&state=S",
            "HTTPS://H.Example/P -> HTTPS://H.Example/P?code=C&state=S",
            "http://h/茶?清 香 -> http://h/%E8%8C%B6?%E6%B8%85%20%E9%A6%99&code=C&state=S",
        ] {
            let (given, expected) = row.split_once(" -> ").unwrap();
            let target = RedirectTarget::parse(given).unwrap();
            assert_eq!(target.granted("C", "S"), expected, "{given}");
        }
        let target = RedirectTarget::parse("http://h/").unwrap();
        let odd = target.granted("C", "a&code=X#");
        assert_eq!(odd, "http://h/?code=C&state=a%26code%3DX%23");
        assert_eq!(target.refused("1aB9"), "http://h/?state=1aB9");
    }

    #[test]
    fn one_parameter_can_be_dropped() {
        for row in [
            "http://h/p?openId=1&a=2#f -> http://h/p?a=2#f",
            "http://h/p?a=1&openId=2 -> http://h/p?a=1",
            "http://h/p?openId=2 -> http://h/p",
            "http://h/p?openid=2#?openId=3 -> http://h/p?openid=2#?openId=3",
            "http://h/p -> http://h/p",
        ] {
            let (given, expected) = row.split_once(" -> ").unwrap();
            let target = RedirectTarget::parse(given).unwrap();
            assert_eq!(target.without_parameter("openId").unchanged(), expected);
        }
    }

    #[test]
    fn addresses_that_are_no_web_page_are_refused() {
        let (scheme, host) = (&PAGES.invalid_scheme, &PAGES.invalid_host);
        let characters = &PAGES.invalid_characters;
        for (url, reason) in [
            ("javascript:alert(1)", scheme),
            ("javascript://127.0.0.1/%0aalert(1)", scheme),
            ("data:text/html,x", scheme),
            ("//127.0.0.1/", scheme),
            ("/path", scheme),
            (" http://127.0.0.1/", scheme),
            ("http://", host),
            ("http:///p", host),
            ("http://user@127.0.0.1/", host),
            ("http://evil.example\\@127.0.0.1/", host),
            ("http://127.0.0.1:8080@evil.example/", host),
            ("http://127.0.0.1:65536/", host),
            ("http://127.0.0.1:/", host),
            ("http://[::1", host),
            ("http://[::1]x:1/", host),
            ("http://[::2]/", host),
            ("http://h%2eexample/", host),
            ("http://h/\r\nSet-Cookie: a=b", characters),
            ("http://h/\u{FFFD}", characters),
        ] {
            assert_eq!(RedirectTarget::parse(url), Err(reason), "{url}");
        }
    }
}
