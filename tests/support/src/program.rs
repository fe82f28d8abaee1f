//! A program of ours as a process, run by a test in a folder of its own; killed when dropped.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::suite_log;

/// Longer than anything here takes: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(40);

/// What a test that does not say otherwise has it log.
const LOGGED: &str = "warn,wechat_login_proxy=info";

/// What the logs are kept by.
const NAME: &str = "program";

/// Where the program is: `env!("CARGO_BIN_EXE_…")`, which only its own tests know; and as which user it is run, if not as the
/// test's own.
#[derive(Clone, Copy)]
pub struct Executable(pub &'static str, pub Option<u32>);

impl Executable {
    /// The same program, in this folder, which is open to all, run by this user, as only root can have it.
    pub fn as_user(self, uid: u32, folder: &Path) -> Self {
        let program = folder.join("program");
        if std::fs::hard_link(self.0, &program).is_err() {
            std::fs::copy(self.0, &program).unwrap();
        }
        Self(program.display().to_string().leak(), Some(uid))
    }

    /// Runs it to its end with these arguments, words with blanks between them.
    pub async fn run(self, folder: &Path, arguments: &str) -> Said {
        self.run_in(&[], folder, arguments).await
    }

    /// The same with these variables in its environment.
    pub async fn run_in(
        self,
        environment: &[(&str, &str)],
        folder: &Path,
        arguments: &str,
    ) -> Said {
        let mut command = tokio::process::Command::from(self.command(folder));
        command.envs(environment.iter().copied());
        let output = command.args(arguments.split_whitespace()).output().await;
        let output = output.unwrap();
        suite_log::keep(NAME, &output.stderr);
        suite_log::keep(NAME, &output.stdout);
        Said {
            code: output.status.code(),
            output: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts it with this configuration, and returns once it listens.
    pub fn start(self, folder: &Path, toml: &str) -> Program {
        self.start_saying(LOGGED, folder, toml)
    }

    /// The same, logging so much (`RUST_LOG`).
    pub fn start_saying(self, logged: &str, folder: &Path, toml: &str) -> Program {
        self.start_in(&[("RUST_LOG", logged)], folder, toml)
    }

    /// The same with these variables in its environment.
    pub fn start_in(self, environment: &[(&str, &str)], folder: &Path, toml: &str) -> Program {
        let mut program = self.spawn_in(environment, folder, toml);
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
    pub fn spawn(self, folder: &Path, toml: &str) -> Program {
        self.spawn_in(&[], folder, toml)
    }

    fn spawn_in(self, environment: &[(&str, &str)], folder: &Path, toml: &str) -> Program {
        std::fs::write(folder.join("proxy.toml"), toml).unwrap();
        let mut process = self
            .command(folder)
            .env("RUST_LOG", LOGGED)
            .envs(environment.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut kept = suite_log::file(NAME);
        let (said, log) = mpsc::channel();
        // Read on to the end, or the program would be told that nobody listens any more.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(kept) = &mut kept {
                    writeln!(kept, "{line}").unwrap();
                }
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
        if let Some(uid) = self.1 {
            command.uid(uid).gid(uid);
        }
        command
    }
}

/// What a program that has ended has said.
pub struct Said {
    /// Its exit code.
    pub code: Option<i32>,
    /// Its standard output.
    pub output: String,
    /// Its standard error.
    pub errors: String,
}

impl Said {
    /// Asserts that it has complained in these words.
    pub fn assert_error(&self, words: &str) {
        assert!(self.errors.contains(words), "{words}: {}", self.errors);
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
    pub fn signal(&self, name: &str) {
        let signal: Signal = format!("SIG{name}").parse().unwrap();
        let process = i32::try_from(self.process.id()).unwrap();
        kill(Pid::from_raw(process), signal).unwrap();
    }

    /// Waits for its end.
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
