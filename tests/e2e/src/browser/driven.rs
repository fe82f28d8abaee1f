//! A browser that is driven: what its page shows, and what is waited for.

use std::ops::Deref;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{bail, ensure};
use serde_json::{Value, json};

use super::engine::Engine;
use super::look::Look;

/// How long an element may take to appear. Generous, because it costs nothing when all is well.
const TIMEOUT: Duration = Duration::from_secs(60);

/// One browser with an empty profile; closed when dropped.
pub struct Browser {
    pub(super) engine: Box<dyn Engine>,
    pub(super) look: Look,
}

/// What an engine can do by itself.
impl Deref for Browser {
    type Target = dyn Engine;

    fn deref(&self) -> &Self::Target {
        &*self.engine
    }
}

impl Browser {
    /// Ends it, waiting until it is gone.
    ///
    /// # Errors
    /// When a page did what its Content-Security-Policy forbids, or the driver has gone before.
    pub async fn quit(self) -> anyhow::Result<()> {
        self.console().await?;
        self.engine.quit().await
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
        // As people see it: what is not on the screen says nothing.
        let read = format!(
            "var it = document.querySelector({});
             return it && it.getClientRects().length ? it.innerText.replace(/\\u00a0/g, ' ').trim() : '';",
            json!(css)
        );
        loop {
            // A page that goes while it is asked says nothing; the next one is asked again.
            let text = self.script(&read).await.unwrap_or_default();
            let text = text.as_str().unwrap_or_default();
            if !text.is_empty() && pleases(text) {
                return Ok(text.to_owned());
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
        self.engine.tap(css).await
    }

    /// Whether there is such an element now.
    pub async fn has(&self, css: &str) -> bool {
        let find = format!("return !!document.querySelector({})", json!(css));
        matches!(self.script(&find).await, Ok(Value::Bool(true)))
    }

    /// How many records there are in the page's storages.
    pub async fn records(&self) -> anyhow::Result<Value> {
        // Which module is in the cache is no record.
        let count = "return Object.keys(sessionStorage).concat(Object.keys(localStorage))
                         .filter(it => it !== 'wechat-login-app').length";
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
    /// When a page did what its Content-Security-Policy forbids: browsers write every violation there.
    pub async fn console(&self) -> anyhow::Result<Vec<String>> {
        let messages = self.engine.console().await?;
        let violation = messages
            .iter()
            .find(|it| it.contains("Content Security Policy"));
        ensure!(violation.is_none(), "{violation:?}");
        Ok(messages)
    }

    /// Saves the page, as far down as it goes, to `target/screenshots/<name>.png`, another engine's in a folder of its own.
    pub async fn screenshot(&self, name: &str) -> anyhow::Result<()> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
        let folder = folder.join(std::env::var("WECHAT_LOGIN_ENGINE").unwrap_or_default());
        std::fs::create_dir_all(&folder)?;
        let png = self.engine.screenshot().await?;
        Ok(std::fs::write(folder.join(format!("{name}.png")), png)?)
    }
}
