//! The subcommand `health`: asks a running proxy whether it is alive, for images without any other program.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use super::arguments::ConfigFile;

/// For connecting, sending and receiving each.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Of an answer, in bytes: `HTTP/1.1 200`.
const STATUS_LINE: usize = 12;

#[derive(Args)]
pub(super) struct Health {
    #[command(flatten)]
    config: ConfigFile,
    /// Where it listens instead.
    #[arg(long, value_name = "127.0.0.1:8081")]
    address: Option<SocketAddr>,
    /// It must be ready for requests, too: its database answers, and it is not about to end.
    #[arg(long)]
    ready: bool,
}

impl Health {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let listen = match self.address {
            Some(address) => address,
            None => self.config.load()?.listen,
        };
        let asked = ask(reachable(listen), self.ready);
        Ok(asked.map_or_else(
            |error| {
                eprintln!("{error:#}.");
                ExitCode::FAILURE
            },
            |()| ExitCode::SUCCESS,
        ))
    }
}

/// Asks for `/healthz`, or `/readyz` where it shall be ready.
fn ask(address: SocketAddr, must_be_ready: bool) -> anyhow::Result<()> {
    let path = if must_be_ready { "/readyz" } else { "/healthz" };
    let status = status(address, path).with_context(|| format!("{address} does not answer"))?;
    // Any HTTP/1: the digit after it is not ours to judge.
    anyhow::ensure!(
        status.starts_with("HTTP/1.") && status.ends_with(" 200"),
        "{address}{path} answers {status:?} instead of 200"
    );
    Ok(())
}

/// "Every address of this machine" is none to connect to.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn status(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut line = [0; STATUS_LINE];
    stream.read_exact(&mut line)?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_asked_as_this_machine() {
        for (listen, asked) in [
            ("0.0.0.0:8081", "127.0.0.1:8081"),
            ("[::]:8081", "[::1]:8081"),
            ("192.0.2.1:8081", "192.0.2.1:8081"),
        ] {
            let asked: SocketAddr = asked.parse().unwrap();
            assert_eq!(reachable(listen.parse().unwrap()), asked);
        }
    }
}
