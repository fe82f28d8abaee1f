//! Chromedriver's way to the DevTools protocol, beside the WebDriver standard.

use std::sync::Arc;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use thirtyfour::common::command::{Command, ExtensionCommand};

use super::driven::Browser;

/// A script of [`Browser::before_each_page`].
pub struct Script(String);

impl Browser {
    /// Calls a method of the DevTools protocol.
    pub async fn devtools(&self, method: &'static str, params: Value) -> anyhow::Result<Value> {
        Ok(self
            .driver
            .cmd(Command::ExtensionCommand(Box::new(DevTools {
                method,
                params,
            })))
            .await?
            .value()?)
    }

    /// Runs JavaScript in every page from now on, before anything of the page's own.
    pub async fn before_each_page(&self, source: &str) -> anyhow::Result<Script> {
        let added = self
            .devtools(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": source }),
            )
            .await?;
        let identifier = added["identifier"].as_str().context("no such script")?;
        Ok(Script(identifier.to_owned()))
    }

    /// Runs it no more.
    pub async fn forget(&self, script: Script) -> anyhow::Result<()> {
        let identifier = json!({ "identifier": script.0 });
        self.devtools("Page.removeScriptToEvaluateOnNewDocument", identifier)
            .await?;
        Ok(())
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

    /// Throws all cookies away, and with them the session.
    pub async fn lose_cookies(&self) -> anyhow::Result<()> {
        self.devtools("Network.clearBrowserCookies", json!({}))
            .await?;
        Ok(())
    }

    /// What DevTools told about network and page since this or [`requests`](Self::requests) was last asked: objects of
    /// `method` and `params`.
    pub async fn events(&self) -> anyhow::Result<Vec<Value>> {
        let log = self.driver.get_log("performance").await?;
        Ok(log
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(&entry.message).ok())
            .map(|mut entry| entry["message"].take())
            .collect())
    }

    /// The requests made since this was last asked, as `METHOD address`, redirects included.
    pub async fn requests(&self) -> anyhow::Result<Vec<String>> {
        let events = self.events().await?;
        Ok(events
            .iter()
            .filter(|it| it["method"] == "Network.requestWillBeSent")
            .filter_map(|it| {
                let request = &it["params"]["request"];
                Some(format!(
                    "{} {}",
                    request["method"].as_str()?,
                    request["url"].as_str()?
                ))
            })
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

    /// Requests to addresses like these (`*` for anything) fail from now on, and no others.
    pub async fn block(&self, addresses: &[&str]) -> anyhow::Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.setBlockedURLs", json!({ "urls": addresses }))
            .await?;
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

#[derive(Debug)]
struct DevTools {
    method: &'static str,
    params: Value,
}

impl ExtensionCommand for DevTools {
    fn parameters_json(&self) -> Option<Value> {
        Some(json!({ "cmd": self.method, "params": self.params }))
    }

    fn method(&self) -> http::Method {
        http::Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/goog/cdp/execute".into()
    }
}
