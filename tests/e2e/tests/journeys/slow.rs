//! A slow network: what there is to see before the app, and in it.

use anyhow::ensure;
use e2e::{Browser, Look, World, WorldOptions, journey};
use serde_json::json;

use super::first_stage::MISSING;

/// Timers of at most so many milliseconds ring at once, longer ones never.
pub(crate) fn clock(most: u32) -> String {
    format!(
        "const ring = window.setTimeout;
         window.setTimeout = (what, after, ...rest) =>
             (after || 0) <= {most} ? ring(what, 0, ...rest) : ring(() => {{}}, 2 ** 30);"
    )
}

/// The app never comes.
pub(crate) const NO_APP: &str =
    "WebAssembly.instantiateStreaming = WebAssembly.instantiate = () => new Promise(() => {});";

/// The app comes, the proxy's first answer never does.
pub(crate) const NO_ANSWER: &str = "const ask = window.fetch;
    window.fetch = (...args) =>
        (args[0].url || String(args[0])).includes('/api/') ? new Promise(() => {}) : ask(...args);";

const WORDS: [(u32, &str); 4] = [
    (2999, "正在登录…"),
    (3000, "网络有点慢，请稍候…"),
    (7999, "网络有点慢，请稍候…"),
    (8000, "等待时间过长，可以再试一次。"),
];

/// Somebody waits for what never comes, reads these words, and may try again after eight seconds.
async fn wait(world: &World, stuck: &str, words_at: &str, retry: &str) -> anyhow::Result<()> {
    for (after, words) in WORDS {
        let browser = Browser::open(Look::default()).await?;
        let stuck = browser.before_each_page(stuck).await?;
        let fast = browser.before_each_page(&clock(after)).await?;
        browser.goto(&world.app).await?;
        browser.shows(words_at, words).await?;
        let offers = browser.has(retry).await;
        ensure!(
            offers == (after >= 8000),
            "after {after} ms a retry: {offers}"
        );
        if offers {
            browser.forget(&stuck).await?;
            browser.forget(&fast).await?;
            browser.tap(retry).await?;
            browser.text("[data-field=openid]").await?;
        }
        browser.close().await?;
    }
    Ok(())
}

#[test]
fn an_app_that_is_slow_to_come_admits_it_after_three_and_eight_seconds() {
    journey(WorldOptions::default(), async |world| {
        let retry = "#skeleton button:not([hidden])";
        wait(&world, NO_APP, "#skeleton p", retry).await?;
        // The page has signed them in meanwhile, each in a browser of his own.
        world.asked_wechat(WORDS.len(), &[0; WORDS.len()])
    });
}

#[test]
fn a_proxy_that_is_slow_to_answer_is_admitted_after_three_and_eight_seconds() {
    journey(WorldOptions::default(), async |world| {
        // The first stage would keep the module from the app for as long.
        let stuck = format!("{NO_ANSWER} {MISSING}");
        let retry = "main [data-action=reload]";
        wait(&world, &stuck, "main .loading p", retry).await?;
        world.asked_wechat(1, &[0])
    });
}

#[test]
fn the_first_picture_needs_nothing_but_the_page_itself() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::with(|look| look.waits_for_load = false).await?;
        browser.hold(&["*.js", "*.wasm", "*/api/*"]).await?;
        browser.goto(&world.app).await?;
        browser
            .eventually("performance.getEntriesByName('first-contentful-paint').length")
            .await?;
        let seen = browser
            .script(
                "return document.querySelector('#skeleton p').getBoundingClientRect().height > 0",
            )
            .await?;
        ensure!(seen == json!(true), "painted, but not the skeleton");
        ensure!(!browser.has("main").await, "the app came after all");
        ensure!(browser.text("#skeleton p").await? == "正在登录…");
        browser.close().await
    });
}
