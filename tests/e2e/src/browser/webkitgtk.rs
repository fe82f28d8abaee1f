//! WebKitGTK, the engine of iPhones as Debian has it, driven by Debian's own Python (`webkitgtk.py`) on a screen that
//! nobody sees.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, bail};
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::engine::{Engine, Key, line, locked};
use super::look::Look;
use crate::user_agents;

const DRIVER: &str = include_str!("webkitgtk.py");

/// How long one order may take. Now and then WebKit forgets what it was asked while a page goes; whoever waits for
/// something to be on the screen asks again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends with its standard input.
pub(super) struct WebKitGtk {
    /// The engine's name and version.
    pub(super) version: String,
    talk: tokio::sync::Mutex<Talk>,
    console: Arc<Mutex<Vec<String>>>,
    requests: Mutex<Vec<String>>,
    waits_for_load: bool,
    _folder: tempfile::TempDir,
}

struct Talk {
    orders: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    process: Child,
}

/// A line of the driver's.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Answer(Value),
    Error(String),
    Request(String),
}

impl WebKitGtk {
    pub(super) async fn start(look: Look) -> anyhow::Result<Self> {
        let user_agent = look.user_agent.map(as_on_iphones);
        let waits_for_load = look.waits_for_load;
        let look = json!({
            "user_agent": user_agent, "dark": look.dark, "language": look.language,
            "keeps_pages": look.keeps_pages, "waits_for_load": look.waits_for_load,
        });
        // A bus of its own for accessibility, which WebKit speaks of over D-Bus alone.
        // Else all of them would share, and end, one bus for accessibility.
        let folder = tempfile::tempdir()?;
        let mut process = Command::new("dbus-run-session")
            .args(["--", "/usr/bin/python3", "-c", DRIVER, &look.to_string()])
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("XDG_CACHE_HOME", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C is for this program, which ends the input.
            .process_group(0)
            .spawn()
            .context("no dbus-run-session")?;
        let lines = BufReader::new(process.stdout.take().context("no output")?).lines();
        let orders = process.stdin.take().context("no input")?;
        // The engine writes there what is on the console of pages, beside words of the system's.
        let mut errors = BufReader::new(process.stderr.take().context("no errors")?).lines();
        let console = Arc::new(Mutex::new(Vec::new()));
        let kept = console.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = errors.next_line().await {
                // It puts a style of its own into a file that is no page.
                if line.contains("CONSOLE ") && !line.contains("/robots.txt") {
                    locked(&kept).push(line);
                }
            }
        });
        let mut started = Self {
            version: String::new(),
            talk: tokio::sync::Mutex::new(Talk {
                orders,
                lines,
                process,
            }),
            console,
            requests: Mutex::default(),
            waits_for_load,
            _folder: folder,
        };
        let mut talk = started.talk.lock().await;
        let version = started.answer(&mut talk).await;
        let version = version.context("/usr/bin/python3 has no gi with WebKit2 4.1")?;
        drop(talk);
        version
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut started.version);
        Ok(started)
    }

    /// Gives an order and waits until it is done.
    async fn tell(&self, order: &str, value: Value) -> anyhow::Result<Value> {
        let mut talk = self.talk.lock().await;
        let line = format!("{}\n", json!({ "do": order, "value": value }));
        talk.orders.write_all(line.as_bytes()).await?;
        self.answer(&mut talk).await.context(order.to_owned())
    }

    async fn answer(&self, talk: &mut Talk) -> anyhow::Result<Value> {
        loop {
            let line = timeout(PATIENCE, talk.lines.next_line()).await;
            let line = line.context("WebKit says nothing")??;
            let line = line.context("WebKit ended")?;
            match serde_json::from_str(&line) {
                Ok(Line::Answer(value)) => return Ok(value),
                Ok(Line::Error(error)) => bail!("{error}"),
                Ok(Line::Request(request)) => locked(&self.requests).push(request),
                // What the bus says.
                Err(_) => {}
            }
        }
    }
}

/// WeChat has this engine on iPhones only.
fn as_on_iphones(user_agent: &str) -> &str {
    match user_agent {
        user_agents::WECHAT_ANDROID => user_agents::WECHAT_IPHONE,
        other => other,
    }
}

#[async_trait]
impl Engine for WebKitGtk {
    async fn goto(&self, url: &str) -> anyhow::Result<()> {
        self.tell("goto", url.into()).await?;
        // A new process now and then loses the first address it is given.
        let is_nowhere = "return location.href === 'about:blank'";
        if self.waits_for_load && matches!(self.script(is_nowhere).await, Ok(Value::Bool(true))) {
            self.tell("goto", url.into()).await?;
        }
        Ok(())
    }

