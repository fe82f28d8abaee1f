//! What `make dev` is told: by its environment, which make fills from its command line, or by arguments.

use std::net::{Ipv4Addr, UdpSocket};

use anyhow::{Context, bail};

use crate::workspace;

/// What may differ from one start to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// Back ends of one's own, as the development server takes them.
    pub(super) backends: Vec<String>,
    /// This machine's address in its network, if others there may open the app.
    pub(super) lan: Option<Ipv4Addr>,
}

/// Fails where it is neither `http://HOST:PORT` nor this behind a path. The development server says the rest.
fn require_address(backend: &str) -> anyhow::Result<()> {
    let (path, address) = backend.split_once('=').unwrap_or(("/", backend));
    let host = address
        .strip_prefix("http://")
        .and_then(|it| it.rsplit_once(':'));
    let is_address = host.is_some_and(|(host, port)| {
        !host.is_empty() && port.trim_end_matches('/').parse::<u16>().is_ok()
    });
    anyhow::ensure!(
        is_address && path.starts_with('/'),
        "BACKEND={backend}: write http:// with host and port, such as BACKEND=http://127.0.0.1:9000, or with the path \
         that leads there, BACKEND=/shop/=http://127.0.0.1:9000"
    );
    Ok(())
}

impl Options {
    /// From the arguments, `BACKEND` and `LAN`.
    ///
    /// # Errors
    /// An argument that does not exist, a back end that is no address, and an address that is none, is not this machine's or cannot be found.
    pub(super) fn read(arguments: &[String]) -> anyhow::Result<Options> {
        let told = [workspace::told("BACKEND"), workspace::told("LAN")];
        let options = Options::of(arguments, told, address_in_the_network)?;
        if let Some(address) = options.lan {
            require_own(address)?;
        }
        Ok(options)
    }

    fn of(
        arguments: &[String],
        [backends, lan]: [Option<String>; 2],
        own_address: impl Fn() -> anyhow::Result<Ipv4Addr>,
    ) -> anyhow::Result<Options> {
        let backends = backends.unwrap_or_default();
        let mut backends: Vec<String> = backends.split_whitespace().map(str::to_owned).collect();
        let mut lan = lan;
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            match (name, value) {
                ("--lan", value) => lan = Some(value.unwrap_or_else(|| "1".to_owned())),
                ("--backend", Some(value)) => backends.push(value),
                ("--backend", None) => {
                    let value = arguments.next();
                    backends.push(value.context("--backend: where is it?")?.clone());
                }
                _ => bail!(
                    "dev knows no {argument:?}, but --lan, --lan=ADDRESS and --backend http://HOST:PORT"
                ),
            }
        }
        for backend in &backends {
            require_address(backend)?;
        }
        let lan = match lan.as_deref() {
            None | Some("0" | "no" | "false") => None,
            Some("1" | "yes" | "true") => Some(private(own_address()?)?),
            Some(address) => Some(address.parse().with_context(|| {
                format!(
                    "LAN={address} is no address such as 192.168.1.20; LAN=1 finds this machine's"
                )
            })?),
        };
        Ok(Options { backends, lan })
    }

    /// Where app and simulator listen: on this machine, and in the one network that was asked for. The machine may be in
    /// others.
    pub(super) fn listen(&self) -> Vec<Ipv4Addr> {
        let lan = self.lan.filter(|it| *it != Ipv4Addr::LOCALHOST);
        [Ipv4Addr::LOCALHOST].into_iter().chain(lan).collect()
    }
}

/// An address that was found, and that the internet does not reach: RFC 1918, RFC 3927, RFC 6598.
fn private(found: Ipv4Addr) -> anyhow::Result<Ipv4Addr> {
    let is_shared = found.octets()[0] == 100 && found.octets()[1] & 0xC0 == 64;
    anyhow::ensure!(
        found.is_private() || found.is_link_local() || is_shared,
        "this machine's address is {found}, which the whole internet may reach: name the address of the network that is \
         meant, as in `make dev LAN=192.168.1.20`, or {found} if it is that one"
    );
    Ok(found)
}

/// Nobody can listen anywhere else, and 0.0.0.0 would be every network.
fn require_own(address: Ipv4Addr) -> anyhow::Result<()> {
    let is_own = !address.is_unspecified() && UdpSocket::bind((address, 0)).is_ok();
    anyhow::ensure!(
        is_own,
        "LAN={address} is no address of this machine: `ip -4 address` (macOS: `ifconfig`) lists them, and LAN=1 finds one"
    );
    Ok(())
}

