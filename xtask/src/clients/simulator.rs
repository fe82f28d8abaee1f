//! A simulator of its own for each client, on a free port.

use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;

use crate::log_lines::LogLines;
use crate::processes::{self, Group};
use crate::workspace;

/// Starting takes a hundredth of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running `wechat-simulator`, stopped when dropped.
pub(crate) struct Simulator {
    base_url: String,
    _process: Group,
    _log: LogLines,
}

impl Simulator {
    /// Builds the program if need be, starts it and waits until it listens.
    ///
    /// # Errors
    /// When it does not compile or does not start.
    pub(crate) fn start() -> anyhow::Result<Simulator> {
        // The contract tests bring the program along, compiled as the native tests left it, so this takes no time.
        let status = processes::run(workspace::cargo().args([
            "test",
            "--quiet",
            "--workspace",
            "--test=contract",
            "--no-run",
        ]))?;
        anyhow::ensure!(
            status.success(),
            "the simulator does not compile, see above"
        );
        let mut process = Group::spawn(
            workspace::command(workspace::debug_binary("wechat-simulator")?)
                .args(["--listen", "127.0.0.1:0"])
                .stdout(Stdio::piped()),
        )?;
        let (sender, lines) = mpsc::channel();
        let log = LogLines::each(process.leader(), move |line| {
            // Nobody listens any more once the address is known.
            let _ = sender.send(line.to_owned());
        });
        loop {
            let line = lines
                .recv_timeout(PATIENCE)
                .context("the simulator does not say where it listens")?;
            if let Some(base_url) = address_in(&line) {
                return Ok(Simulator {
                    base_url: base_url.to_owned(),
                    _process: process,
                    _log: log,
                });
            }
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }
}

/// The first web address of a line like `…, at http://127.0.0.1:8082 (people: http://…)`.
fn address_in(line: &str) -> Option<&str> {
    let address = &line[line.find("http://127.0.0.1:")?..];
    let port = &address["http://127.0.0.1:".len()..];
    let digits = port
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(port.len());
    (digits > 0).then(|| &address[..address.len() - port.len() + digits])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_the_simulators_greeting() {
        let line = "wechat-simulator: a simulation, not WeChat, at http://127.0.0.1:41555 (people: http://127.0.0.1:41555/_simulator)";
        assert_eq!(address_in(line), Some("http://127.0.0.1:41555"));
        assert_eq!(address_in("listening on http://127.0.0.1:"), None);
        assert_eq!(address_in(""), None);
    }
}
