//! A domain as it is registered in WeChat's console, and where an account may send its codes.

use crate::redirect::RedirectTarget;
use crate::wechat::{PAGES, Page};

use super::{Account, AccountKind};

/// A host that codes may be sent to.
pub(crate) struct RegisteredDomain<'a> {
    host: &'a str,
    /// Test accounts only.
    port: Option<u16>,
    /// What they must lie below: empty, or `/` and something without a slash at the end.
    path: &'a str,
}

impl<'a> RegisteredDomain<'a> {
    /// Reads what somebody would type into WeChat's console.
    ///
    /// # Errors
    /// What is wrong with it. WeChat's console takes no scheme, no port and no IP address,
    /// except from test accounts; a website application has one bare host.
    pub(crate) fn parse(text: &'a str, kind: AccountKind) -> Result<Self, &'static str> {
        if text.contains("://") {
            return Err("has a scheme");
        }
        let (authority, path) = text.split_at(text.find('/').unwrap_or(text.len()));
        let (host, port) = match authority.rsplit_once(':') {
            None => (authority, None),
            Some((host, port)) => (host, Some(port.parse().unwrap_or(0))),
        };
        let path = path.trim_end_matches('/');
        let is_label = |label: &str| !label.is_empty() && has_only(label, b"-");
        let mistakes = [
            (
                port == Some(0),
                "has a port that is no number from 1 to 65535",
            ),
            (
                port.is_some() && kind != AccountKind::Test,
                "has a port, which only a test account (kind = \"test\") may have",
            ),
            (
                !host.split('.').all(is_label),
                "has no host name of letters, digits, \"-\" and \".\"",
            ),
            (
                host.parse::<std::net::Ipv4Addr>().is_ok() && kind != AccountKind::Test,
                "is an IP address, which only a test account (kind = \"test\") may have",
            ),
            (
                !path.is_empty() && kind == AccountKind::Website,
                "has a path, which a website application may not have",
            ),
            (
                !has_only(path, b"/-._~") || climbs(path),
                "has a path with more than letters, digits and \"-._~/\"",
            ),
        ];
        match mistakes.into_iter().find(|(is_made, _)| *is_made) {
            Some((_, mistake)) => Err(mistake),
            None => Ok(Self { host, port, path }),
        }
    }

    /// Whether an address lies below this domain.
    fn covers(&self, target: &RedirectTarget) -> Result<(), &'static Page> {
        if !self.host.eq_ignore_ascii_case(&target.host) {
            return Err(&PAGES.other_host);
        }
        if self.port != target.port {
            return Err(&PAGES.other_port);
        }
        let path = target.path();
        let rest = path.strip_prefix(self.path);
        let is_below = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if self.path.is_empty() || is_below && !climbs(path) {
            Ok(())
        } else {
            Err(&PAGES.other_path)
        }
    }
}

impl Account {
    /// Whether codes may be sent there. WeChat's web authorization page: the whole host must match, a parent or a
    /// sister domain does not; a registered path must be above the address.
    ///
    /// Loopback hosts with any port are the simulator's one deviation, and hosts that it was told to treat like them: its
    /// accounts are for laptops.
    pub(crate) fn permits(&self, target: &RedirectTarget) -> Result<(), &'static Page> {
        self.covers(&self.domains, target)
    }

    /// Whether pages there may use the JS-SDK.
    pub(crate) fn permits_js(&self, target: &RedirectTarget) -> bool {
        let domains = self.js_domains.as_ref().unwrap_or(&self.domains);
        self.covers(domains, target).is_ok()
    }

    fn covers(&self, domains: &[String], target: &RedirectTarget) -> Result<(), &'static Page> {
        if target.is_loopback() || self.other_hosts.contains(&target.host) {
            return Ok(());
        }
        // The nearest miss is the most helpful one to be told.
        let mut reason = &PAGES.other_host;
        for text in domains {
            let covers =
                RegisteredDomain::parse(text, self.kind).map(|domain| domain.covers(target));
            match covers {
                Ok(Ok(())) if self.https_only && !target.is_https() => {
                    return Err(&PAGES.wrong_scheme);
                }
                Ok(Ok(())) => return Ok(()),
                Ok(Err(nearer)) if *nearer != PAGES.other_host => reason = nearer,
                // The seed was read, so there is no domain that cannot be.
                Ok(Err(_)) | Err(_) => {}
            }
        }
        Err(reason)
    }
}

fn has_only(text: &str, marks: &[u8]) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || marks.contains(&byte))
}

/// Whether a browser would go up from somewhere in this path, also where the dots are encoded.
fn climbs(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace("%2e", ".");
    path.split(['/', '\\']).any(|segment| segment == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wechats_console_decides_what_a_domain_is() {
        use AccountKind::{Service, Test, Website};
        for (kind, accepted, texts) in [
            (
                Service,
                true,
                "www.Example.com www.example.com/mp/a www.example.com/",
            ),
            (
                Service,
                false,
                "https://www.example.com www.example.com:443 192.168.1.9",
            ),
            (
                Service,
                false,
                "a..example a.example/../x a.example/x?y user@a.example *.example.com",
            ),
            (Test, true, "192.168.1.9:8080 192.168.1.9"),
            (Test, false, "a.example:0 a.example:65536 a.example:x"),
            (Website, true, "a.example"),
            (Website, false, "a.example/mp"),
        ] {
            for text in texts.split(' ') {
                let is_one = RegisteredDomain::parse(text, kind).is_ok();
                assert_eq!(is_one, accepted, "{text}");
            }
        }
        assert!(RegisteredDomain::parse("", Service).is_err());
    }
}
