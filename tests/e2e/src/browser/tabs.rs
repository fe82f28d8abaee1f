//! Several tabs of one browser: the same cookies and localStorage, each its own sessionStorage.

use thirtyfour::WindowHandle;

use super::Browser;

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
}
