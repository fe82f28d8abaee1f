//! Browsers that go from journey to journey: starting one takes longer than most journeys.

use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::Context;

use super::chromium::Chromium;
use super::driven::Browser;
use super::engine::{Engine, locked};
use super::firefox::Firefox;
use super::look::{Look, headless_shell};
use super::old_chromium::OldChromium;
use super::webkitgtk::WebKitGtk;

/// Each takes some 300 MB.
const MOST: usize = 8;

/// Closed ones, the longest unused first. They end with this process (`keeper.sh`).
static CLOSED: Mutex<Vec<Browser>> = Mutex::new(Vec::new());

/// One that looks like this, if there is one.
fn take(look: Look) -> Option<Browser> {
    let mut closed = locked(&CLOSED);
    let at = closed.iter().rposition(|browser| browser.look == look)?;
    Some(closed.remove(at))
}

/// Keeps this one; where there are too many, another one has to go.
fn keep(browser: Browser) -> Option<Browser> {
    let mut closed = locked(&CLOSED);
    closed.push(browser);
    (closed.len() > MOST).then(|| closed.remove(0))
}

impl Browser {
    /// Opens one, or takes one that an earlier journey of this process has closed and nothing is left of.
    ///
    /// # Errors
    /// When the browser or its driver does not start.
    pub async fn open(look: Look) -> anyhow::Result<Self> {
        match take(look) {
            Some(browser) => Ok(browser),
            None => Self::start(look, headless_shell()).await,
        }
    }

    /// Opens one that looks like WeChat's on a phone but for this.
    ///
    /// # Errors
    /// When the browser or its driver does not start.
    pub async fn with(change: impl FnOnce(&mut Look)) -> anyhow::Result<Self> {
        let mut look = Look::default();
        change(&mut look);
        Self::open(look).await
    }

    /// Opens one that nobody has used before, the whole of Chromium.
    ///
    /// # Errors
    /// When the browser or its driver does not start.
    pub async fn open_new(look: Look) -> anyhow::Result<Self> {
        Self::start(look, None).await
    }

    /// Opens a WebKitGTK that nobody has used before; gives its name and version, too.
    ///
    /// # Errors
    /// When this machine lacks what it needs.
    pub async fn open_webkit(look: Look) -> anyhow::Result<(Self, String)> {
        let engine = WebKitGtk::start(look).await?;
        let version = engine.version.clone();
        let engine = Box::new(engine);
        Ok((Self { engine, look }, version))
    }

    async fn start(look: Look, program: Option<PathBuf>) -> anyhow::Result<Self> {
        let engine = start(look, program).await?;
        Ok(Self { engine, look })
    }

    /// Closes it: what its pages left is thrown away, and the next journey that wants such a browser gets it.
    ///
    /// # Errors
    /// When a page did what its Content-Security-Policy forbids, or the driver has gone before.
    pub async fn close(self) -> anyhow::Result<()> {
        self.console().await?;
        self.engine.forget_everything().await?;
        match keep(self) {
            Some(longest_unused) => longest_unused.quit().await,
            None => Ok(()),
        }
    }
}

/// Starts the engine that `WECHAT_LOGIN_ENGINE` names, by default this machine's Chromium.
async fn start(look: Look, program: Option<PathBuf>) -> anyhow::Result<Box<dyn Engine>> {
    Ok(match std::env::var("WECHAT_LOGIN_ENGINE").as_deref() {
        Err(_) | Ok("chromium") => Box::new(Chromium::start(look, program).await?),
        Ok("firefox") => Box::new(Firefox::start(look).await?),
        Ok("webkitgtk") => Box::new(WebKitGtk::start(look).await?),
        Ok(name) if let Some(major) = name.strip_prefix("chromium-") => {
            Box::new(OldChromium::start(look, engines_program()?, major.parse()?).await?)
        }
        Ok(other) => anyhow::bail!("WECHAT_LOGIN_ENGINE: there is no engine {other:?}"),
    })
}

/// Where the program of an engine is that no system brings.
fn engines_program() -> anyhow::Result<String> {
    std::env::var("WECHAT_LOGIN_ENGINE_PROGRAM").context("WECHAT_LOGIN_ENGINE_PROGRAM: no program")
}
