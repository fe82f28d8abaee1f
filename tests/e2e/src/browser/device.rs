//! What a person does with a browser besides looking at pages: tabs, keys, pictures, and other kinds of device.

use std::path::PathBuf;

use base64::Engine;
use serde_json::json;
use thirtyfour::WindowHandle;

use super::driven::Browser;

/// A key that means something to a browser.
#[derive(Clone, Copy)]
pub enum Key {
    /// On to the next control.
    Tab,
    /// Does what the focused control does.
    Enter,
}

impl Browser {
    /// The tab in use.
    pub async fn tab(&self) -> anyhow::Result<WindowHandle> {
        Ok(self.driver.window().await?)
    }

    /// Opens an empty tab and uses it from now on.
    pub async fn open_tab(&self) -> anyhow::Result<WindowHandle> {
        let tab = self.driver.new_tab().await?;
        self.driver.switch_to_window(tab.clone()).await?;
        Ok(tab)
    }

    /// Closes the tab in use; another one has to be used from now on.
    pub async fn close_tab(&self) -> anyhow::Result<()> {
        Ok(self.driver.close_window().await?)
    }

    /// Uses another tab from now on.
    pub async fn use_tab(&self, tab: &WindowHandle) -> anyhow::Result<()> {
        Ok(self.driver.switch_to_window(tab.clone()).await?)
    }

    /// Presses and releases a key.
    pub async fn press(&self, key: Key) -> anyhow::Result<()> {
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

    /// From the next page on it says it is `user_agent`, of a reader of `language` (such as `zh-CN`).
    pub async fn pretend(&self, user_agent: &str, language: &str) -> anyhow::Result<()> {
        let words = json!({ "userAgent": user_agent, "acceptLanguage": language });
        self.devtools("Network.setUserAgentOverride", words).await?;
        // What dates and prices are written by.
        let locale = json!({ "locale": language });
        self.devtools("Emulation.setLocaleOverride", json!({}))
            .await?;
        self.devtools("Emulation.setLocaleOverride", locale).await?;
        Ok(())
    }

    /// From now on the system prefers dark pages, or light ones.
    pub async fn set_dark(&self, dark: bool) -> anyhow::Result<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features)
            .await?;
        Ok(())
    }

    /// From now on the window is so large, in CSS pixels.
    pub async fn set_size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        Ok(())
    }

    /// Saves the page, as far down as it goes, to `target/screenshots/<name>.png`.
    pub async fn screenshot(&self, name: &str) -> anyhow::Result<()> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
        std::fs::create_dir_all(&folder)?;
        let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await?;
        let page = &metrics["cssContentSize"];
        let how = json!({
            "format": "png",
            "captureBeyondViewport": true,
            "clip": { "x": 0, "y": 0, "width": page["width"], "height": page["height"], "scale": 1 },
        });
        let shot = self.devtools("Page.captureScreenshot", how).await?;
        let png = base64::engine::general_purpose::STANDARD
            .decode(shot["data"].as_str().unwrap_or_default())?;
        Ok(std::fs::write(folder.join(format!("{name}.png")), png)?)
    }
}
