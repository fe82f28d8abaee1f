//! Starts chromedriver on a port of its own choice.

use std::process::Stdio;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Ends chromedriver and its browsers when its standard input ends: when this is dropped, or when the whole test program
/// is gone, which drops nothing that other journeys might have used again.
const KEEPER: &str = include_str!("chromedriver-keeper.sh");

/// A running chromedriver, ended with its browsers when dropped.
pub(crate) struct Chromedriver {
    /// Where it listens.
    pub(crate) url: String,
    keeper: Child,
}

/// How often it is started at most. It chooses a free port for IPv6 and then wants the same one for IPv4, which somebody
/// else may have: one time in a hundred on a busy machine it ends for that.
const MOST_STARTS: usize = 5;

impl Chromedriver {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        for _ in 1..MOST_STARTS {
            if let Ok(started) = Self::try_start().await {
                return Ok(started);
            }
        }
        Self::try_start().await
    }

    async fn try_start() -> anyhow::Result<Self> {
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("no shell")?;
        let stdout = keeper.stdout.take().context("no output of chromedriver")?;
        let mut lines = BufReader::new(stdout).lines();
        while let Some(line) = lines.next_line().await? {
            // "ChromeDriver was started successfully on port 41327."
            if let Some((_, port)) = line.split_once("successfully on port ") {
                let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
                // Its later output must go somewhere, or it blocks on a full pipe.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self { url, keeper });
            }
        }
        bail!("chromedriver does not start; `make test` says how to install it")
    }

    /// The process that it and its browsers descend from, while it runs.
    pub(crate) fn process(&self) -> Option<u32> {
        self.keeper.id()
    }
}
