//! What it is told on its command line, checked.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use actix_web::http::Uri;
use anyhow::{Context as _, ensure};
use clap::Parser;

use crate::{greeting, paths, server};

/// Where `--backend` is found without a path of its own: the location of `docs/deploy/nginx-forward-auth.conf`.
const BACKEND_PATH: &str = "/backend/";

/// Paths below that of the site which are somebody else's.
const TAKEN: [&str; 3] = ["/api/", "/service/", "/_dev/"];

/// Serves the app of this repository during development, in front of the proxy and of your own back ends.
#[derive(Debug, Parser)]
#[command(name = "dev-server")]
pub struct CommandLine {
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The folder of the built app.
    #[arg(long, default_value = "target/dev/app")]
    app: PathBuf,
    /// The file that says how the build is: `building`, `ready N`, or `broken` and the compiler's words.
    #[arg(long, default_value = "target/dev/app-status")]
    status: PathBuf,
    /// The proxy's `public_url`: where browsers find the app.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    public_url: PublicUrl,
    /// The proxy.
    #[arg(long, default_value = "http://127.0.0.1:8081", value_parser = address)]
    proxy: String,
    /// The simulator.
    #[arg(long, default_value = "http://127.0.0.1:8082", value_parser = address)]
    simulator: String,
    /// A back end of your own, `/shop/=http://127.0.0.1:9000`; without a path `/backend/`. Only who is signed in gets
    /// through, with X-Wechat-* headers that say who.
    #[arg(long)]
    backend: Vec<Backend>,
    /// Others in the network may open it, so say to whom what is open.
    #[arg(long)]
    lan: bool,
}

impl CommandLine {
    /// Serves until it is ended.
    ///
    /// # Errors
    /// When it cannot listen, or back ends are where they cannot be.
    pub async fn run(self) -> anyhow::Result<()> {
        let options = self.options()?;
        let listeners = server::listen(options.listen)?;
        let mut builds = options.builds.clone();
        let (shown, lan) = (greeting::Shown::of(&options), options.lan);
        let server = server::start(options, listeners)?;
        actix_web::rt::spawn(async move {
            if builds.wait_for(|it| it.ready.is_some()).await.is_ok() {
                greeting::print(&shown, lan);
            }
        });
        server.await.context("the development server has ended")
    }

    fn options(self) -> anyhow::Result<Options> {
        let prefix = &self.public_url.path;
        let mut backends = Vec::new();
        for mut backend in self.backend {
            if backend.path.is_empty() {
                backend.path = format!("{prefix}{BACKEND_PATH}");
            }
            let path = &backend.path;
            let below = path.strip_prefix(prefix.as_str());
            let below = below.filter(|it| it.starts_with('/')).with_context(|| {
                format!(
                    "--backend {path}: browsers send the session to paths below {prefix}/ only, as public_url says; \
                     name one there, {prefix}{path}"
                )
            })?;
            ensure!(
                below != "/" && !TAKEN.iter().any(|it| below.starts_with(it)),
                "--backend {path}: this path is the site's own; name another one, such as {prefix}{BACKEND_PATH}"
            );
            backends.push(backend);
        }
        Ok(Options {
            builds: crate::status::watch(self.status),
            listen: self.listen,
            app: self.app,
            public_url: self.public_url,
            proxy: self.proxy,
            simulator: self.simulator,
            backends,
            lan: self.lan,
        })
    }
}

/// What the server is made of.
#[derive(Debug)]
pub struct Options {
    /// Where it listens.
    pub listen: SocketAddr,
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
fn address(url: &str) -> anyhow::Result<String> {
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

    fn backends(arguments: &[&str]) -> anyhow::Result<Vec<(String, String)>> {
        let arguments = [&["dev-server", "--status", "/dev/null"], arguments].concat();
        let line = CommandLine::try_parse_from(arguments)?;
        let runtime = actix_web::rt::Runtime::new()?;
        let options = runtime.block_on(async { line.options() })?;
        let backends = options.backends.into_iter();
        Ok(backends.map(|it| (it.path, it.address)).collect())
    }

    #[test]
    fn a_back_end_has_a_path_of_its_own_or_that_of_the_sample() {
        for (arguments, path, address) in [
            (
                &["--backend", "http://127.0.0.1:9000"][..],
                "/backend/",
                "127.0.0.1:9000",
            ),
            (
                &["--backend", "/shop=http://localhost"],
                "/shop/",
                "localhost:80",
            ),
            (
                &["--backend", "/a/b/=http://[::1]:9000/"],
                "/a/b/",
                "[::1]:9000",
            ),
            (
                &["--public-url", "http://h/h5", "--backend", "http://h:1"],
                "/h5/backend/",
                "h:1",
            ),
        ] {
            let expected = vec![(path.to_owned(), address.to_owned())];
            assert_eq!(backends(arguments).unwrap(), expected);
        }
    }

    #[test]
    fn a_path_that_cannot_be_is_refused_in_words() {
        for (argument, word) in [
            ("/=http://h:1", "the site's own"),
            ("/api/x/=http://h:1", "the site's own"),
            ("/service=http://h:1", "the site's own"),
            ("shop/=http://h:1", "is no path"),
            ("/a/../b/=http://h:1", "is no path"),
            ("/shop/=https://h:1", "has to be http://"),
            ("/shop/=http://h:1/x", "has to be http://"),
            ("/shop/=nonsense", "has to be http://"),
        ] {
            let error = backends(&["--backend", argument]).unwrap_err();
            assert!(format!("{error:#}").contains(word), "{argument}: {error:#}");
        }
        let outside = [
            "--public-url",
            "http://h/h5",
            "--backend",
            "/shop/=http://h:1",
        ];
        let error = backends(&outside).unwrap_err().to_string();
        assert!(error.contains("/h5/shop/"), "{error}");
    }

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
