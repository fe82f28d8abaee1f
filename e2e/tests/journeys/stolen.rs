//! Callback addresses in the hands of others.

use anyhow::ensure;
use e2e::{Browser, Look, SHOP, WorldOptions, journey};
use wechat_simulator::GrantedScope;

use super::login::sign_in;

#[test]
fn a_replayed_callback_in_a_second_clean_browser_does_not_log_in() {
    journey(WorldOptions::default(), async |world| {
        let owner = Browser::open(Look::default()).await?;
        let callback = sign_in(&owner, &world).await?;
        owner.close().await?;

        // Whoever opens the copied link is another person, and becomes nobody but himself.
        world.simulator.set_current("xiaohong");
        let thief = Browser::open(Look::default()).await?;
        thief.goto(&callback).await?;
        let openid = thief.text("[data-field=openid]").await?;
        ensure!(
            openid == world.simulator.openid(SHOP, "xiaohong"),
            "{openid}"
        );
        ensure!(world.exchanges().len() == 2, "{:?}", world.exchanges());
        ensure!(
            world.exchanges().iter().all(|it| it.errcode == 0),
            "the spent code was sent: {:?}",
            world.exchanges()
        );
        thief.close().await
    });
}

#[test]
fn a_fresh_code_of_somebody_else_in_a_link_does_not_log_in() {
    journey(WorldOptions::default(), async |world| {
        // Login CSRF: the attacker's own unspent code, in a link for the victim.
        let code = world
            .simulator
            .issue_code(SHOP, "laozhou", GrantedScope::Base);
        let link = format!(
            "{}/?code={code}&state=1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            world.app
        );
        let victim = Browser::open(Look::default()).await?;
        victim.goto(&link).await?;
        let openid = victim.text("[data-field=openid]").await?;
        ensure!(
            openid == world.simulator.openid(SHOP, "xiaoming"),
            "{openid}"
        );
        ensure!(world.exchanges().len() == 1, "{:?}", world.exchanges());
        ensure!(!victim.address().await?.contains("code="));

        // With a session it changes nothing either.
        victim.goto(&link).await?;
        victim.text("[data-field=openid]").await?;
        ensure!(world.exchanges().len() == 1, "{:?}", world.exchanges());
        victim.close().await
    });
}

#[test]
fn a_second_code_for_a_bound_login_is_dropped() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        // The browser waits for this state, and has already seen a code for it.
        let state = "1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        browser.goto(&format!("{}/robots.txt", world.app)).await?;
        let plant = format!(
            "sessionStorage.setItem('wechat-login:{state}',
                ['b'.repeat(32), 'shop', 'snsapi_base', '/', Date.now(), 'first'].join('\\n'))"
        );
        browser.script(&plant).await?;
        let code = world
            .simulator
            .issue_code(SHOP, "laozhou", GrantedScope::Base);
        browser
            .goto(&format!("{}/?code={code}&state={state}", world.app))
            .await?;
        let openid = browser.text("[data-field=openid]").await?;
        ensure!(
            openid == world.simulator.openid(SHOP, "xiaoming"),
            "{openid}"
        );
        ensure!(world.exchanges().len() == 1, "{:?}", world.exchanges());
        browser.close().await
    });
}

#[test]
fn a_link_with_somebody_elses_refusal_does_not_look_like_ones_own() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        browser
            .goto(&format!(
                "{}/?state=1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                world.app
            ))
            .await?;
        browser.text("[data-field=openid]").await?;
        ensure!(!browser.has(".notice").await);
        browser.close().await
    });
}
