//! App and WeChat are two sites, so that a login goes from one to the other and back: what browsers bring to life again,
//! keep and send on that way.

use anyhow::ensure;
use e2e::{Browser, Look, World, WorldOptions, journey, walk};
use serde_json::json;

use super::login::sign_in;

/// Whether the page that is seen was brought to life again.
const REVIVED: &str =
    "addEventListener('pageshow', event => { window.revived = event.persisted; });";

async fn consent(browser: &Browser, world: &World) -> anyhow::Result<()> {
    browser.tap("[data-action=request-profile]").await?;
    browser.text("button[value=allow]").await?;
    let elsewhere = browser.address().await?;
    ensure!(elsewhere.starts_with(&world.wechat), "{elsewhere}");
    browser.tap("button[value=allow]").await?;
    browser.shows("[data-field=nickname]", "小明").await
}

#[test]
fn back_and_forward_over_wechats_site_find_the_user_signed_in_with_name_and_picture() {
    journey(WorldOptions::default(), async |world| {
        // Chromium's headless shell keeps no page alive.
        let browser = Browser::open_new(Look::default()).await?;
        browser.before_each_page(REVIVED).await?;
        sign_in(&browser, &world).await?;
        consent(&browser, &world).await?;
        for forward in [false, true] {
            for page in ["button[value=allow]", "[data-field=nickname]"] {
                match forward {
                    false => browser.back().await?,
                    true => browser.forward().await?,
                }
                browser.text(page).await?;
            }
            ensure!(browser.script("return revived").await? == true, "new");
            browser.is_at(&world.page("/")).await?;
            browser.shows("[data-field=nickname]", "小明").await?;
        }
        browser.tap("a[href='/orders']").await?;
        browser.title("我的订单").await?;
        let exchanges = world.exchange_results();
        ensure!(exchanges == [0, 0], "{exchanges:?}");
        browser.quit().await
    });
}

#[test]
fn neither_the_cookies_rule_nor_the_openers_policy_keeps_a_login_from_coming_back() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        let sent = json!({ "urls": [world.page("/api/session")] });
        let cookies = browser.devtools("Network.getCookies", sent).await?;
        ensure!(cookies["cookies"][0]["sameSite"] == "Lax", "{cookies}");
        let policy = "return fetch('/').then(it => it.headers.get('cross-origin-opener-policy'))";
        ensure!(browser.script(policy).await? == "same-origin");
        browser.script("sessionStorage.setItem('mark', 1)").await?;

        consent(browser, world).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        // The mark, and nothing of the login.
        let kept = browser.records().await?;
        ensure!(kept == 1, "{kept} records");
        ensure!(world.exchange_results() == [0, 0]);
        Ok(())
    });
}
