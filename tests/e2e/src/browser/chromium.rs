//! This machine's Chromium, through chromedriver.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::Context;
use async_trait::async_trait;
use base64::Engine as _;
use serde_json::{Value, json};
use thirtyfour::common::command::{Command, ExtensionCommand};
use thirtyfour::{By, WebDriver};

use super::engine::{Engine, line, locked};
use super::look::{Look, capabilities};
use crate::chromedriver::Chromedriver;

pub(super) struct Chromium {
    driver: WebDriver,
    chromedriver: Chromedriver,
    /// Where it was sent, so that the next journey's pages find nothing of this one's there.
    origins: Mutex<BTreeSet<String>>,
}

impl Chromium {
    /// Starts one, by default the whole of Chromium.
    pub(super) async fn start(look: Look, program: Option<PathBuf>) -> anyhow::Result<Self> {
        let chromedriver = Chromedriver::start().await?;
        let driver = WebDriver::new(&chromedriver.url, capabilities(look, program)?)
            .await
            .context("no session with Chromium")?;
        Ok(Self {
            driver,
            chromedriver,
            origins: Mutex::default(),
        })
    }
}

#[async_trait]
impl Engine for Chromium {
    async fn devtools(&self, method: &'static str, params: Value) -> anyhow::Result<Value> {
        let command = Command::ExtensionCommand(Box::new(DevTools { method, params }));
        Ok(self.driver.cmd(command).await?.value()?)
    }

    async fn goto(&self, url: &str) -> anyhow::Result<()> {
        let origin = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        locked(&self.origins).insert(origin);
        Ok(self.driver.goto(url).await?)
    }

    async fn reload(&self) -> anyhow::Result<()> {
        Ok(self.driver.refresh().await?)
    }

    async fn back(&self) -> anyhow::Result<()> {
        Ok(self.driver.back().await?)
    }

    async fn forward(&self) -> anyhow::Result<()> {
        Ok(self.driver.forward().await?)
    }

    async fn address(&self) -> anyhow::Result<String> {
        Ok(self.driver.current_url().await?.to_string())
    }

    async fn script(&self, code: &str) -> anyhow::Result<Value> {
        Ok(self.driver.execute(code, vec![]).await?.json().clone())
    }

    async fn tap(&self, css: &str) -> anyhow::Result<()> {
        Ok(self.driver.find(By::Css(css)).await?.click().await?)
    }

    async fn screenshot(&self) -> anyhow::Result<Vec<u8>> {
        let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await?;
        let page = &metrics["cssContentSize"];
        let how = json!({
            "format": "png",
            "captureBeyondViewport": true,
            "clip": { "x": 0, "y": 0, "width": page["width"], "height": page["height"], "scale": 1 },
        });
        let shot = self.devtools("Page.captureScreenshot", how).await?;
        let png = shot["data"].as_str().unwrap_or_default();
        Ok(base64::engine::general_purpose::STANDARD.decode(png)?)
    }

    async fn accessibility(&self) -> anyhow::Result<Vec<String>> {
        let tree = self
            .devtools("Accessibility.getFullAXTree", json!({}))
            .await?;
        let nodes = tree["nodes"].as_array().context("no tree")?;
        let mut left: Vec<&Value> = nodes.iter().take(1).collect();
        let mut lines = Vec::new();
        while let Some(node) = left.pop() {
            let (role, name) = (&node["role"]["value"], &node["name"]["value"]);
            let mut properties = node["properties"].as_array().into_iter().flatten();
            let has_focus =
                properties.any(|it| it["name"] == "focused" && it["value"]["value"] == true);
            if let (Some(role), false) = (role.as_str(), node["ignored"] == true) {
                lines.extend(line(role, name.as_str().unwrap_or_default(), has_focus));
            }
            let children = node["childIds"].as_array().into_iter().flatten().rev();
            left.extend(children.filter_map(|id| nodes.iter().find(|it| it["nodeId"] == *id)));
        }
        Ok(lines)
    }

    async fn forget_everything(&self) -> anyhow::Result<()> {
        // What DevTools was told, scripts and blocked addresses for example, was about a tab and goes with it.
        self.new_tab().await?;
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
        self.lose_cache().await?;
        self.events().await?;
        self.console().await?;
        Ok(())
    }

    async fn new_tab(&self) -> anyhow::Result<()> {
        let old = self.driver.windows().await?;
        let new = self.driver.new_tab().await?;
        for tab in old {
            self.driver.switch_to_window(tab).await?;
            self.driver.close_window().await?;
        }
        Ok(self.driver.switch_to_window(new).await?)
    }

    async fn console(&self) -> anyhow::Result<Vec<String>> {
        let entries = self.driver.get_log("browser").await?;
        Ok(entries.into_iter().map(|entry| entry.message).collect())
    }

    async fn requests(&self) -> anyhow::Result<Vec<String>> {
        let events = self.events().await?;
        Ok(events
            .iter()
            .filter(|it| it["method"] == "Network.requestWillBeSent")
            .filter_map(|it| request(&it["params"]))
            .collect())
    }

    async fn quit(self: Box<Self>) -> anyhow::Result<()> {
        Ok(self.driver.quit().await?)
    }

    fn webdriver(&self) -> anyhow::Result<&WebDriver> {
        Ok(&self.driver)
    }

    async fn events(&self) -> anyhow::Result<Vec<Value>> {
        let log = self.driver.get_log("performance").await?;
        Ok(log
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(&entry.message).ok())
            .map(|mut entry| entry["message"].take())
            .collect())
    }

    fn process(&self) -> Option<u32> {
        self.chromedriver.process()
    }
}

/// What DevTools tells about a request, as `METHOD address`.
pub(super) fn request(params: &Value) -> Option<String> {
    let request = &params["request"];
    let (method, url) = (request["method"].as_str()?, request["url"].as_str()?);
    Some(format!("{method} {url}"))
}

/// Chromedriver's way to the DevTools protocol, beside the WebDriver standard.
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
