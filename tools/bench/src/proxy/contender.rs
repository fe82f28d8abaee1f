//! Who is measured, and how each is started.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::ValueEnum;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::child::Child;
use crate::nginx::Nginx;
use crate::ours;
use crate::scenario::Scenario;

/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Contender {
    /// The least that can be done.
    Nginx,
    /// Ours with SQLite in a file.
    Sqlite,
    /// Ours with PostgreSQL.
    Postgres,
    /// Ours with SQLite in memory: nothing is durable, as with the others.
    Memory,
    /// Express with co-wechat-oauth.
    Node,
    /// FastAPI with wechatpy.
    Python,
}

/// What is needed to start them.
pub(crate) struct Programs {
    /// Our proxy, built with optimisation.
    pub(crate) proxy: PathBuf,
    /// The folder of Node's packages.
    pub(crate) node_modules: PathBuf,
    /// The interpreter that has Python's packages.
    pub(crate) python: PathBuf,
    /// The folder with the sources of the others.
    pub(crate) sources: PathBuf,
}

/// What a server is given.
pub(crate) struct Surroundings<'a> {
    pub(crate) programs: &'a Programs,
    /// Where WeChat is.
    pub(crate) wechat: SocketAddr,
    /// An empty database of PostgreSQL's.
    pub(crate) postgres: Option<String>,
    /// How many cores it has.
    pub(crate) cores: usize,
}

/// A server that listens. Ends when dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) child: Child,
    _folder: TempDir,
}

impl Contender {
    pub(crate) const ALL: [Self; 6] = [
        Self::Nginx,
        Self::Sqlite,
        Self::Postgres,
        Self::Memory,
        Self::Node,
        Self::Python,
    ];

    /// The name in the tables.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Nginx => "nginx, the floor",
            Self::Sqlite => "this proxy, SQLite",
            Self::Postgres => "this proxy, PostgreSQL",
            Self::Memory => "this proxy, in memory",
            Self::Node => "Node, Express",
            Self::Python => "Python, FastAPI",
        }
    }

    pub(crate) const fn is_ours(self) -> bool {
        matches!(self, Self::Sqlite | Self::Postgres | Self::Memory)
    }

    /// Where it answers the requests of a scenario.
    pub(crate) const fn path(self, scenario: Scenario) -> &'static str {
        match (self, scenario) {
            (Self::Nginx, Scenario::Session) => "/who",
            (_, Scenario::Exchange | Scenario::Session) => "/api/session",
            (_, Scenario::Auth) => "/api/auth",
            (_, Scenario::Put | Scenario::List) => "/api/records",
        }
    }

    /// Its command, which serves on `port` and keeps everything in `folder`.
    ///
    /// # Errors
    /// When a file cannot be written, or something of the surroundings is missing.
    pub(crate) fn command(
        self,
        surroundings: &Surroundings<'_>,
        port: u16,
        folder: &Path,
    ) -> anyhow::Result<Command> {
        let Surroundings {
            programs,
            wechat,
            postgres,
            cores,
        } = surroundings;
        let database = match self {
            Self::Sqlite => format!("sqlite:{}/proxy.sqlite", folder.display()),
            Self::Postgres => postgres.clone().context("PostgreSQL was not started")?,
            _ => "sqlite::memory:".to_owned(),
        };
        Ok(match self {
            Self::Nginx => Nginx {
                sources: &programs.sources,
                site: "floor.conf",
                port,
                wechat: *wechat,
                workers: *cores,
            }
            .command(folder)?,
            Self::Sqlite | Self::Postgres | Self::Memory => {
                let config = ours::configuration(port, *wechat, &database);
                let file = folder.join("proxy.toml");
                std::fs::write(&file, config)?;
                let mut command = Command::new(&programs.proxy);
                command.args(["serve", "--config"]).arg(file);
                command
            }
            Self::Node => {
                let mut command = Command::new("node");
                command
                    .arg(programs.sources.join("node/server.js"))
                    .env("NODE_PATH", &programs.node_modules)
                    .env("NODE_ENV", "production")
                    .env("PORT", port.to_string())
                    .env("WECHAT", format!("http://{wechat}"));
                command
            }
            Self::Python => {
                let mut command = Command::new(&programs.python);
                command
                    .args(["-B", "-m", "uvicorn", "server:app"])
                    .args(["--port", &port.to_string()])
                    .args(["--workers", &cores.to_string()])
                    .arg("--app-dir")
                    .arg(programs.sources.join("python"))
                    .env("WECHAT", format!("http://{wechat}"));
                command
            }
        })
    }
}

/// Starts the server that `command` makes for a free port and a folder, and waits until it listens.
///
/// # Errors
/// With what the server said, when it does not start.
pub(crate) async fn start(
    command: impl FnOnce(u16, &Path) -> anyhow::Result<Command>,
    spawn: impl FnOnce(&Command, &Path) -> anyhow::Result<Child>,
) -> anyhow::Result<Running> {
    let folder = tempfile::tempdir()?;
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let command = command(address.port(), folder.path())?;
    let log = folder.path().join("log");
    let child = spawn(&command, &log)?;
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(address).await.is_err() {
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        anyhow::ensure!(child.is_running(), "it ended at once: {}", said());
        anyhow::ensure!(Instant::now() < deadline, "it does not listen: {}", said());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(Running {
        address,
        child,
        _folder: folder,
    })
}
