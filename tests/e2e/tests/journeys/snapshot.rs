//! WeChat's snapshot mode: a virtual user, who is nobody.

use anyhow::{Context, ensure};
use e2e::{Browser, Look, SHOP, World, WorldOptions, journey};
use serde_json::Value;

use super::planted::{Planted, callback, plant};

/// A browser that shows the snapshot's guest page.
async fn guest(world: &World) -> anyhow::Result<Browser> {
    world.simulator.set_current("kuaizhao");
    let browser = Browser::open(Look::default()).await?;
    let state = wait_for_userinfo(&browser, world).await?;
    let code = world.simulator.issue_snapshot_code(SHOP, "kuaizhao");
    browser.goto(&callback(world, &code, &state)).await?;
    browser.title("当前为页面快照").await?;
    Ok(browser)
}

async fn wait_for_userinfo(browser: &Browser, world: &World) -> anyhow::Result<String> {
    let planted = Planted::with(|it| it.scope = "snsapi_userinfo");
    plant(browser, world, planted).await
}

async fn session(browser: &Browser) -> anyhow::Result<Value> {
    browser
        .script("return fetch('/api/session').then(it => it.json())")
        .await
}

#[test]
fn a_virtual_user_is_a_guest_who_is_told_what_to_tap_and_is_stored_nowhere() {
    journey(WorldOptions::default(), async |world| {
        let browser = guest(&world).await?;
        let text = browser.text(".message p").await?;
        ensure!(text.contains("使用完整服务"), "{text}");
        let session = session(&browser).await?;
        ensure!(session["snapshot"] == true, "{}", session["snapshot"]);
        ensure!(
            session.get("unionid").is_none(),
            "a virtual unionid is told"
        );
        let openid = session["openid"].as_str().context("no openid")?;
        ensure!(openid != world.simulator.openid(SHOP, "kuaizhao"));
        ensure!(!world.has_stored(openid)?, "the virtual user is stored");
        let body = browser.script("return document.body.innerText").await?;
        ensure!(
            !body.to_string().contains(openid),
            "the virtual openid is shown"
        );

        // Not by a silent login either, which would bring a virtual user that WeChat does not mark.
        browser.reload().await?;
        browser.title("当前为页面快照").await?;
        ensure!(world.authorizations().is_empty());
        ensure!(world.exchanges().len() == 1);
        browser.close().await
    });
}

#[test]
fn a_guest_of_a_snapshot_becomes_the_real_user_by_a_tap() {
    journey(WorldOptions::default(), async |world| {
        let browser = guest(&world).await?;
        browser.tap("[data-action=sign-in]").await?;
        // Asked for the profile again, so that a snapshot would be marked as one again.
        browser.tap("a.button.primary").await?;
        browser.tap("button[value=allow]").await?;
        let openid = world.is_signed_in(&browser, "kuaizhao").await?;
        ensure!(world.has_stored(&openid)?, "the real user is not stored");
        ensure!(session(&browser).await?["snapshot"] == false);
        ensure!(world.exchange_results() == [0, 0]);
        browser.close().await
    });
}

#[test]
fn full_service_replaces_the_guest_by_the_real_user() {
    journey(WorldOptions::default(), async |world| {
        let browser = guest(&world).await?;
        // WeChat's own button opens the page anew, outside of the snapshot, by the address that led into it.
        let state = wait_for_userinfo(&browser, &world).await?;
        let authorize = format!(
            "{}/connect/oauth2/authorize?appid={SHOP}&redirect_uri={}&response_type=code&scope=snsapi_userinfo\
             &state={state}#wechat_redirect",
            world.wechat,
            world.page("/").replace(':', "%3A").replace('/', "%2F"),
        );
        browser.goto(&authorize).await?;
        browser.tap("a.button.primary").await?;
        browser.tap("button[value=allow]").await?;
        browser.shows("[data-field=nickname]", "快照").await?;
        world.is_signed_in(&browser, "kuaizhao").await?;
        let unionid = browser.text("[data-field=unionid]").await?;
        ensure!(Some(unionid) == world.simulator.unionid(SHOP, "kuaizhao"));
        ensure!(world.exchange_results() == [0, 0]);
        browser.close().await
    });
}
