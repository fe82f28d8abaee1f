//! The command line, checked, and what it starts.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Parser;

use crate::options::{Backend, Options, PublicUrl, address};
use crate::{greeting, server, status};

/// Where `--backend` is found without a path of its own: the location of `docs/deploy/nginx-forward-auth.conf`.
const BACKEND_PATH: &str = "/backend/";

/// Paths below that of the site which are somebody else's.
const TAKEN: [&str; 3] = ["/api/", "/service/", "/_dev/"];

/// Serves the app of this repository during development, in front of the proxy and of your own back ends.
#[derive(Debug, Parser)]
#[command(name = "dev-server")]
pub struct CommandLine {
    /// Address and port to listen on; may be given several times.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: Vec<SocketAddr>,
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
        let listeners = server::listen(&self.listen)?;
        let options = self.options()?;
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
            builds: status::watch(self.status),
            app: self.app,
            public_url: self.public_url,
            proxy: self.proxy,
            simulator: self.simulator,
            backends,
            lan: self.lan || self.listen.iter().any(|it| !it.ip().is_loopback()),
        })
    }
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
    fn what_listens_beyond_this_machine_is_open_to_others_whether_said_or_not() {
        let here = ["--listen", "127.0.0.1:1"];
        for (more, lan) in [
            (&[][..], false),
            (&["--lan"], true),
            (&["--listen", "192.168.1.2:1"], true),
        ] {
            let arguments = [&["dev-server", "--status", "/dev/null"], &here[..], more].concat();
            let line = CommandLine::try_parse_from(arguments).unwrap();
            let runtime = actix_web::rt::Runtime::new().unwrap();
            let options = runtime.block_on(async { line.options() }).unwrap();
            assert_eq!(options.lan, lan, "{more:?}");
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
}
