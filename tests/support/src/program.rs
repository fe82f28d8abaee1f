//! A program of ours as a process, run by a test in a folder of its own; killed when dropped.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::suite_log;

/// Longer than anything here takes: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(40);

/// What a test that does not say otherwise has it log.
const LOGGED: &str = "warn,wechat_login_proxy=info";

/// What the logs are kept by.
const NAME: &str = "program";

/// Where the program is: `env!("CARGO_BIN_EXE_…")`, which only its own tests know.
#[derive(Clone, Copy)]
pub struct Executable(pub &'static str);

impl Executable {
    /// Runs it to its end with these arguments, and without a configuration of the surroundings'.
    ///
    /// # Panics
    /// When it cannot be run.
    pub fn run(self, folder: &Path, arguments: &[&str]) -> Output {
        let output = self.command(folder).args(arguments).output().unwrap();
        suite_log::keep(NAME, &output.stderr);
        suite_log::keep(NAME, &output.stdout);
        output
    }

    /// Starts it with this configuration, and returns once it listens.
    ///
    /// # Panics
    /// When it does not.
    pub fn start(self, folder: &Path, toml: &str) -> Program {
        self.start_saying(LOGGED, folder, toml)
    }

    /// The same, logging so much (`RUST_LOG`).
    ///
    /// # Panics
    /// When it does not listen.
    pub fn start_saying(self, logged: &str, folder: &Path, toml: &str) -> Program {
        let mut program = self.spawn_saying(logged, folder, toml);
        let line = program.wait_for("listening");
        // Whatever stands around it in this format.
        let from = line.find("127.0.0.1:").unwrap();
        let end = line[from..]
            .find(['"', ' '])
            .map_or(line.len(), |length| from + length);
        program.address = line[from..end].trim().parse().unwrap();
        program
    }

    /// Starts it with this configuration. It may never listen.
    ///
    /// # Panics
    /// When it cannot be run.
    pub fn spawn(self, folder: &Path, toml: &str) -> Program {
        self.spawn_saying(LOGGED, folder, toml)
    }

    fn spawn_saying(self, logged: &str, folder: &Path, toml: &str) -> Program {
        std::fs::write(folder.join("proxy.toml"), toml).unwrap();
        let mut process = self
            .command(folder)
            .env("RUST_LOG", logged)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = suite_log::keeping(NAME, process.stderr.take().unwrap());
        let lines = BufReader::new(log).lines();
        let (said, log) = mpsc::channel();
        // Read on to the end, or the program would be told that nobody listens any more.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = said.send(line);
            }
        });
        Program {
            process,
            log,
            seen: Vec::new(),
            address: ([0, 0, 0, 0], 0).into(),
        }
    }

    fn command(self, folder: &Path) -> Command {
        let mut command = Command::new(self.0);
        command
            .current_dir(folder)
            .env_remove("WECHAT_LOGIN_CONFIG");
        command
    }
}

/// A running proxy.
pub struct Program {
    process: Child,
    log: Receiver<String>,
    /// What of the log was looked at, for messages.
    seen: Vec<String>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Program {
    /// Where it is.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next line of the log with these words.
    ///
    /// # Panics
    /// When there is none before the end of the program or of patience.
    pub fn wait_for(&mut self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.log.recv_timeout(left) else {
                panic!("{words:?} is not in the log:\n{}", self.seen.join("\n"));
            };
            self.seen.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Sends a signal: `TERM`, `INT`, `KILL`.
    ///
    /// # Panics
    /// When it cannot be sent.
    pub fn signal(&self, name: &str) {
        let process = self.process.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", name, &process])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it does not end.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it does not end:\n{}", self.seen.join("\n"));
    }

    /// All of the log that was not looked at yet, once the program has ended.
    pub fn rest_of_log(&self) -> String {
        self.log.iter().collect::<Vec<_>>().join("\n")
    }

    /// SIGKILL: gone in the middle of whatever it does. Gives all of its log.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(mut self) -> String {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let lines: Vec<String> = self.seen.drain(..).chain(self.log.iter()).collect();
        lines.join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
