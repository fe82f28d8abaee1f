//! One replica of the proxy: a process that can be killed, stopped and started again on its address.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::Client;

use crate::addresses::free_address;
use crate::program::Executable;
use crate::suite_log;

/// Until it answers after a start; a machine that compiles besides is slow.
const START: Duration = Duration::from_secs(60);
/// What docs/deploy gives it before systemd or Docker kill it.
const PATIENCE: Duration = Duration::from_secs(30);
/// What it says when it ends because of its database; anything else is a mistake.
const DATABASE_AWAY: &str = "Error: database: ";
const POLL: Duration = Duration::from_millis(20);

/// A replica, running or not.
pub struct Replica {
    /// Where it listens whenever it runs.
    pub address: SocketAddr,
    program: OsString,
    folder: PathBuf,
    environment: Vec<(String, String)>,
    process: Option<Child>,
    /// What its log is kept by.
    name: &'static str,
}

impl Replica {
    /// Not started yet; `folder` holds its proxy.toml. `WECHAT_LOGIN_REPLICAS_PROGRAM` names another program than that
    /// of this build, such as the one that is shipped.
    pub fn new(program: Executable, folder: &Path, database_url: &str) -> Self {
        let address = free_address();
        let other = std::env::var_os("WECHAT_LOGIN_REPLICAS_PROGRAM");
        Self {
            address,
            program: other.unwrap_or_else(|| program.0.into()),
            folder: folder.to_owned(),
            environment: vec![
                ("WECHAT_LOGIN__LISTEN".to_owned(), address.to_string()),
                (
                    "WECHAT_LOGIN__DATABASE_URL".to_owned(),
                    database_url.to_owned(),
                ),
            ],
            process: None,
            name: match database_url.starts_with("postgres") {
                true => "replica-on-postgresql",
                false => "replica",
            },
        }
    }

    /// Starts the process and waits until it is ready. One that ends because its database is away is started again, as
    /// systemd and Docker do.
    pub async fn start(&mut self, client: &Client) {
        let started = Instant::now();
        self.spawn();
        while !self.is_ready(client).await {
            assert!(
                started.elapsed() < START,
                "a replica did not start:\n{}",
                self.log()
            );
            if !self.is_running() {
                let log = self.log();
                // The reason itself, and then what caused it.
                let reason = log.lines().rfind(|line| line.starts_with("Error: "));
                let is_database = reason.is_some_and(|it| it.starts_with(DATABASE_AWAY));
                assert!(is_database, "a replica ended:\n{log}");
                self.spawn();
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn spawn(&mut self) {
        let port = self.address.port();
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join(format!("{port}.log")))
            .unwrap();
        let process = Command::new(&self.program)
            .args(["serve", "--config", "proxy.toml"])
            .current_dir(&self.folder)
            .env_remove("WECHAT_LOGIN_CONFIG")
            // Its reasons are enough.
            .env("RUST_BACKTRACE", "0")
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.process = Some(process);
    }

    /// SIGKILL: gone in the middle of whatever it does.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// SIGTERM. Gives how long it took to end.
    pub async fn stop(&mut self) -> Duration {
        let told = Instant::now();
        if let Some(process) = &self.process {
            let id = Pid::from_raw(i32::try_from(process.id()).unwrap());
            kill(id, Signal::SIGTERM).unwrap();
        }
        while self.is_running() {
            let log = self.log();
            assert!(told.elapsed() < PATIENCE, "a replica did not stop:\n{log}");
            tokio::time::sleep(POLL).await;
        }
        self.process = None;
        told.elapsed()
    }

    /// What it has written to its log since it was first started.
    pub fn log(&self) -> String {
        let file = self.folder.join(format!("{}.log", self.address.port()));
        std::fs::read_to_string(file).unwrap_or_default()
    }

    fn is_running(&mut self) -> bool {
        self.process
            .as_mut()
            .is_some_and(|process| matches!(process.try_wait(), Ok(None)))
    }

    async fn is_ready(&self, client: &Client) -> bool {
        let url = format!("http://{}/readyz", self.address);
        let answer = client.get(url).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
        if !std::thread::panicking() {
            suite_log::keep(self.name, self.log());
        }
    }
}
