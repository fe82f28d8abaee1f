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

impl Options {
    /// From the arguments, `BACKEND` and `LAN`.
    ///
    /// # Errors
    /// An argument that does not exist, and an address that is none or cannot be found.
    pub(super) fn read(arguments: &[String]) -> anyhow::Result<Options> {
        let told = [workspace::told("BACKEND"), workspace::told("LAN")];
        Options::of(arguments, told, address_in_the_network)
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
        let lan = match lan.as_deref() {
            None | Some("0" | "no" | "false") => None,
            Some("1" | "yes" | "true") => Some(own_address()?),
            Some(address) => Some(address.parse().with_context(|| {
                format!(
                    "LAN={address} is no address such as 192.168.1.20; LAN=1 finds this machine's"
                )
            })?),
        };
        Ok(Options { backends, lan })
    }

    /// Where app and simulator listen.
    pub(super) fn listen(&self) -> Ipv4Addr {
        match self.lan {
            Some(_) => Ipv4Addr::UNSPECIFIED,
            None => Ipv4Addr::LOCALHOST,
        }
    }
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
            assert_eq!(options.listen(), Ipv4Addr::LOCALHOST);
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
            assert_eq!(options.listen(), Ipv4Addr::UNSPECIFIED);
        }
        let error = of(&[], [None, Some("my-laptop")]).unwrap_err().to_string();
        assert!(error.contains("LAN=my-laptop is no address"), "{error}");
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
}
