//! Starts chromedriver on a port of its own choice.

use std::process::Stdio;

use anyhow::Context;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How often it is started at most. It chooses a free port for IPv6 and then wants the same one for IPv4, which somebody
/// else may have: one time in a hundred on a busy machine it ends for that.
const STARTS: usize = 5;

/// A running chromedriver, killed when dropped.
pub(crate) struct Chromedriver {
    /// Where it listens.
    pub(crate) url: String,
    process: Child,
    // Last, so that it goes after the process that writes there.
    _temporary_files: TempDir,
}

impl Chromedriver {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        for _ in 0..STARTS {
            if let Some(started) = Self::start_once().await? {
                return Ok(started);
            }
        }
        anyhow::bail!("chromedriver ended {STARTS} times before it listened")
    }

    /// `None` where it has ended by itself.
    async fn start_once() -> anyhow::Result<Option<Self>> {
        let temporary_files = tempfile::tempdir()?;
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            // Chromium leaves files behind when it is stopped in the middle of something.
            .env("TMPDIR", temporary_files.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("chromedriver does not start; `make test` says how to install it")?;
        let stdout = process.stdout.take().context("no output of chromedriver")?;
        let mut lines = BufReader::new(stdout).lines();
        while let Some(line) = lines.next_line().await? {
            // "ChromeDriver was started successfully on port 41327."
            if let Some((_, port)) = line.split_once("successfully on port ") {
                let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
                // Its later output must go somewhere, or it blocks on a full pipe.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Some(Self {
                    url,
                    process,
                    _temporary_files: temporary_files,
                }));
            }
        }
        Ok(None)
    }

    /// Its process id, while it runs.
    pub(crate) fn process(&self) -> Option<u32> {
        self.process.id()
    }
}
