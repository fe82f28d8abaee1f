//! Programs that a journey's browser is, or is driven by.

use std::process::Stdio;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Ends the program when its standard input ends: when this is dropped, or when the whole test program is gone, which
/// drops nothing that other journeys might have used again.
const KEEPER: &str = include_str!("keeper.sh");

/// A running browser or driver of browsers, ended with all its processes when dropped.
pub(crate) struct Program {
    keeper: Child,
}

impl Program {
    /// Starts it and waits until it has said where it listens, which is what follows `marker` in a line of its output.
    pub(crate) async fn start(command: &[&str], marker: &str) -> anyhow::Result<(Self, String)> {
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("no shell")?;
        let stdout = keeper.stdout.take().context("no output")?;
        let mut lines = BufReader::new(stdout).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, place)) = line.split_once(marker) {
                let place = place.to_owned();
                // Its later output must go somewhere, or it blocks on a full pipe.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok((Self { keeper }, place));
            }
        }
        bail!("{} does not start", command.first().unwrap_or(&""))
    }

    /// The process that it and its browsers descend from, while it runs.
    pub(crate) fn process(&self) -> Option<u32> {
        self.keeper.id()
    }

    /// Ends it, waiting until it is gone.
    pub(crate) async fn end(mut self) -> anyhow::Result<()> {
        drop(self.keeper.stdin.take());
        self.keeper.wait().await?;
        Ok(())
    }
}
