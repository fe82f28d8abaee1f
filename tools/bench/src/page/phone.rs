//! How slow the phone is.

use e2e::Browser;
use serde_json::json;

/// What DevTools makes the browser pretend to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phone {
    /// 1.6 Mbit/s down, 0.75 up, 150 ms for each request, a main thread four times slower.
    Slow,
    /// As fast as this machine.
    Unthrottled,
}

/// Bytes in a second of one megabit.
const MEGABIT: f64 = 125_000.0;

impl Phone {
    /// In the order of the tables.
    pub(crate) const ALL: [Self; 2] = [Self::Slow, Self::Unthrottled];

    /// Its name in tables.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Slow => "slow phone",
            Self::Unthrottled => "unthrottled",
        }
    }

    /// The least that every request takes, in milliseconds.
    pub(crate) const fn round_trip(self) -> f64 {
        match self {
            Self::Slow => 150.0,
            Self::Unthrottled => 0.0,
        }
    }

    /// Makes the tab in use such a phone; before the first page is opened in it.
    ///
    /// # Errors
    /// When DevTools refuse.
    pub(crate) async fn pretend(self, browser: &Browser) -> anyhow::Result<()> {
        let (down, up, slowdown) = match self {
            Self::Slow => (1.6 * MEGABIT, 0.75 * MEGABIT, 4),
            // Minus one is DevTools' word for no limit.
            Self::Unthrottled => (-1.0, -1.0, 1),
        };
        let network = json!({
            "offline": false,
            "latency": self.round_trip(),
            "downloadThroughput": down,
            "uploadThroughput": up,
        });
        browser.devtools("Network.enable", json!({})).await?;
        browser
            .devtools("Network.emulateNetworkConditions", network)
            .await?;
        slow_down(browser, slowdown).await
    }
}

/// Makes the main thread so many times slower.
///
/// # Errors
/// When DevTools refuse.
pub(crate) async fn slow_down(browser: &Browser, times: u32) -> anyhow::Result<()> {
    let rate = json!({ "rate": times });
    browser
        .devtools("Emulation.setCPUThrottlingRate", rate)
        .await?;
    Ok(())
}