/// The address from which this machine would speak to others. Nothing is sent: the other one is in no network.
fn address_in_the_network() -> anyhow::Result<Ipv4Addr> {
    let asked = || -> std::io::Result<_> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    };
    match asked().map(|address| address.ip()) {
        Ok(std::net::IpAddr::V4(address)) if !address.is_loopback() => Ok(address),
        _ => bail!(
            "this machine's address in the network cannot be told: say it, as in `make dev LAN=192.168.1.20`"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&str], told: [Option<&str>; 2]) -> anyhow::Result<Options> {
        let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
        let found = || Ok(Ipv4Addr::new(10, 0, 0, 7));
        Options::of(&arguments, told.map(|it| it.map(str::to_owned)), found)
    }

    #[test]
    fn nothing_said_is_this_machine_alone() {
        for told in [[None, None], [None, Some("0")]] {
            let options = of(&[], told).unwrap();
            assert_eq!(options, Options::default());
            assert_eq!(options.listen(), [Ipv4Addr::LOCALHOST]);
        }
    }

    #[test]
    fn the_address_is_found_or_told() {
        for (arguments, told, expected) in [
            (&[][..], Some("1"), "10.0.0.7"),
            (&["--lan"], None, "10.0.0.7"),
            (&["--lan=192.168.1.20"], None, "192.168.1.20"),
            (&[], Some("192.168.1.20"), "192.168.1.20"),
        ] {
            let options = of(arguments, [None, told]).unwrap();
            assert_eq!(options.lan.unwrap().to_string(), expected);
            let told = expected.parse().unwrap();
            assert_eq!(options.listen(), [Ipv4Addr::LOCALHOST, told]);
        }
        let error = of(&[], [None, Some("my-laptop")]).unwrap_err().to_string();
        assert!(error.contains("LAN=my-laptop is no address"), "{error}");
    }

    #[test]
    fn what_the_internet_may_reach_has_to_be_named() {
        let lan = |found: &str, told: &str| {
            let found = || Ok(found.parse().unwrap());
            Options::of(&[], [None, Some(told.to_owned())], found).map(|it| it.lan)
        };
        for inside in ["10.1.2.3", "172.16.0.1", "172.31.9.9", "192.168.0.2"] {
            assert!(lan(inside, "1").is_ok(), "{inside}");
        }
        for inside in ["169.254.3.4", "100.64.0.1", "100.127.255.254"] {
            assert!(lan(inside, "1").is_ok(), "{inside}");
        }
        for outside in ["8.8.8.8", "172.32.0.1", "100.63.0.1", "100.128.0.1"] {
            let error = lan(outside, "1").unwrap_err().to_string();
            assert!(error.contains(&format!("or {outside} if")), "{error}");
            assert_eq!(lan("10.0.0.7", outside).unwrap(), outside.parse().ok());
        }
    }

    #[test]
    fn only_this_machines_addresses_are_listened_on() {
        require_own(Ipv4Addr::LOCALHOST).unwrap();
        // For documents alone (RFC 5737), and every network.
        for other in [Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::UNSPECIFIED] {
            let error = require_own(other).unwrap_err().to_string();
            assert!(error.contains(&format!("LAN={other} is no address of")));
        }
    }

    #[test]
    fn back_ends_are_handed_on_as_they_are() {
        let options = of(
            &[
                "--backend",
                "/a/=http://127.0.0.1:1",
                "--backend=http://127.0.0.1:2",
            ],
            [Some("http://127.0.0.1:3 /b=http://127.0.0.1:4"), None],
        );
        let expected = [
            "http://127.0.0.1:3",
            "/b=http://127.0.0.1:4",
            "/a/=http://127.0.0.1:1",
            "http://127.0.0.1:2",
        ];
        assert_eq!(options.unwrap().backends, expected);
        for mistake in ["--backend", "--open", "serve"] {
            assert!(of(&[mistake], [None, None]).is_err(), "{mistake}");
        }
    }

    #[test]
    fn a_back_end_that_is_no_address_is_refused_with_the_way_to_write_it() {
        for mistake in [
            "9000",
            "localhost:9000",
            "https://a:1",
            "http://a",
            "shop=http://a:1",
            "http://:1",
        ] {
            let error = of(&[], [Some(mistake), None]).unwrap_err().to_string();
            assert!(error.contains("BACKEND=http://127.0.0.1:9000"), "{error}");
        }
    }
}
