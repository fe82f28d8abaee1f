//! The proxy's configuration for development, tried before a running proxy is ended for it.

use std::process::Command;

use crate::screen;

use super::options::Options;
use super::programs::{self, Programs};
use super::server::{APP, PROXY, SIMULATOR};

/// The file. The simulator reads its accounts, too.
pub(super) const FILE: &str = "proxy/dev.toml";

/// What holds, as far as others have to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Config {
    /// Where browsers find the app.
    pub(super) public_url: String,
    /// What the proxy is told beside the file.
    environment: Vec<(&'static str, String)>,
}

impl Config {
    /// What holds until the file has been read for the first time.
    pub(super) fn unknown(options: &Options) -> Config {
        Config::of(options, &format!("http://{}", APP.address()))
    }

    /// Asks the proxy. Nothing where it would not start with the file; why is on the screen.
    pub(super) fn read(programs: &Programs, options: &Options) -> anyhow::Result<Option<Config>> {
        let Some(listing) = tried(proxy(programs, "config", &[]).arg("--show"))? else {
            return Ok(None);
        };
        let public_url = public_url(&listing).unwrap_or_default();
        let config = Config::of(options, &public_url);
        let fits = config.environment.is_empty()
            || tried(&mut proxy(programs, "config", &config.environment))?.is_some();
        Ok(fits.then_some(config))
    }

    fn of(options: &Options, public_url: &str) -> Config {
        let Some(host) = options.lan else {
            return Config {
                public_url: public_url.to_owned(),
                environment: Vec::new(),
            };
        };
        let public_url = format!("http://{host}:{}{}", APP.port, path_of(public_url));
        let simulator = format!("http://{host}:{}", SIMULATOR.port);
        Config {
            environment: vec![
                ("WECHAT_LOGIN__PUBLIC_URL", public_url.clone()),
                ("WECHAT_LOGIN__WECHAT__OPEN_BASE", simulator),
            ],
            public_url,
        }
    }

    /// Where the app is on its host: empty, or such as `/h5`.
    pub(super) fn path(&self) -> String {
        path_of(&self.public_url)
    }

    /// The running proxy's command.
    pub(super) fn proxy(&self, programs: &Programs) -> Command {
        proxy(programs, "serve", &self.environment)
    }
}

fn proxy(programs: &Programs, subcommand: &str, environment: &[(&'static str, String)]) -> Command {
    let mut command = programs::start(programs, PROXY.program);
    command.args([subcommand, "--config", FILE]);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}

/// What a program says that only looks; nothing where it finds a mistake, which is on the screen.
pub(super) fn tried(command: &mut Command) -> anyhow::Result<Option<String>> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        screen::print_line(line);
    }
    Ok(None)
}

/// From what `config --show` prints.
fn public_url(listing: &str) -> Option<String> {
    let mut lines = listing.lines();
    let value = lines.find_map(|line| line.strip_prefix("public_url = \""))?;
    Some(value.split('"').next()?.to_owned())
}

/// The path in it: empty, or such as `/h5`.
fn path_of(public_url: &str) -> String {
    let path = public_url.splitn(4, '/').nth(3).unwrap_or_default();
    match path.trim_end_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn the_path_is_what_stands_behind_the_host() {
        for (public_url, path) in [
            ("http://127.0.0.1:8080", ""),
            ("http://127.0.0.1:8080/", ""),
            ("http://127.0.0.1:8080/h5", "/h5"),
            ("https://shop.example/a/h5", "/a/h5"),
        ] {
            assert_eq!(path_of(public_url), path);
        }
    }

    #[test]
    fn in_a_network_the_addresses_name_this_machine_and_keep_the_path() {
        let lan = Some(Ipv4Addr::new(192, 168, 1, 20));
        let options = Options {
            lan,
            ..Options::default()
        };
        let config = Config::of(&options, "http://127.0.0.1:8080/h5");
        assert_eq!(config.public_url, "http://192.168.1.20:8080/h5");
        assert_eq!(config.path(), "/h5");
        let simulator = (
            "WECHAT_LOGIN__WECHAT__OPEN_BASE",
            "http://192.168.1.20:8082".to_owned(),
        );
        assert_eq!(config.environment[1], simulator);
        assert_eq!(Config::of(&Options::default(), "x").environment, []);
    }

    #[test]
    fn the_address_is_read_from_what_the_proxy_prints() {
        let listing =
            "listen = \"127.0.0.1:8081\"\npublic_url = \"http://a/h5\"  # proxy/dev.toml line 6\n";
        assert_eq!(public_url(listing).as_deref(), Some("http://a/h5"));
        assert_eq!(public_url("# public_url: not set\n"), None);
    }
}
