//! What the browser sends, and what is kept from it.

use serde_json::{Value, json};

use super::Browser;

impl Browser {
    /// The requests made since this was last asked, as `METHOD address`, redirects included.
    pub async fn requests(&self) -> anyhow::Result<Vec<String>> {
        let log = self.driver.get_log("performance").await?;
        let messages = log
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(&entry.message).ok());
        Ok(messages
            .filter(|it| it["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|it| {
                let request = &it["message"]["params"]["request"];
                Some(format!(
                    "{} {}",
                    request["method"].as_str()?,
                    request["url"].as_str()?
                ))
            })
            .collect())
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
