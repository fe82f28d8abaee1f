//! Pictures of pages, to be looked at.

use std::path::PathBuf;

use base64::Engine;
use serde_json::json;

use super::Browser;

impl Browser {
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
