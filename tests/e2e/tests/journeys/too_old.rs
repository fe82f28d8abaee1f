//! What an engine says that cannot run the app: a real one, not one that is kept from something.

use anyhow::ensure;
use e2e::{Browser, WorldOptions, journey};

/// Below the oldest that can.
const TOO_OLD: [&str; 2] = ["chromium-66", "chromium-68"];

#[test]
fn an_engine_that_is_too_old_is_told_so_and_wechat_is_not_asked() {
    // All other engines play all other journeys.
    let engine = std::env::var("WECHAT_LOGIN_ENGINE").unwrap_or_default();
    if !TOO_OLD.contains(&&*engine) {
        return;
    }
    journey(WorldOptions::default(), async |world| {
        for (language, title, help) in [
            ("zh-CN", "浏览器版本过低", "升级"),
            ("en", "This browser is too old", "Update"),
        ] {
            let browser = Browser::with(|look| look.language = language).await?;
            browser.goto(&world.app).await?;
            browser.shows("#failure h1", title).await?;
            let text = browser.text("#failure p").await?;
            ensure!(text.contains(help), "{text}");
            browser.screenshot(&format!("too-old-{language}")).await?;
            browser.asked("POST ", 1).await?;
            browser.close().await?;
        }
        world.asked_wechat(0, &[])
    });
}
