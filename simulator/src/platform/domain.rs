//! A domain as it is registered in WeChat's console.

use std::fmt;

use crate::redirect::RedirectTarget;

use super::account::{AccountKind, NotRegistered};

/// A host that codes may be sent to, with the path they must lie below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegisteredDomain {
    /// In lower case.
    pub(crate) host: String,
    /// Test accounts only.
    pub(crate) port: Option<u16>,
    /// Empty, or `/` and something without a slash at the end.
    pub(crate) path: String,
}

impl RegisteredDomain {
    /// Reads what somebody would type into WeChat's console.
    ///
    /// # Errors
    /// What is wrong with it. WeChat's console takes no scheme, no port and no IP address,
    /// except from test accounts; a website application has one bare host.
    pub(crate) fn parse(text: &str, kind: AccountKind) -> Result<Self, String> {
        if text.contains("://") {
            return Err("has a scheme".into());
        }
        let (authority, path) = match text.find('/') {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        let (host, port) = match authority.rsplit_once(':') {
            None => (authority, None),
            Some((host, port)) => {
                let port = port.parse::<u16>().ok().filter(|port| *port != 0);
                (
                    host,
                    Some(port.ok_or("has a port that is no number from 1 to 65535")?),
                )
            }
        };
        if port.is_some() && kind != AccountKind::Test {
            return Err("has a port, which only a test account (kind = \"test\") may have".into());
        }
        if !is_host(host) {
            return Err("has no host name of letters, digits, \"-\" and \".\"".into());
        }
        if host.parse::<std::net::Ipv4Addr>().is_ok() && kind != AccountKind::Test {
            return Err(
                "is an IP address, which only a test account (kind = \"test\") may have".into(),
            );
        }
        let path = path.trim_end_matches('/');
        if !path.is_empty() && kind == AccountKind::Website {
            return Err("has a path, which a website application may not have".into());
        }
        if !path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/-._~".contains(&b))
            || climbs(path)
        {
            return Err("has a path with more than letters, digits and \"-._~/\"".into());
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port,
            path: path.to_owned(),
        })
    }

    /// Whether an address lies below this domain.
    pub(super) fn covers(&self, target: &RedirectTarget) -> Result<(), NotRegistered> {
        if self.host != target.host() {
            return Err(NotRegistered::Host);
        }
        if self.port != target.port() {
            return Err(NotRegistered::Port);
        }
        if self.path.is_empty() {
            return Ok(());
        }
        let path = target.path();
        let below = path
            .strip_prefix(self.path.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if below && !climbs(path) {
            Ok(())
        } else {
            Err(NotRegistered::Path)
        }
    }
}

/// Whether a browser would go up from somewhere in this path, also where the dots are encoded.
fn climbs(path: &str) -> bool {
    path.to_ascii_lowercase()
        .replace("%2e", ".")
        .split(['/', '\\'])
        .any(|segment| segment == "..")
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

impl fmt::Display for RegisteredDomain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(formatter, ":{port}")?;
        }
        formatter.write_str(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wechats_console_decides_what_a_domain_is() {
        use AccountKind::{Service, Test, Website};
        for (text, kind, accepted) in [
            ("www.Example.com", Service, true),
            ("www.example.com/mp/a", Service, true),
            ("www.example.com/", Service, true),
            ("https://www.example.com", Service, false),
            ("www.example.com:443", Service, false),
            ("192.168.1.9", Service, false),
            ("192.168.1.9:8080", Test, true),
            ("192.168.1.9", Test, true),
            ("a.example:0", Test, false),
            ("a.example:65536", Test, false),
            ("a.example/mp", Website, false),
            ("a.example", Website, true),
            ("", Service, false),
            ("a..example", Service, false),
            ("a.example/../x", Service, false),
            ("a.example/x?y", Service, false),
            ("user@a.example", Service, false),
            ("*.example.com", Service, false),
        ] {
            assert_eq!(
                RegisteredDomain::parse(text, kind).is_ok(),
                accepted,
                "{text}"
            );
        }
    }

    #[test]
    fn a_domain_is_shown_as_it_was_written() {
        let shown = |text| {
            RegisteredDomain::parse(text, AccountKind::Test)
                .unwrap()
                .to_string()
        };
        assert_eq!(shown("A.example:80/mp/"), "a.example:80/mp");
    }
}
