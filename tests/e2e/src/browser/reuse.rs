//! Browsers that go from journey to journey: starting Chromium takes longer than most journeys.

use std::sync::Mutex;

use serde_json::json;

use super::driven::{Browser, locked};
use super::look::{Look, headless_shell};

/// Each takes some 300 MB.
const MOST: usize = 8;

/// Closed ones, the longest unused first. They end with this process (`chromedriver-keeper.sh`).
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
    /// When Chromium or its driver does not start.
    pub async fn open(look: Look) -> anyhow::Result<Self> {
        match take(look) {
            Some(browser) => Ok(browser),
            None => Self::start(look, headless_shell()).await,
        }
    }

    /// Opens one that looks like WeChat's on a phone but for this.
    ///
    /// # Errors
    /// When Chromium or its driver does not start.
    pub async fn with(change: impl FnOnce(&mut Look)) -> anyhow::Result<Self> {
        let mut look = Look::default();
        change(&mut look);
        Self::open(look).await
    }

    /// Opens one that nobody has used before, the whole of Chromium.
    ///
    /// # Errors
    /// When Chromium or its driver does not start.
    pub async fn open_new(look: Look) -> anyhow::Result<Self> {
        Self::start(look, None).await
    }

    /// Closes it: what its pages left is thrown away, and the next journey that wants such a browser gets it.
    ///
    /// # Errors
    /// When a page did what its Content-Security-Policy forbids, or the driver has gone before.
    pub async fn close(self) -> anyhow::Result<()> {
        self.console().await?;
        self.forget_everything().await?;
        match keep(self) {
            Some(longest_unused) => longest_unused.quit().await,
            None => Ok(()),
        }
    }

    /// As after a start with an empty profile.
    async fn forget_everything(&self) -> anyhow::Result<()> {
        let old = self.driver.windows().await?;
        // What DevTools was told, scripts and blocked addresses for example, was about a tab and goes with it.
        self.open_tab().await?;
        let new = self.tab().await?;
        for tab in &old {
            self.use_tab(tab).await?;
            self.close_tab().await?;
        }
        self.use_tab(&new).await?;
        // What a new browser shows, so that the history begins alike.
        self.driver.goto("data:,").await?;
        let origins = std::mem::take(&mut *locked(&self.origins));
        for origin in origins {
            let everything = json!({ "origin": origin, "storageTypes": "all" });
            self.devtools("Storage.clearDataForOrigin", everything)
                .await?;
        }
        self.lose_cookies().await?;
        self.devtools("Browser.resetPermissions", json!({})).await?;
        self.devtools("Network.clearBrowserCache", json!({}))
            .await?;
        self.events().await?;
        self.console().await?;
        Ok(())
    }
}
