//! What the user sees when it does not work.

use anyhow::ensure;
use e2e::{Browser, Look, WorldOptions, journey, walk};
use serde_json::json;

use super::login::sign_in;

#[test]
fn a_wrong_secret_shows_wechats_errcode_and_our_request_id_and_no_way_to_hammer() {
    let options = WorldOptions::with(|it| it.secret = "not-the-secret");
    journey(options, async |world| {
        for (dark, suffix) in [(false, "light"), (true, "dark")] {
            let browser = Browser::with(|look| look.dark = dark).await?;
            browser.goto(&world.app).await?;
            browser.title("登录没有成功").await?;
            let errcode = browser.text("[data-field=errcode]").await?;
            ensure!(errcode.starts_with("40125 (rid: "), "{errcode}");
            ensure!(browser.text("[data-field=request_id]").await?.len() >= 16);
            ensure!(!browser.has(".message .button").await, "a retry is offered");
            browser.screenshot(&format!("error-{suffix}")).await?;
            browser.close().await?;
        }
        ensure!(world.exchanges().len() == 2, "{:?}", world.exchanges());
        Ok(())
    });
}

#[test]
fn before_the_app_is_there_the_page_says_what_happens() {
    for (language, title, text) in [
        ("zh-CN", "微信登录", "正在登录…"),
        ("en", "WeChat login", "Signing you in…"),
    ] {
        journey(WorldOptions::default(), async |world| {
            let browser = Browser::with(|look| look.language = language).await?;
            let look = "addEventListener('DOMContentLoaded', () => {
                window.first = [document.title, document.body.innerText.trim()];
            })";
            browser.before_each_page(look).await?;
            sign_in(&browser, &world).await?;
            let first = browser.script("return window.first").await?;
            ensure!(first == json!([title, text]), "{first}");
            browser.close().await
        });
    }
}

#[test]
fn an_unreachable_proxy_keeps_a_page_with_a_way_on() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        world.stop_proxy().await;
        browser.tap("[data-action=sign-out]").await?;
        let notice = browser.text(".notice").await?;
        ensure!(notice.contains("退出没有成功"), "{notice}");
        world.is_signed_in(browser, "xiaoming").await?;
        Ok(())
    });
}

#[test]
fn a_proxy_that_comes_back_still_knows_who_is_signed_in() {
    journey(WorldOptions::default(), async |mut world| {
        let browser = Browser::open(Look::default()).await?;
        browser.goto(&world.app).await?;
        let openid = browser.text("[data-field=openid]").await?;
        world.stop_proxy().await;
        browser.tap("a[href='/orders']").await?;
        browser.tap("#more [data-action=retry]").await?;
        let text = browser.text("#more .hint").await?;
        ensure!(text.contains("连接不上服务器"), "{text}");

        world.start_proxy_again().await?;
        browser.goto(&world.app).await?;
        ensure!(browser.text("[data-field=openid]").await? == openid);
        ensure!(world.authorizations().len() == 1);
        browser.close().await
    });
}

#[test]
fn the_way_from_a_page_for_everybody_to_one_for_users_signs_in_there() {
    walk(async |world, browser| {
        browser.goto(&world.page("/no/such/page")).await?;
        browser.title("页面不存在").await?;
        browser.screenshot("not-found-light").await?;
        ensure!(world.authorizations().is_empty(), "nobody asked who it is");
        browser.tap(".message .button").await?;
        browser.text("[data-field=openid]").await?;
        ensure!(browser.address().await? == world.page("/"));
        ensure!(world.authorizations().len() == 1);
        Ok(())
    });
}
