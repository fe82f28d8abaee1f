//! A browser that is driven over WebDriver: where it goes, and what its page shows.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use thirtyfour::{By, WebDriver};

use super::look::{Look, capabilities};
use crate::chromedriver::Chromedriver;

/// How long an element may take to appear. Generous, because it costs nothing when all is well.
const TIMEOUT: Duration = Duration::from_secs(60);

/// One browser with an empty profile; closed when dropped.
pub struct Browser {
    pub(super) driver: WebDriver,
    chromedriver: Chromedriver,
    pub(super) look: Look,
    /// Where it was sent, so that the next journey's pages find nothing of this one's there.
    pub(super) origins: Mutex<BTreeSet<String>>,
}

impl Browser {
    /// Starts one, by default the whole of Chromium.
    pub(super) async fn start(look: Look, program: Option<PathBuf>) -> anyhow::Result<Self> {
        let chromedriver = Chromedriver::start().await?;
        let driver = WebDriver::new(&chromedriver.url, capabilities(look, program)?)
            .await
            .context("no session with Chromium")?;
        Ok(Self {
            driver,
            chromedriver,
            look,
            origins: Mutex::default(),
        })
    }

    /// Ends it, waiting until Chromium is gone.
    ///
    /// # Errors
    /// When a page did what its Content-Security-Policy forbids, or the driver has gone before.
    pub async fn quit(self) -> anyhow::Result<()> {
        self.console().await?;
        Ok(self.driver.quit().await?)
    }

    /// The process that all of this browser's processes descend from; `None` once it has ended.
    pub fn process(&self) -> Option<u32> {
        self.chromedriver.process()
    }

    /// Opens an address as if typed.
    pub async fn goto(&self, url: &str) -> anyhow::Result<()> {
        let origin = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        locked(&self.origins).insert(origin);
        Ok(self.driver.goto(url).await?)
    }

    /// Reloads the page.
    pub async fn reload(&self) -> anyhow::Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// The Back button.
    pub async fn back(&self) -> anyhow::Result<()> {
        Ok(self.driver.back().await?)
    }

    /// The Forward button.
    pub async fn forward(&self) -> anyhow::Result<()> {
        Ok(self.driver.forward().await?)
    }

    /// What the address bar says.
    pub async fn address(&self) -> anyhow::Result<String> {
        Ok(self.driver.current_url().await?.to_string())
    }

    /// Sees that it is at this address.
    pub async fn is_at(&self, expected: &str) -> anyhow::Result<()> {
        let address = self.address().await?;
        ensure!(address == expected, "{address} instead of {expected}");
        Ok(())
    }

    /// Waits until the page has this heading.
    pub async fn title(&self, expected: &str) -> anyhow::Result<()> {
        self.shows("h1", expected).await
    }

    /// Waits until an element has this text.
    pub async fn shows(&self, css: &str, expected: &str) -> anyhow::Result<()> {
        self.until(css, |text| text == expected).await.map(drop)
    }

    /// Waits for an element with text in it and gives that text.
    pub async fn text(&self, css: &str) -> anyhow::Result<String> {
        self.until(css, |text| !text.is_empty()).await
    }

    /// Waits until an element's text pleases.
    pub async fn until(&self, css: &str, pleases: impl Fn(&str) -> bool) -> anyhow::Result<String> {
        let deadline = tokio::time::Instant::now() + TIMEOUT;
        loop {
            // Between finding and reading, a page may go: then it is asked again.
            let text = match self.driver.find(By::Css(css)).await {
                Ok(element) => element.text().await.unwrap_or_default(),
                Err(_) => String::new(),
            };
            if !text.is_empty() && pleases(&text) {
                return Ok(text);
            }
            if tokio::time::Instant::now() > deadline {
                let body = self
                    .script("return document.body ? document.body.innerText : ''")
                    .await?;
                bail!("waited for {css} in vain, it says {text:?}; the page says: {body}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for an element and taps it.
    pub async fn tap(&self, css: &str) -> anyhow::Result<()> {
        self.text(css).await?;
        Ok(self.driver.find(By::Css(css)).await?.click().await?)
    }

    /// Whether there is such an element now.
    pub async fn has(&self, css: &str) -> bool {
        self.driver.find(By::Css(css)).await.is_ok()
    }

    /// Runs JavaScript in the page.
    pub async fn script(&self, code: &str) -> anyhow::Result<Value> {
        Ok(self.driver.execute(code, vec![]).await?.json().clone())
    }

    /// How many records there are in the page's storages.
    pub async fn records(&self) -> anyhow::Result<Value> {
        // Which module is in the cache is no record.
        let count = "return [sessionStorage, localStorage].flatMap(Object.keys).filter(it => it !== 'wechat-login-app').length";
        self.script(count).await
    }

    /// Waits until a JavaScript expression is true.
    pub async fn eventually(&self, expression: &str) -> anyhow::Result<()> {
        let code = format!("return Boolean({expression})");
        let deadline = tokio::time::Instant::now() + TIMEOUT;
        // A page that goes while it is asked says nothing; the next one is asked again.
        while !matches!(self.script(&code).await, Ok(Value::Bool(true))) {
            if tokio::time::Instant::now() > deadline {
                let page = self.script("return location.href + ': ' + document.body.innerText");
                bail!("waited in vain for {expression} at {}", page.await?);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Ok(())
    }

    /// What the pages wrote to the console since this was last asked, warnings and errors.
    ///
    /// # Errors
    /// When a page did what its Content-Security-Policy forbids: Chromium writes every violation there.
    pub async fn console(&self) -> anyhow::Result<Vec<String>> {
        let entries = self.driver.get_log("browser").await?;
        let messages: Vec<String> = entries.into_iter().map(|entry| entry.message).collect();
        let violation = messages
            .iter()
            .find(|it| it.contains("Content Security Policy"));
        ensure!(violation.is_none(), "{violation:?}");
        Ok(messages)
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
