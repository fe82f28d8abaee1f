//! Changes what kind of browser this is while it runs, so that one browser can look at many pages in many ways.

use serde_json::json;

use super::Browser;

impl Browser {
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
}
