//! What this machine's Chromium can do besides, by its DevTools.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use thirtyfour::WindowHandle;

use super::driven::Browser;

impl Browser {
    /// The tab in use.
    pub async fn tab(&self) -> anyhow::Result<WindowHandle> {
        Ok(self.engine.webdriver()?.window().await?)
    }

    /// Opens an empty tab and uses it from now on.
    pub async fn open_tab(&self) -> anyhow::Result<WindowHandle> {
        let tab = self.engine.webdriver()?.new_tab().await?;
        self.use_tab(&tab).await?;
        Ok(tab)
    }

    /// Uses another tab from now on.
    pub async fn use_tab(&self, tab: &WindowHandle) -> anyhow::Result<()> {
        let driver = self.engine.webdriver()?;
        Ok(driver.switch_to_window(tab.clone()).await?)
    }

    /// The addresses in this tab's history, oldest first.
    pub async fn history(&self) -> anyhow::Result<Vec<String>> {
        let history = self
            .devtools("Page.getNavigationHistory", json!({}))
            .await?;
        let entries = history["entries"].as_array().context("no history")?;
        Ok(entries
            .iter()
            .filter_map(|entry| Some(entry["url"].as_str()?.to_owned()))
            .collect())
    }

    /// Sees that no request since the last question has this in it.
    pub async fn never_asked(&self, part: &str) -> anyhow::Result<()> {
        self.asked(part, 0).await
    }

    /// Sees that so many requests since the last question have this in them.
    pub async fn asked(&self, part: &str, expected: usize) -> anyhow::Result<()> {
        let requests = self.requests().await?;
        let count = requests.iter().filter(|it| it.contains(part)).count();
        ensure!(count == expected, "{count} times {part} in {requests:?}");
        Ok(())
    }

    /// Requests to addresses like these (`*` for anything) are never answered from now on.
    pub async fn hold(&self, addresses: &[&str]) -> anyhow::Result<()> {
        let patterns: Vec<Value> = addresses
            .iter()
            .map(|it| json!({ "urlPattern": it }))
            .collect();
        self.devtools("Fetch.enable", json!({ "patterns": patterns }))
            .await?;
        Ok(())
    }
}
