//! A visit in WebKitGTK, which Debian's own Python drives (`webkit.py`).

use std::process::Stdio;

use anyhow::Context;
use bench::report::Figures;
use e2e::user_agents;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{sleep, timeout};

use crate::pages::{Pages, Variant};
use crate::visit::{AFTERMATH, PATIENCE, Visit, WATCH};

const DRIVER: &str = include_str!("webkit.py");

/// A browser with an empty profile; it ends with its standard input.
pub(crate) struct Browser {
    /// Its name and version.
    version: String,
    addresses: ChildStdin,
    noted: Lines<BufReader<ChildStdout>>,
    process: Child,
    /// Its profile.
    _folder: tempfile::TempDir,
}

impl Browser {
    /// Starts one.
    ///
    /// # Errors
    /// When this machine lacks what it needs.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut process = Command::new("xvfb-run")
            .args(["--auto-servernum", "/usr/bin/python3", "-c", DRIVER])
            .arg(folder.path())
            .args([WATCH, user_agents::WECHAT_IPHONE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A Ctrl-C is for this program, which ends the input; xvfb-run would leave its X server behind.
            .process_group(0)
            .spawn()
            .context("no xvfb-run")?;
        let output = process.stdout.take().context("no output")?;
        let mut noted = BufReader::new(output).lines();
        let version = timeout(PATIENCE, noted.next_line()).await??;
        Ok(Self {
            version: version.context("/usr/bin/python3 has no gi with WebKit2 4.1")?,
            addresses: process.stdin.take().context("no input")?,
            noted,
            process,
            _folder: folder,
        })
    }

    /// Opens the page in a new tab and waits until it shows who is signed in.
    async fn visit(&mut self, pages: &Pages, variant: Variant) -> anyhow::Result<Visit> {
        let address = format!("{}/\n", pages.address(variant)?);
        self.addresses.write_all(address.as_bytes()).await?;
        let noted = timeout(PATIENCE, self.noted.next_line()).await;
        let noted = noted.with_context(|| format!("only {:?}", pages.line.asked()))??;
        let seen = serde_json::from_str(&noted.context("WebKit ended")?)?;
        sleep(AFTERMATH).await;
        let asked = pages.line.asked();
        Ok(Visit { asked, seen })
    }

    async fn quit(mut self) -> anyhow::Result<()> {
        drop(self.addresses);
        self.process.wait().await?;
        Ok(())
    }
}

/// Does both visits.
pub(crate) async fn measure(
    pages: &Pages,
    variant: Variant,
) -> anyhow::Result<(String, [Visit; 2], Figures)> {
    let mut browser = Browser::start().await?;
    let visited = browser.visit(pages, variant).await;
    let first = visited.context("the first login")?;
    let again = browser.visit(pages, variant).await.context("the return")?;
    let version = browser.version.clone();
    browser.quit().await?;
    Ok((version, [first, again], Figures::new()))
}
