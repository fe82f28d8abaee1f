//! The proxy on SQLite with files of its own, and the simulator as WeChat.

use std::cell::Cell;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use wechat_simulator::Simulator;

use crate::child::Child;
use crate::connection::Connection;

/// The account's appid.
pub(crate) const APPID: &str = "wx00000000000000a1";
/// How many people there are.
pub(crate) const PEOPLE: usize = 1_000;
/// Bytes of the file that the app's page loads.
pub(crate) const SCRIPT_BYTES: usize = 300_000;
const START: Duration = Duration::from_secs(30);

/// Everything that is asked.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) simulator: Simulator,
    /// How often somebody who only cost something was shown the door.
    pub(crate) nuisances: Cell<u64>,
    child: Child,
    folder: TempDir,
}

/// What the database has come to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) users: i64,
    pub(crate) records: i64,
    /// Of the file.
    pub(crate) bytes: u64,
    /// Of the log that is still to be merged into it.
    pub(crate) log_bytes: u64,
}

impl Site {
    /// Starts it, and returns once it answers.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) async fn start(proxy: &Path) -> anyhow::Result<Self> {
        let simulator = Simulator::start().await?;
        for number in 0..PEOPLE {
            let person = json!({ "id": person(number), "nickname": format!("顾客{number}") });
            simulator.add_person(serde_json::from_value(person)?);
        }
        let folder = tempfile::tempdir()?;
        let app = folder.path().join("app");
        std::fs::create_dir(&app)?;
        std::fs::write(app.join("index.html"), "<!DOCTYPE html><title>app</title>")?;
        std::fs::write(
            app.join("app-0123456789abcdef.js"),
            "/".repeat(SCRIPT_BYTES),
        )?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let configuration = configuration(address, &simulator.base_url());
        std::fs::write(folder.path().join("proxy.toml"), configuration)?;
        let mut command = Command::new(proxy.canonicalize().context("no proxy there")?);
        command
            .args(["serve", "--config", "proxy.toml"])
            .current_dir(folder.path());
        let child = Child::start(&command, &folder.path().join("log"))?;
        let site = Self {
            address,
            simulator,
            nuisances: Cell::new(0),
            child,
            folder,
        };
        site.wait_until_ready().await?;
        Ok(site)
    }

    async fn wait_until_ready(&self) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let mut connection = Connection::new(self.address);
            let answer = connection
                .ask(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
                .await;
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            let is_late = began.elapsed() > START;
            anyhow::ensure!(!is_late, "the proxy did not start:\n{}", self.log()?);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The proxy's process.
    pub(crate) fn process(&self) -> i32 {
        self.child.id
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&self) -> bool {
        self.child.is_running()
    }

    /// What it has said so far.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub(crate) fn log(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(self.folder.path().join("log"))?)
    }

    /// Counts what the database holds.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) async fn size(&self) -> anyhow::Result<Size> {
        let file = self.database();
        let mut connection =
            SqliteConnection::connect(&format!("sqlite:{}", file.display())).await?;
        let users = sqlx::query_scalar("SELECT count(*) FROM identity");
        let records = sqlx::query_scalar("SELECT count(*) FROM record");
        let size = Size {
            users: users.fetch_one(&mut connection).await?,
            records: records.fetch_one(&mut connection).await?,
            bytes: std::fs::metadata(&file)?.len(),
            log_bytes: std::fs::metadata(file.with_extension("sqlite-wal"))
                .map_or(0, |it| it.len()),
        };
        connection.close().await?;
        Ok(size)
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("proxy.sqlite")
    }
}

/// The simulator's id of one of the people.
pub(crate) fn person(number: usize) -> String {
    format!("person{number}")
}

fn configuration(address: SocketAddr, wechat: &str) -> String {
    format!(
        r#"
public_url = "http://{address}"
listen = "{address}"
database_url = "sqlite:proxy.sqlite"
static_dir = "app"
session_keys = ["0123456789abcdef0123456789abcdef-soak"]
simulator = true
wechat = {{ api_base = "{wechat}", open_base = "{wechat}" }}
[accounts.shop]
appid = "{APPID}"
secret = "simulator-secret-a1"
title = "山茶书店"
platform = "camellia"
# One address makes all the load; counting it stays part of what is asked.
[limits]
exchanges_per_client_per_minute = 1000000
exchanges_per_minute = 1000000
writes_per_user_per_minute = 1000000
"#
    )
}
