//! The program itself, run by a test in a folder of its own; killed when dropped.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// Longer than anything here takes: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(40);

/// What a test that does not say otherwise has it log.
const LOGGED: &str = "warn,wechat_login_proxy=info";

/// A running proxy.
pub(crate) struct Program {
    process: Child,
    log: Receiver<String>,
    /// What of the log was looked at, for messages.
    seen: Vec<String>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Starts it with this configuration, and returns once it listens.
    ///
    /// # Panics
    /// When it does not.
    pub(crate) fn start(folder: &Path, toml: &str) -> Self {
        Self::start_saying(LOGGED, folder, toml)
    }

    /// The same, logging so much (`RUST_LOG`).
    ///
    /// # Panics
    /// When it does not listen.
    pub(crate) fn start_saying(logged: &str, folder: &Path, toml: &str) -> Self {
        let mut program = Self::spawn_saying(logged, folder, toml);
        let line = program.wait_for("listening address=");
        let (_, address) = line.split_once("address=").unwrap();
        program.address = address.trim().parse().unwrap();
        program
    }

    /// Starts it with this configuration. It may never listen.
    pub(crate) fn spawn(folder: &Path, toml: &str) -> Self {
        Self::spawn_saying(LOGGED, folder, toml)
    }

    fn spawn_saying(logged: &str, folder: &Path, toml: &str) -> Self {
        std::fs::write(folder.join("proxy.toml"), toml).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_wechat-login-proxy"))
            .current_dir(folder)
            .env("RUST_LOG", logged)
            .env_remove("WECHAT_LOGIN_CONFIG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = process.stderr.take().unwrap();
        let log = suite_log::keeping(env!("CARGO_CRATE_NAME"), log);
        let lines = BufReader::new(log).lines();
        let (said, log) = mpsc::channel();
        // Read on to the end, or the program would be told that nobody listens any more.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = said.send(line);
            }
        });
        Self {
            process,
            log,
            seen: Vec::new(),
            address: ([0, 0, 0, 0], 0).into(),
        }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next line of the log with these words.
    ///
    /// # Panics
    /// When there is none before the end of the program or of patience.
    pub(crate) fn wait_for(&mut self, words: &str) -> String {
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
    pub(crate) fn signal(&self, name: &str) {
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
    pub(crate) fn wait(&mut self) -> ExitStatus {
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
    pub(crate) fn rest_of_log(&self) -> String {
        self.log.iter().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
