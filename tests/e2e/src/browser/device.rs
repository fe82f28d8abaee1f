//! What a person does with a browser besides looking at pages: keys, pictures, and other kinds of device.

use std::path::PathBuf;

use super::driven::Browser;
use super::engine::Key;

impl Browser {
    /// Presses and releases a key.
    pub async fn press(&self, key: Key) -> anyhow::Result<()> {
        self.engine.press(key).await
    }

    /// From now on the system prefers dark pages, or light ones.
    pub async fn set_dark(&self, dark: bool) -> anyhow::Result<()> {
        self.engine.set_dark(dark).await
    }

    /// From now on the window is so large, in CSS pixels.
    pub async fn set_size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        self.engine.set_size(width, height).await
    }

    /// From the next page on it says it is `user_agent`, of a reader of `language` (such as `zh-CN`).
    pub async fn pretend(&self, user_agent: &str, language: &str) -> anyhow::Result<()> {
        self.engine.pretend(user_agent, language).await
    }

    /// Requests to addresses like these (`*` for anything) fail from now on, and no others.
    pub async fn block(&self, addresses: &[&str]) -> anyhow::Result<()> {
        self.engine.block(addresses).await
    }

    /// What a screen reader comes by, in its order: the ARIA role, the name, and `*` where the focus is.
    pub async fn accessibility(&self) -> anyhow::Result<Vec<String>> {
        self.engine.accessibility().await
    }

    /// Throws all cookies away, and with them the session.
    pub async fn lose_cookies(&self) -> anyhow::Result<()> {
        self.engine.lose_cookies().await
    }

    /// Throws away the files it keeps; an engine may throw everything away.
    pub async fn lose_cache(&self) -> anyhow::Result<()> {
        self.engine.lose_cache().await
    }

    /// Saves the page, as far down as it goes, to `target/screenshots/<name>.png`, another engine's in a folder of its own.
    pub async fn screenshot(&self, name: &str) -> anyhow::Result<()> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
        let folder = folder.join(std::env::var("WECHAT_LOGIN_ENGINE").unwrap_or_default());
        std::fs::create_dir_all(&folder)?;
        let png = self.engine.screenshot().await?;
        Ok(std::fs::write(folder.join(format!("{name}.png")), png)?)
    }
}
