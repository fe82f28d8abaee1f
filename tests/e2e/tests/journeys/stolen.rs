//! Callback addresses in the hands of others.

use anyhow::ensure;
use e2e::{Browser, Look, WorldOptions, journey, walk};

use super::login::sign_in;
use super::planted::{Planted, callback, plant, state};

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
        world.is_signed_in(&thief, "xiaohong").await?;
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
        let code = world.code("laozhou");
        let link = callback(&world, &code, &state(1, 1000));
        let victim = Browser::open(Look::default()).await?;
        victim.goto(&link).await?;
        world.is_signed_in(&victim, "xiaoming").await?;
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
fn a_second_code_for_a_login_is_dropped_where_the_first_signs_somebody_in() {
    walk(async |world, browser| {
        let [own, foreign] = ["xiaoming", "laozhou"].map(|person| world.code(person));
        let planted = Planted::with(|it| it.code = &own);
        let state = plant(browser, world, planted).await?;
        browser.goto(&callback(world, &foreign, &state)).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        ensure!(world.exchanges().len() == 1, "{:?}", world.exchanges());
        ensure!(world.authorizations().is_empty());
        Ok(())
    });
}

#[test]
fn a_link_with_somebody_elses_refusal_does_not_look_like_ones_own() {
    walk(async |world, browser| {
        // In a new browser, and in one that is signed in.
        for _ in 0..2 {
            let link = format!("{}/?state={}", world.app, state(1, 1000));
            browser.goto(&link).await?;
            browser.text("[data-field=openid]").await?;
            ensure!(!browser.has(".notice").await);
            ensure!(browser.address().await? == world.page("/"));
        }
        ensure!(world.authorizations().len() == 1);
        Ok(())
    });
}
