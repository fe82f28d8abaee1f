//! What the server is made of.

use std::path::PathBuf;
use std::str::FromStr;

use actix_web::http::Uri;
use anyhow::{Context as _, ensure};

use crate::paths;

/// What a server is made of.
#[derive(Debug)]
pub struct Options {
    /// The folder of the built app.
    pub app: PathBuf,
    /// How the build is.
    pub builds: tokio::sync::watch::Receiver<crate::status::Build>,
    /// Where browsers find the app.
    pub public_url: PublicUrl,
    /// `host:port` of the proxy.
    pub proxy: String,
    /// `host:port` of the simulator.
    pub simulator: String,
    /// The back ends, each below a path of its own.
    pub backends: Vec<Backend>,
    /// Whether others in the network may open it.
    pub lan: bool,
}

/// The proxy's `public_url`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// Whether something in front speaks TLS.
    pub is_https: bool,
    /// `127.0.0.1:8080`.
    pub authority: String,
    /// Empty, or `/h5`.
    pub path: String,
}

impl PublicUrl {
    /// Scheme and host, `http://127.0.0.1:8080`.
    pub fn origin(&self) -> String {
        let scheme = if self.is_https { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }
}

/// The host of `host:port`, an address of IPv6 in its brackets.
pub(crate) fn host_of(authority: &str) -> &str {
    let port = authority.rsplit_once(':').filter(|it| !it.1.ends_with(']'));
    port.map_or(authority, |(host, _)| host)
}

impl FromStr for PublicUrl {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let example = "such as http://127.0.0.1:8080 or http://127.0.0.1:8080/h5";
        let url: Uri = text
            .parse()
            .with_context(|| format!("no address, {example}"))?;
        let authority = url.authority().filter(|it| !it.as_str().contains('@'));
        let authority = authority.with_context(|| format!("no host, {example}"))?;
        let is_web = matches!(url.scheme_str(), Some("http" | "https"));
        ensure!(is_web && url.query().is_none(), "has to be {example}");
        let path = url.path().trim_end_matches('/').to_owned();
        let is_plain = path.is_empty() || paths::normalised(&path).as_ref() == Some(&path);
        ensure!(is_plain, "the path has to be plain, {example}");
        Ok(Self {
            is_https: url.scheme_str() == Some("https"),
            authority: authority.as_str().to_ascii_lowercase(),
            path,
        })
    }
}

/// A back end and the path below which it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// With slashes at both ends; empty where the command line leaves it open.
    pub path: String,
    /// `host:port`.
    pub address: String,
}

impl FromStr for Backend {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (path, url) = match text.split_once('=') {
            Some((path, url)) => (format!("{}/", path.trim_end_matches('/')), url),
            None => (String::new(), text),
        };
        let is_plain = path.is_empty() || paths::normalised(&path).as_ref() == Some(&path);
        ensure!(
            is_plain,
            "{path} is no path; name it as in /shop/=http://127.0.0.1:9000"
        );
        let address = address(url)?;
        Ok(Self { path, address })
    }
}

/// `host:port` of `http://host:port`.
pub(crate) fn address(url: &str) -> anyhow::Result<String> {
    let example = "such as http://127.0.0.1:9000";
    let parsed: Uri = url
        .parse()
        .with_context(|| format!("{url:?} is no address, {example}"))?;
    let is_plain = parsed.scheme_str() == Some("http") && matches!(parsed.path(), "" | "/");
    ensure!(
        is_plain && parsed.query().is_none(),
        "{url:?} has to be http:// with a host and a port and nothing behind, {example}: paths are passed on as they are"
    );
    let host = parsed
        .host()
        .with_context(|| format!("{url:?} has no host, {example}"))?;
    Ok(format!("{host}:{}", parsed.port_u16().unwrap_or(80)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_taken_apart() {
        let url: PublicUrl = "http://LocalHost:8080/h5/".parse().unwrap();
        assert_eq!(
            (url.origin().as_str(), url.path.as_str()),
            ("http://localhost:8080", "/h5")
        );
        for wrong in [
            "",
            "127.0.0.1:8080",
            "ftp://h",
            "http://h/?a=1",
            "http://u@h/",
            "http://h/a//b",
        ] {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
        }
    }
}
