//! Asking for name and picture fails in every way it can, and the session stays.

use anyhow::ensure;
use e2e::{Browser, SHOP, World, errcode, walk};
use wechat_simulator::{Endpoint, Settings};

use super::login::sign_in;

/// Taps the button and comes back by way of the consent.
async fn ask(browser: &Browser) -> anyhow::Result<()> {
    browser.tap("[data-action=request-profile]").await?;
    browser.tap("button[value=allow]").await
}

/// A notice, and the same person as before: on the page and by the proxy's word.
pub(crate) async fn stays(
    browser: &Browser,
    world: &World,
    person: &str,
) -> anyhow::Result<String> {
    let notice = browser.text(".notice").await?;
    let openid = world.simulator.openid(SHOP, person);
    let shown = browser.text("[data-field=openid]").await?;
    ensure!(shown == openid, "{shown} is shown instead of {openid}");
    let session = browser
        .script("return fetch('/api/session').then(it => it.json())")
        .await?;
    ensure!(session["openid"] == openid, "another session");
    ensure!(session["snapshot"] == false, "a snapshot session");
    Ok(notice)
}

#[test]
fn a_failed_exchange_never_ends_a_session() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        for (nth, number) in (1..).zip([40029, 40163, 40125, 48001, -1, 45011]) {
            world.strike_once(Endpoint::AccessToken, errcode(number));
            ask(browser).await?;
            let notice = stays(browser, world, "xiaoming").await?;
            ensure!(notice.contains("没有取得昵称和头像"), "{number}: {notice}");
            ensure!(world.exchanges().len() == nth + 1, "{number}");
            ensure!(
                world.authorizations().len() == nth + 1,
                "{number}: it started anew"
            );
        }
        ask(browser).await?;
        browser.shows("[data-field=nickname]", "小明").await?;
        ensure!(
            !browser.has(".notice").await,
            "the notice outlived the failure"
        );
        Ok(())
    });
}

#[test]
fn a_snapshot_answer_never_ends_a_session() {
    walk(async |world, browser| {
        world.simulator.set_current("kuaizhao");
        world.simulator.set_settings(Settings {
            snapshot_at_once: true,
            ..world.simulator.settings()
        });
        sign_in(browser, world).await?;
        browser.tap("[data-action=request-profile]").await?;
        let notice = stays(browser, world, "kuaizhao").await?;
        ensure!(notice.contains("没有取得昵称和头像"), "{notice}");
        ensure!(world.exchange_results() == [0, 0]);
        Ok(())
    });
}

#[test]
fn a_userinfo_that_fails_after_a_good_exchange_keeps_the_session_and_says_so() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        world.strike(Endpoint::Userinfo, errcode(48001));
        ask(browser).await?;
        let notice = stays(browser, world, "xiaoming").await?;
        ensure!(notice.contains("没有取得昵称和头像"), "{notice}");
        Ok(())
    });
}