    async fn reload(&self) -> anyhow::Result<()> {
        self.tell("reload", Value::Null).await.map(drop)
    }

    async fn back(&self) -> anyhow::Result<()> {
        self.tell("back", Value::Null).await.map(drop)
    }

    async fn forward(&self) -> anyhow::Result<()> {
        self.tell("forward", Value::Null).await.map(drop)
    }

    async fn address(&self) -> anyhow::Result<String> {
        let address = self.tell("address", Value::Null).await?;
        Ok(address.as_str().unwrap_or_default().to_owned())
    }

    async fn script(&self, code: &str) -> anyhow::Result<Value> {
        self.tell("script", code.into()).await
    }

    async fn click(&self, x: f64, y: f64) -> anyhow::Result<()> {
        self.tell("click", json!([x, y])).await.map(drop)
    }

    async fn press(&self, key: Key) -> anyhow::Result<()> {
        let name = match key {
            Key::Tab => "Tab",
            Key::Enter => "Enter",
        };
        // What a key does is done when it is released, which the page learns of later. It does not where it has no focus.
        let released = "window.released = new Promise(done => {
            addEventListener('keyup', done, { capture: true, once: true });
            setTimeout(done, 500);
        }); ";
        self.script(released).await?;
        self.tell("press", name.into()).await?;
        // A page that has gone was left by it.
        let _ = self.script("return released.then(() => 0)").await;
        Ok(())
    }

    async fn before_each_page(&self, source: &str) -> anyhow::Result<String> {
        let name = self.tell("before_each_page", source.into()).await?;
        Ok(name.as_str().unwrap_or_default().to_owned())
    }

    async fn forget(&self, script: &str) -> anyhow::Result<()> {
        self.tell("forget", script.into()).await.map(drop)
    }

    async fn screenshot(&self) -> anyhow::Result<Vec<u8>> {
        let path = self.tell("screenshot", Value::Null).await?;
        Ok(std::fs::read(path.as_str().unwrap_or_default())?)
    }

    async fn set_size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        self.tell("set_size", json!([width, height])).await?;
        // The page learns of it later, and so would whoever measures it.
        let is_so = format!("return innerWidth === {width} && innerHeight === {height}");
        while !matches!(self.script(&is_so).await, Ok(Value::Bool(true))) {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Ok(())
    }

    async fn set_dark(&self, dark: bool) -> anyhow::Result<()> {
        self.tell("set_dark", dark.into()).await.map(drop)
    }

    async fn pretend(&self, user_agent: &str, language: &str) -> anyhow::Result<()> {
        let words = json!([as_on_iphones(user_agent), language]);
        self.tell("pretend", words).await.map(drop)
    }

    async fn block(&self, addresses: &[&str]) -> anyhow::Result<()> {
        self.tell("block", json!(addresses)).await.map(drop)
    }

    async fn accessibility(&self) -> anyhow::Result<Vec<String>> {
        let nodes = self.tell("accessibility", Value::Null).await?;
        let nodes: Vec<(String, String, bool)> = serde_json::from_value(nodes)?;
        let lines = nodes.iter();
        Ok(lines
            .filter_map(|(role, name, has_focus)| line(role, name, *has_focus))
            .collect())
    }

    async fn new_tab(&self) -> anyhow::Result<()> {
        self.tell("new_tab", Value::Null).await.map(drop)
    }

    async fn lose_cookies(&self) -> anyhow::Result<()> {
        self.tell("lose_cookies", Value::Null).await.map(drop)
    }

    async fn lose_cache(&self) -> anyhow::Result<()> {
        // It keeps modules in more places than can be emptied one by one.
        self.forget_everything().await
    }

    async fn forget_everything(&self) -> anyhow::Result<()> {
        self.tell("forget_everything", Value::Null).await?;
        self.requests().await?;
        self.console().await.map(drop)
    }

    async fn console(&self) -> anyhow::Result<Vec<String>> {
        Ok(std::mem::take(&mut *locked(&self.console)))
    }

    async fn requests(&self) -> anyhow::Result<Vec<String>> {
        // What it has noted by now.
        self.address().await?;
        Ok(std::mem::take(&mut *locked(&self.requests)))
    }

    async fn quit(self: Box<Self>) -> anyhow::Result<()> {
        let Talk {
            orders,
            mut process,
            ..
        } = self.talk.into_inner();
        drop(orders);
        process.wait().await?;
        Ok(())
    }
}
