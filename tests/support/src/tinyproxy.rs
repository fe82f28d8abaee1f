//! A real forward proxy for one test.

use std::net::SocketAddr;

use crate::kept::Kept;

const ARGUMENTS: [&str; 3] = ["-d", "-c", "tinyproxy.conf"];

/// A running tinyproxy, on this machine and for it only.
pub struct Tinyproxy {
    /// Where it listens.
    pub address: SocketAddr,
    kept: Kept,
}

impl Tinyproxy {
    /// Runs it with these lines in its configuration.
    ///
    /// # Panics
    /// When it is missing, or refuses the configuration.
    pub fn start(lines: &str) -> Self {
        let (address, kept) =
            Kept::on_a_free_port("tinyproxy", &ARGUMENTS, |address| files(address, lines));
        Self { address, kept }
    }

    /// The same where another one was.
    ///
    /// # Panics
    /// When somebody else listens there, too.
    pub fn start_at(address: SocketAddr, lines: &str) -> Self {
        let kept = Kept::start("tinyproxy", &ARGUMENTS, files(address, lines));
        let kept = kept.unwrap_or_else(|log| panic!("tinyproxy did not start:\n{log}"));
        Self { address, kept }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests it was sent that begin so, such as `CONNECT`.
    pub fn requests(&self, beginning: &str) -> usize {
        let front = format!("): {beginning} ");
        let log = self.kept.log();
        let requests = log
            .lines()
            .filter(|line| line.contains("Request (file descriptor"));
        requests.filter(|line| line.contains(&front)).count()
    }
}

fn files(address: SocketAddr, lines: &str) -> Vec<(&'static str, String)> {
    let (host, port) = (address.ip(), address.port());
    let main = format!(
        "Listen {host}\nPort {port}\nMaxClients 100\nTimeout 600\nPidFile \"server.pid\"\nLogFile \"error.log\"\n\
         LogLevel Connect\n{lines}\n"
    );
    vec![("tinyproxy.conf", main)]
}
