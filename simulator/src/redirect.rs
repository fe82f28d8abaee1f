//! Where a code may be sent, and the address it is sent to. Pure text in, text out.

use crate::percent;

/// A `redirect_uri` taken apart far enough to decide on it; the rest is kept byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RedirectTarget {
    url: String,
    host: String,
    port: Option<u16>,
}

/// Why a text is no address for a redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvalidTarget {
    /// Neither http nor https: `javascript:`, `data:`, an app's own scheme, or no scheme at all.
    Scheme,
    /// The host is missing or written in a way browsers and servers read differently.
    Host,
    /// A control character, or bytes that are not UTF-8.
    Characters,
}

impl RedirectTarget {
    /// Reads a decoded `redirect_uri`.
    ///
    /// Stricter than a browser on purpose: a host with user name, backslash or percent sign in front of it is where
    /// two readers disagree on the host, so none of these is accepted.
    pub(crate) fn parse(url: &str) -> Result<Self, InvalidTarget> {
        if url
            .chars()
            .any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER)
        {
            return Err(InvalidTarget::Characters);
        }
        let (scheme, rest) = url.split_once("://").ok_or(InvalidTarget::Scheme)?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(InvalidTarget::Scheme);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = split_authority(authority).ok_or(InvalidTarget::Host)?;
        Ok(Self {
            url: url.to_owned(),
            host: host.to_ascii_lowercase(),
            port,
        })
    }

    /// The host in lower case, without port; an IPv6 address with its brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The port, if one is written.
    pub(crate) fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether the address is https.
    pub(crate) fn is_https(&self) -> bool {
        self.url
            .get(..6)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
    }

    /// The path, byte for byte; empty if the address has none.
    pub(crate) fn path(&self) -> &str {
        let Some((_, rest)) = self.url.split_once("://") else {
            return "";
        };
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let path = rest.find('/').and_then(|at| rest.get(at..));
        path.unwrap_or_default()
    }

    /// Whether the browser's own machine is meant.
    pub(crate) fn is_loopback(&self) -> bool {
        matches!(self.host.as_str(), "127.0.0.1" | "localhost" | "[::1]")
    }

    /// The address as it was given, safe for a header or a link.
    pub(crate) fn unchanged(&self) -> String {
        percent::encode_for_header(&self.url)
    }

    /// The address after consent: code, then state, as WeChat's web authorization page describes it.
    pub(crate) fn granted(&self, code: &str, state: &str) -> String {
        self.with_query(&format!(
            "code={}&state={}",
            percent::encode_value(code),
            percent::encode_value(state)
        ))
    }

    /// The address after a refusal, in the manner of WeChat's third-party platform page: the state and no code.
    pub(crate) fn refused(&self, state: &str) -> String {
        self.with_query(&format!("state={}", percent::encode_value(state)))
    }

    /// The address without the pairs of this name in its query.
    pub(crate) fn without_parameter(mut self, name: &str) -> Self {
        let (before_fragment, fragment) = match self.url.find('#') {
            Some(at) => self.url.split_at(at),
            None => (self.url.as_str(), ""),
        };
        if let Some((location, query)) = before_fragment.split_once('?') {
            let kept: Vec<&str> = query
                .split('&')
                .filter(|pair| pair.split('=').next() != Some(name))
                .collect();
            let question_mark = if kept.is_empty() { "" } else { "?" };
            self.url = format!("{location}{question_mark}{}{fragment}", kept.join("&"));
        }
        self
    }

    /// Adds to the query, before a fragment; a missing path becomes `/`. Everything else stays byte for byte.
    fn with_query(&self, addition: &str) -> String {
        let (before_fragment, fragment) = match self.url.find('#') {
            Some(at) => self.url.split_at(at),
            None => (self.url.as_str(), ""),
        };
        let (location, query) = match before_fragment.split_once('?') {
            Some((location, query)) => (location, Some(query)),
            None => (before_fragment, None),
        };
        let path_is_empty = location
            .split_once("://")
            .is_none_or(|(_, rest)| !rest.contains('/'));
        let slash = if path_is_empty { "/" } else { "" };
        let query = query.unwrap_or_default();
        let joint = if query.is_empty() || query.ends_with('&') {
            ""
        } else {
            "&"
        };
        percent::encode_for_header(&format!(
            "{location}{slash}?{query}{joint}{addition}{fragment}"
        ))
    }
}

