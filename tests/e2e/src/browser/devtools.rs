//! Chromedriver's way to the DevTools protocol, beside the WebDriver standard.

use std::sync::Arc;

use anyhow::Context;
use serde_json::{Value, json};
use thirtyfour::common::command::{Command, ExtensionCommand};

use super::Browser;

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
