//! Two tabs of one browser at once.

use anyhow::ensure;
use e2e::{Browser, Look, SHOP, WorldOptions, journey};

use super::login::sign_in;
use super::planted::step_aside;

#[test]
fn two_tabs_that_begin_at_once_both_sign_in_as_the_same_person() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        let first = browser.tab().await?;
        step_aside(&browser, &world).await?;
        let second = browser.open_tab().await?;
        step_aside(&browser, &world).await?;
        for tab in [&first, &second] {
            browser.use_tab(tab).await?;
            browser
                .script("setTimeout(() => location.href = '/', 50)")
                .await?;
        }
        for tab in [&first, &second] {
            browser.use_tab(tab).await?;
            let openid = browser.text("[data-field=openid]").await?;
            ensure!(openid == world.simulator.openid(SHOP, "xiaoming"));
            ensure!(browser.address().await? == format!("{}/", world.app));
            ensure!(!browser.has(".notice").await);
        }
        let begun = world.authorizations().len();
        ensure!(
            world.exchange_results() == vec![0; begun],
            "{:?}",
            world.exchange_results()
        );
        ensure!(browser.script("return localStorage.length").await? == 0);
        browser.close().await
    });
}

#[test]
fn logins_that_are_under_way_in_two_tabs_do_not_disturb_each_other() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        let first = browser.tab().await?;
        sign_in(&browser, &world).await?;
        let second = browser.open_tab().await?;
        browser.goto(&world.app).await?;
        browser.text("[data-field=openid]").await?;

        // Both are at WeChat, then come back one after the other.
        for tab in [&first, &second] {
            browser.use_tab(tab).await?;
            browser.tap("[data-action=request-profile]").await?;
            browser.text("button[value=allow]").await?;
        }
        for tab in [&first, &second] {
            browser.use_tab(tab).await?;
            browser.tap("button[value=allow]").await?;
            browser
                .until("[data-field=nickname]", |name| name == "小明")
                .await?;
        }
        ensure!(world.exchange_results() == [0, 0, 0]);
        browser.close().await
    });
}

#[test]
fn a_tab_that_reloads_while_another_asks_for_the_profile_stays_signed_in() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        let asking = browser.tab().await?;
        sign_in(&browser, &world).await?;
        browser.tap("[data-action=request-profile]").await?;
        browser.text("button[value=allow]").await?;
        let reloading = browser.open_tab().await?;
        browser.goto(&world.app).await?;
        browser.text("[data-field=openid]").await?;

        browser.use_tab(&asking).await?;
        browser.tap("button[value=allow]").await?;
        browser
            .until("[data-field=nickname]", |name| name == "小明")
            .await?;
        browser.use_tab(&reloading).await?;
        browser.reload().await?;
        browser
            .until("[data-field=nickname]", |name| name == "小明")
            .await?;
        ensure!(world.authorizations().len() == 2);
        ensure!(world.exchange_results() == [0, 0]);
        browser.close().await
    });
}
