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

use super::device::Key;
use super::driven::locked;
use super::engine::{Engine, line};
use super::look::{Look, capabilities};
use crate::chromedriver::Chromedriver;

pub(super) struct Chromium {
    pub(super) driver: WebDriver,
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

    /// The process that all of this browser's processes descend from; `None` once it has ended.
    pub(super) fn process(&self) -> Option<u32> {
        self.chromedriver.process()
    }

    /// Calls a method of the DevTools protocol.
    pub(super) async fn devtools(
        &self,
        method: &'static str,
        params: Value,
    ) -> anyhow::Result<Value> {
        let command = Command::ExtensionCommand(Box::new(DevTools { method, params }));
        Ok(self.driver.cmd(command).await?.value()?)
    }

    /// What DevTools told about network and page since this was last asked: objects of `method` and `params`.
    pub(super) async fn events(&self) -> anyhow::Result<Vec<Value>> {
        let log = self.driver.get_log("performance").await?;
        Ok(log
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(&entry.message).ok())
            .map(|mut entry| entry["message"].take())
            .collect())
    }
}

#[async_trait]
impl Engine for Chromium {
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

    async fn click(&self, x: f64, y: f64) -> anyhow::Result<()> {
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.devtools("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    async fn tap(&self, css: &str) -> anyhow::Result<()> {
        Ok(self.driver.find(By::Css(css)).await?.click().await?)
    }

    async fn press(&self, key: Key) -> anyhow::Result<()> {
        let (name, number, text) = match key {
            Key::Tab => ("Tab", 9, ""),
            Key::Enter => ("Enter", 13, "\r"),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({
                "type": kind, "key": name, "code": name, "windowsVirtualKeyCode": number, "text": text,
            });
            self.devtools("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }

    async fn before_each_page(&self, source: &str) -> anyhow::Result<String> {
        let source = json!({ "source": source });
        let added = self
            .devtools("Page.addScriptToEvaluateOnNewDocument", source)
            .await?;
        Ok(added["identifier"]
            .as_str()
            .context("no such script")?
            .to_owned())
    }

    async fn forget(&self, script: &str) -> anyhow::Result<()> {
        let identifier = json!({ "identifier": script });
        self.devtools("Page.removeScriptToEvaluateOnNewDocument", identifier)
            .await?;
        Ok(())
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

    async fn set_size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        Ok(())
    }

    async fn set_dark(&self, dark: bool) -> anyhow::Result<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features)
            .await?;
        Ok(())
    }

    async fn pretend(&self, user_agent: &str, language: &str) -> anyhow::Result<()> {
        let words = json!({ "userAgent": user_agent, "acceptLanguage": language });
        self.devtools("Network.setUserAgentOverride", words).await?;
        // What dates and prices are written by.
        let locale = json!({ "locale": language });
        self.devtools("Emulation.setLocaleOverride", json!({}))
            .await?;
        self.devtools("Emulation.setLocaleOverride", locale).await?;
        Ok(())
    }

    async fn block(&self, addresses: &[&str]) -> anyhow::Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.setBlockedURLs", json!({ "urls": addresses }))
            .await?;
        Ok(())
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
            let properties = node["properties"].as_array().into_iter().flatten();
            let has_focus = properties
                .into_iter()
                .any(|it| it["name"] == "focused" && it["value"]["value"] == true);
            if let (Some(role), false) = (role.as_str(), node["ignored"] == true) {
                lines.extend(line(role, name.as_str().unwrap_or_default(), has_focus));
            }
            let children = node["childIds"].as_array().into_iter().flatten().rev();
            left.extend(children.filter_map(|id| nodes.iter().find(|it| it["nodeId"] == *id)));
        }
        Ok(lines)
    }

    async fn lose_cookies(&self) -> anyhow::Result<()> {
        self.devtools("Network.clearBrowserCookies", json!({}))
            .await?;
        Ok(())
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
        self.devtools("Network.clearBrowserCache", json!({}))
            .await?;
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

    async fn quit(self: Box<Self>) -> anyhow::Result<()> {
        Ok(self.driver.quit().await?)
    }

    fn chromium(&self) -> anyhow::Result<&Chromium> {
        Ok(self)
    }
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
