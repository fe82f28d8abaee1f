//! Two tabs of one browser at once.

use anyhow::ensure;
use e2e::walk;

use super::login::sign_in;
use super::planted::step_aside;

#[test]
fn two_tabs_that_begin_at_once_both_sign_in_as_the_same_person() {
    walk(async |world, browser| {
        let first = browser.tab().await?;
        step_aside(browser, world).await?;
        let second = browser.open_tab().await?;
        step_aside(browser, world).await?;
        for tab in [&first, &second] {
            browser.use_tab(tab).await?;
            browser
                .script("setTimeout(() => location.href = '/', 50)")
                .await?;
        }
        for tab in [&first, &second] {
            browser.use_tab(tab).await?;
            world.is_signed_in(browser, "xiaoming").await?;
            ensure!(browser.address().await? == world.page("/"));
            ensure!(!browser.has(".notice").await);
        }
        let begun = world.authorizations().len();
        ensure!(
            world.exchange_results() == vec![0; begun],
            "{:?}",
            world.exchange_results()
        );
        ensure!(browser.records().await? == 0);
        Ok(())
    });
}

#[test]
fn logins_that_are_under_way_in_two_tabs_do_not_disturb_each_other() {
    walk(async |world, browser| {
        let first = browser.tab().await?;
        sign_in(browser, world).await?;
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
            browser.shows("[data-field=nickname]", "小明").await?;
        }
        ensure!(world.exchange_results() == [0, 0, 0]);
        Ok(())
    });
}

#[test]
fn a_tab_that_reloads_while_another_asks_for_the_profile_stays_signed_in() {
    walk(async |world, browser| {
        let asking = browser.tab().await?;
        sign_in(browser, world).await?;
        browser.tap("[data-action=request-profile]").await?;
        browser.text("button[value=allow]").await?;
        let reloading = browser.open_tab().await?;
        browser.goto(&world.app).await?;
        browser.text("[data-field=openid]").await?;

        browser.use_tab(&asking).await?;
        browser.tap("button[value=allow]").await?;
        browser.shows("[data-field=nickname]", "小明").await?;
        browser.use_tab(&reloading).await?;
        browser.reload().await?;
        browser.shows("[data-field=nickname]", "小明").await?;
        world.asked_wechat(2, &[0, 0])
    });
}
