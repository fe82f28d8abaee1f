//! A server on a free port: started, and asked by its own words where it listens.

use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;

use crate::log_lines::LogLines;
use crate::processes::Group;

/// Starting takes a hundredth of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server, stopped when dropped.
pub(crate) struct Listening {
    /// What its words held.
    pub(crate) found: String,
    _process: Group,
    _log: LogLines,
}

impl Listening {
    /// Starts `command`, whose output is to be piped, and waits for a line in which `find` finds something.
    ///
    /// # Errors
    /// When it does not start, or ends or is silent for too long; with its last lines.
    pub(crate) fn start(
        command: &mut Command,
        find: fn(&str) -> Option<&str>,
    ) -> anyhow::Result<Listening> {
        let mut process = Group::spawn(command)?;
        let (sender, lines) = mpsc::channel();
        let log = LogLines::each(process.leader(), move |line| {
            // Nobody listens any more once the address is known.
            let _ = sender.send(line.to_owned());
        });
        let mut said = Vec::new();
        loop {
            let line = lines.recv_timeout(PATIENCE).with_context(|| {
                format!("it does not say where it listens:\n{}", said.join("\n"))
            })?;
            if let Some(found) = find(&line) {
                let found = found.to_owned();
                return Ok(Listening {
                    found,
                    _process: process,
                    _log: log,
                });
            }
            said.push(line);
        }
    }
}

/// The first `http://127.0.0.1:PORT` of a line.
pub(crate) fn web_address(line: &str) -> Option<&str> {
    after(line, "http://127.0.0.1:").map(|end| &line[end.0..end.1])
}

/// The `127.0.0.1:PORT` of the line in which our proxy says that it listens; other lines name other addresses.
pub(crate) fn socket_address(line: &str) -> Option<&str> {
    let (_, line) = line.split_once(": listening ")?;
    after(line, "127.0.0.1:").map(|end| &line[end.0..end.1])
}

/// From where to where `front` with digits behind it stands.
fn after(line: &str, front: &str) -> Option<(usize, usize)> {
    let start = line.find(front)?;
    let port = &line[start + front.len()..];
    let digits = port.find(|c: char| !c.is_ascii_digit());
    let digits = digits.unwrap_or(port.len());
    (digits > 0).then(|| (start, start + front.len() + digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Stdio;

    #[test]
    fn the_address_is_found_in_a_greeting() {
        let line = "wechat-simulator: a simulation, not WeChat, at http://127.0.0.1:41555 (people: http://127.0.0.1:41555/_simulator)";
        assert_eq!(web_address(line), Some("http://127.0.0.1:41555"));
        assert_eq!(web_address("listening on http://127.0.0.1:"), None);
        assert_eq!(web_address(""), None);
        let line = "2026-11-22T00:00:00Z  INFO proxy: listening address=127.0.0.1:8081";
        assert_eq!(socket_address(line), Some("127.0.0.1:8081"));
        let line =
            "2026-11-22T00:00:00Z  INFO proxy: starting public_url=\"http://127.0.0.1:8080\"";
        assert_eq!(socket_address(line), None);
    }

    #[test]
    fn a_server_that_ends_is_a_failure_with_its_words() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "echo no database >&2; exit 1"])
            .stderr(Stdio::piped());
        let error = Listening::start(&mut command, web_address).err().unwrap();
        assert!(error.to_string().contains("no database"), "{error}");
    }
}
