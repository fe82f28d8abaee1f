//! What the browser sends, and what is kept from it.

use anyhow::ensure;
use serde_json::{Value, json};

use super::Browser;

impl Browser {
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
        let requests = self.requests().await?;
        let is_free = !requests.iter().any(|it| it.contains(part));
        ensure!(is_free, "{part} in {requests:?}");
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
