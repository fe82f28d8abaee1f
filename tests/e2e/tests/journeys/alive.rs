//! Pages that live on while the user is elsewhere: Back, Forward, and a phone in a pocket.

use anyhow::ensure;
use e2e::{Browser, GatewayFault, World, WorldOptions, journey, walk, walk_in};

use super::login::sign_in;
use super::planted::step_aside;

pub(crate) const REVIVE: &str =
    "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";

/// Makes the page's clock run ahead by `window.ahead` milliseconds, and counts its questions about the session.
const CLOCK: &str = "window.ahead = 0; window.asked = 0;
    const now = Date.now;
    Date.now = () => now() + window.ahead;
    const send = window.fetch;
    window.fetch = (...args) => {
        if ((args[0].url || String(args[0])).endsWith('/api/session')) window.asked += 1;
        return send(...args);
    };";

/// The page comes to the front after so many milliseconds; gives how often it asked the proxy about the session.
fn come_back_after(ahead: u64) -> String {
    format!(
        "window.ahead = {ahead}; window.asked = 0;
         document.dispatchEvent(new Event('visibilitychange'));
         return new Promise(done => setTimeout(() => done(window.asked), 300));"
    )
}

#[test]
fn back_and_forward_find_the_page_alive_or_anew_and_ask_wechat_nothing() {
    for keeps_pages in [true, false] {
        journey(WorldOptions::default(), async |world| {
            let browser = Browser::with(|look| look.keeps_pages = keeps_pages).await?;
            go_back_and_forward(&world, &browser).await?;
            browser.close().await
        });
    }
}

async fn go_back_and_forward(world: &World, browser: &Browser) -> anyhow::Result<()> {
    sign_in(browser, world).await?;
    step_aside(browser, world).await?;
    browser.back().await?;
    world.is_signed_in(browser, "xiaoming").await?;
    browser.tap("a[href='/orders']").await?;
    browser.title("我的订单").await?;
    browser.back().await?;
    browser.text("[data-field=openid]").await?;
    browser.forward().await?;
    browser.title("我的订单").await?;
    browser.back().await?;
    browser.text("[data-field=openid]").await?;

    browser.script(REVIVE).await?;
    browser.text("[data-field=openid]").await?;
    world.asked_wechat(1, &[0])
}

#[test]
fn a_session_that_ended_meanwhile_is_replaced_silently_whatever_brings_the_page_back() {
    walk(async |world, browser| {
        browser.before_each_page(CLOCK).await?;
        sign_in(browser, world).await?;
        let later = "window.ahead = 13 * 60 * 60 * 1000;
                     document.dispatchEvent(new Event('visibilitychange'));";
        for (nth, comes_back) in (2..).zip([REVIVE, later]) {
            browser.lose_cookies().await?;
            browser.script("window.old = true").await?;
            browser.script(comes_back).await?;
            browser
                .eventually("!window.old && document.querySelector('[data-field=openid]')")
                .await?;
            world.asked_wechat(nth, &vec![0; nth])?;
        }
        Ok(())
    });
}

#[test]
fn the_session_is_looked_at_again_after_twelve_hours_and_not_before() {
    const TWELVE_HOURS: u64 = 12 * 60 * 60 * 1000;
    walk(async |world, browser| {
        browser.before_each_page(CLOCK).await?;
        sign_in(browser, world).await?;
        let mark = "document.querySelector('[data-field=openid]').marked = true";
        browser.script(mark).await?;

        for (after, expected, when) in [
            (TWELVE_HOURS - 60_000, 0, "before twelve hours"),
            (TWELVE_HOURS + 1000, 1, "after twelve hours"),
            // Not a second time, now that it knows.
            (TWELVE_HOURS + 2000, 0, "right after"),
        ] {
            let asked = browser.script(&come_back_after(after)).await?;
            ensure!(asked == expected, "asked {asked} times {when}");
        }
        let same = "return document.querySelector('[data-field=openid]').marked === true";
        ensure!(
            browser.script(same).await? == true,
            "the page was built anew"
        );
        ensure!(world.authorizations().len() == 1);
        Ok(())
    });
}

#[test]
fn who_comes_back_without_a_network_finds_the_page_as_it_was_a_guest_too() {
    walk_in(WorldOptions::behind_a_gateway(), async |world, browser| {
        browser.before_each_page(CLOCK).await?;
        sign_in(browser, world).await?;
        let revive = format!(
            "window.asked = 0; {REVIVE}; return new Promise(done => setTimeout(() => done(window.asked), 500));"
        );
        world.gateway()?.fail("GET /api/", GatewayFault::Reset);
        ensure!(browser.script(&revive).await? == 1, "it did not look");
        world.is_signed_in(browser, "xiaoming").await?;
        browser.tap("[data-action=sign-out]").await?;
        browser.title("已退出登录").await?;
        ensure!(browser.script(&revive).await? == 1, "it did not look");
        ensure!(browser.text("h1").await? == "已退出登录");
        Ok(())
    });
}
