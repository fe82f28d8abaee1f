//! A server on a free port: started, and asked by its own words where it listens.

use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;

use crate::processes::Group;

/// Starting takes a hundredth of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server, stopped when dropped.
pub(crate) struct Listening {
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    _process: Group,
}

impl Listening {
    /// Starts `command`, whose output is to be piped, and waits for the line in which it names its address behind
    /// `words`.
    ///
    /// # Errors
    /// When it does not start, or ends or is silent for too long; with its last lines.
    pub(crate) fn start(command: &mut Command, words: &str) -> anyhow::Result<Listening> {
        let (sender, lines) = mpsc::channel();
        let process = Group::spawn(command, move |line| {
            // Nobody listens any more once the address is known.
            let _ = sender.send(line.to_owned());
        })?;
        let mut said = Vec::new();
        loop {
            let line = lines.recv_timeout(PATIENCE).with_context(|| {
                format!("it does not say where it listens:\n{}", said.join("\n"))
            })?;
            if let Some(address) = address_behind(words, &line) {
                return Ok(Listening {
                    address: address.to_owned(),
                    _process: process,
                });
            }
            said.push(line);
        }
    }
}

/// The first `127.0.0.1:PORT` behind these words; what stands elsewhere is another address.
fn address_behind<'a>(words: &str, line: &'a str) -> Option<&'a str> {
    const HOST: &str = "127.0.0.1:";
    let (_, rest) = line.split_once(words)?;
    let rest = &rest[rest.find(HOST)?..];
    let port = &rest[HOST.len()..];
    let digits = port.find(|c: char| !c.is_ascii_digit());
    let digits = digits.unwrap_or(port.len());
    (digits > 0).then(|| &rest[..HOST.len() + digits])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Stdio;

    #[test]
    fn the_address_is_found_in_a_greeting() {
        let greeting = "a simulation, not WeChat, at http://127.0.0.1:41555 (people: http://127.0.0.1:41555/_simulator)";
        let found = address_behind("not WeChat", greeting);
        assert_eq!(found, Some("127.0.0.1:41555"));
        assert_eq!(address_behind("at", "at http://127.0.0.1:"), None);
        let log = "INFO proxy: starting public_url=\"http://127.0.0.1:8080\"";
        assert_eq!(address_behind(": listening ", log), None);
    }

    #[test]
    fn a_server_that_ends_is_a_failure_with_its_words() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "echo no database >&2; exit 1"])
            .stderr(Stdio::piped());
        let error = Listening::start(&mut command, "listening").err().unwrap();
        assert!(error.to_string().contains("no database"), "{error}");
    }
}
