//! The three servers: where they are, and whether they answer.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use crate::screen::Colour;

/// WeChat's side.
pub(super) const SIMULATOR: Server = Server {
    name: "simulator",
    program: "wechat-simulator",
    colour: Some(Colour::Yellow),
    port: 8082,
    is_open: true,
    health: "/_simulator/health",
};

/// Our server.
pub(super) const PROXY: Server = Server {
    name: "proxy",
    program: "wechat-login-proxy",
    colour: Some(Colour::Blue),
    port: 8081,
    is_open: false,
    health: "/healthz",
};

/// What serves the app and says what to open.
pub(super) const APP: Server = Server {
    name: "app",
    program: "dev-server",
    colour: None,
    port: 8080,
    is_open: true,
    health: "/_dev/health",
};

/// In the order of their start.
pub(super) const SERVERS: [Server; 3] = [SIMULATOR, PROXY, APP];

/// A server on a port of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// Its name in front of its log lines and in messages.
    pub(super) name: &'static str,
    /// The program behind it.
    pub(super) program: &'static str,
    /// The colour of that name; without one its lines appear as they are.
    pub(super) colour: Option<Colour>,
    /// The port on 127.0.0.1.
    pub(super) port: u16,
    /// Whether browsers ask it themselves, so that it listens in the network, too, where that is wanted.
    pub(super) is_open: bool,
    /// The end of a path that answers 200 once it works.
    pub(super) health: &'static str,
}

impl Server {
    /// `127.0.0.1:PORT`.
    pub(super) fn address(self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Whether it answers this path with 200. Without a library, for which everybody would wait who compiles xtask.
    pub(super) fn answers(self, path: &str) -> std::io::Result<bool> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let address = self.address();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer.starts_with(b"HTTP/1.1 200"))
    }
}
