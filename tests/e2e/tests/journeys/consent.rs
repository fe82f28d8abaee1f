//! Name and picture: asked for after a tap, given or declined.

use anyhow::ensure;
use e2e::{Browser, Look, SHOP, World, WorldOptions, journey, walk};
use wechat_simulator::RefusalBehaviour;

use super::login::sign_in;
use super::upgrade::stays;

const UPGRADE: &str = "[data-action=request-profile]";

async fn reach_consent(browser: &Browser, world: &World) -> anyhow::Result<()> {
    sign_in(browser, world).await?;
    browser.tap(UPGRADE).await?;
    browser.text("button[value=allow]").await?;
    Ok(())
}

#[test]
fn consent_shows_the_chinese_name_the_picture_and_the_unionid() {
    journey(WorldOptions::default(), async |world| {
        for (dark, suffix) in [(false, "light"), (true, "dark")] {
            let browser = Browser::with(|look| look.dark = dark).await?;
            reach_consent(&browser, &world).await?;
            browser.screenshot(&format!("consent-{suffix}")).await?;
            browser.tap("button[value=allow]").await?;
            browser.shows("[data-field=nickname]", "小明").await?;
            let unionid = browser.text("[data-field=unionid]").await?;
            ensure!(Some(unionid) == world.simulator.unionid(SHOP, "xiaoming"));
            let scope = browser.text("[data-field=scope]").await?;
            ensure!(scope.contains("snsapi_userinfo"), "{scope}");
            let picture = "(it => it && it.complete && it.naturalWidth > 0)(document.querySelector('img.avatar'))";
            browser.eventually(picture).await?;
            ensure!(browser.address().await? == world.page("/"));
            browser
                .screenshot(&format!("profile-userinfo-{suffix}"))
                .await?;
            browser.close().await?;
        }
        Ok(())
    });
}

#[test]
fn a_later_silent_login_still_knows_name_and_unionid() {
    journey(WorldOptions::default(), async |world| {
        let first = Browser::open(Look::default()).await?;
        reach_consent(&first, &world).await?;
        first.tap("button[value=allow]").await?;
        first.shows("[data-field=nickname]", "小明").await?;
        first.close().await?;

        let second = Browser::open(Look::default()).await?;
        sign_in(&second, &world).await?;
        ensure!(second.text("[data-field=nickname]").await? == "小明");
        let unionid = second.text("[data-field=unionid]").await?;
        ensure!(Some(unionid) == world.simulator.unionid(SHOP, "xiaoming"));
        second.close().await
    });
}

#[test]
fn whatever_follows_a_refusal_the_session_stays_and_the_page_is_usable() {
    for (refusal, notice) in [
        (RefusalBehaviour::default(), None),
        (RefusalBehaviour::Blank, None),
        (
            RefusalBehaviour::RedirectWithState,
            Some("未授权昵称和头像"),
        ),
    ] {
        journey(
            WorldOptions::with(|it| it.refusal = refusal),
            async |world| {
                let browser = Browser::open(Look::default()).await?;
                reach_consent(&browser, &world).await?;
                browser.tap("button[value=refuse]").await?;
                if let Some(notice) = notice {
                    let shown = stays(&browser, &world, "xiaoming").await?;
                    ensure!(shown.contains(notice), "{shown}");
                    browser.is_at(&world.page("/")).await?;
                    browser.screenshot("refused-light").await?;
                }
                if refusal == RefusalBehaviour::Blank {
                    // Back over the blank page and over the consent page, whichever of them are entries of their own.
                    // Told by the address and not by what is shown: where the app loads again, that takes a moment.
                    for _ in 0..3 {
                        if browser.address().await?.starts_with(&world.app) {
                            break;
                        }
                        browser.back().await?;
                    }
                }
                still_signed_in_and_able_to_ask_again(&browser, &world).await?;
                browser.close().await
            },
        );
    }
}

#[test]
fn whoever_consents_is_who_is_signed_in() {
    walk(async |world, browser| {
        reach_consent(browser, world).await?;
        let choose = "document.querySelector('input[name=person][value=ahua]').checked = true";
        browser.script(choose).await?;
        browser.tap("button[value=allow]").await?;
        browser.shows("[data-field=nickname]", "🌸阿花🌸").await?;
        world.is_signed_in(browser, "ahua").await?;
        Ok(())
    });
}

/// Without having logged in again: one exchange was the login, nothing since.
async fn still_signed_in_and_able_to_ask_again(
    browser: &Browser,
    world: &World,
) -> anyhow::Result<()> {
    world.is_signed_in(browser, "xiaoming").await?;
    ensure!(world.exchanges().len() == 1, "{:?}", world.exchanges());
    browser.tap(UPGRADE).await?;
    browser.tap("button[value=allow]").await?;
    browser.shows("[data-field=nickname]", "小明").await
}