fn split_authority(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = if authority.starts_with('[') {
        let (_, after) = authority.split_once(']')?;
        let host = authority.strip_suffix(after)?;
        (
            host,
            if after.is_empty() {
                None
            } else {
                Some(after.strip_prefix(':')?)
            },
        )
    } else {
        match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        }
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

    fn granted(url: &str) -> String {
        RedirectTarget::parse(url).unwrap().granted("C", "S")
    }

    #[test]
    fn code_and_state_join_the_query_and_nothing_else_changes() {
        for (given, expected) in [
            ("http://h/p", "http://h/p?code=C&state=S"),
            ("http://h/", "http://h/?code=C&state=S"),
            ("http://h", "http://h/?code=C&state=S"),
            ("http://h:8080", "http://h:8080/?code=C&state=S"),
            ("http://h?x=1", "http://h/?x=1&code=C&state=S"),
            ("http://h#/r", "http://h/?code=C&state=S#/r"),
            ("http://h/p#/route?x", "http://h/p?code=C&state=S#/route?x"),
            ("http://h/p?", "http://h/p?code=C&state=S"),
            ("http://h/p?a=1&", "http://h/p?a=1&code=C&state=S"),
            (
                "http://h/p?b=%2f%2F&a=+&a#f?g",
                "http://h/p?b=%2f%2F&a=+&a&code=C&state=S#f?g",
            ),
            (
                "http://h/p?u=http://x/?y",
                "http://h/p?u=http://x/?y&code=C&state=S",
            ),
            ("HTTPS://H.Example/P", "HTTPS://H.Example/P?code=C&state=S"),
            (
                "http://h/茶?味=清 香",
                "http://h/%E8%8C%B6?%E5%91%B3=%E6%B8%85%20%E9%A6%99&code=C&state=S",
            ),
        ] {
            assert_eq!(granted(given), expected, "{given}");
        }
    }

    #[test]
    fn a_state_is_encoded_only_where_it_must_be() {
        let target = RedirectTarget::parse("http://h/").unwrap();
        assert_eq!(target.granted("C", "1aB9"), "http://h/?code=C&state=1aB9");
        assert_eq!(
            target.granted("C", "a&code=X#"),
            "http://h/?code=C&state=a%26code%3DX%23"
        );
        assert_eq!(target.refused("1aB9"), "http://h/?state=1aB9");
    }

    #[test]
    fn one_parameter_can_be_dropped() {
        for (given, expected) in [
            ("http://h/p?openId=1&a=2#f", "http://h/p?a=2#f"),
            ("http://h/p?a=1&openId=2", "http://h/p?a=1"),
            ("http://h/p?openId=2", "http://h/p"),
            (
                "http://h/p?openid=2#?openId=3",
                "http://h/p?openid=2#?openId=3",
            ),
            ("http://h/p", "http://h/p"),
        ] {
            let target = RedirectTarget::parse(given).unwrap();
            assert_eq!(target.without_parameter("openId").unchanged(), expected);
        }
    }

    #[test]
    fn host_and_port_are_read_as_a_browser_reads_them() {
        for (url, host, port) in [
            ("http://Shop.Example/p", "shop.example", None),
            ("https://localhost:8080", "localhost", Some(8080)),
            ("http://[::1]:9?x", "[::1]", Some(9)),
            ("http://127.0.0.1#@evil.example", "127.0.0.1", None),
            ("http://127.0.0.1?@evil.example", "127.0.0.1", None),
        ] {
            let target = RedirectTarget::parse(url).unwrap();
            assert_eq!((target.host(), target.port()), (host, port), "{url}");
        }
    }

    #[test]
    fn addresses_that_are_no_web_page_are_refused() {
        for (url, reason) in [
            ("javascript:alert(1)", InvalidTarget::Scheme),
            ("javascript://127.0.0.1/%0aalert(1)", InvalidTarget::Scheme),
            ("data:text/html,x", InvalidTarget::Scheme),
            ("//127.0.0.1/", InvalidTarget::Scheme),
            ("/path", InvalidTarget::Scheme),
            (" http://127.0.0.1/", InvalidTarget::Scheme),
            ("http://", InvalidTarget::Host),
            ("http:///p", InvalidTarget::Host),
            ("http://user@127.0.0.1/", InvalidTarget::Host),
            ("http://evil.example\\@127.0.0.1/", InvalidTarget::Host),
            ("http://127.0.0.1:8080@evil.example/", InvalidTarget::Host),
            ("http://127.0.0.1:65536/", InvalidTarget::Host),
            ("http://127.0.0.1:/", InvalidTarget::Host),
            ("http://[::1", InvalidTarget::Host),
            ("http://[::2]/", InvalidTarget::Host),
            ("http://h%2eexample/", InvalidTarget::Host),
            ("http://h/\r\nSet-Cookie: a=b", InvalidTarget::Characters),
            ("http://h/\u{FFFD}", InvalidTarget::Characters),
        ] {
            assert_eq!(RedirectTarget::parse(url), Err(reason), "{url}");
        }
    }
}
