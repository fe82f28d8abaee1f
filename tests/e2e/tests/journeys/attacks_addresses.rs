//! Addresses that lead elsewhere, in a real browser; and callbacks that come again.

use anyhow::ensure;
use e2e::walk;

use super::login::sign_in;
use super::planted::{Planted, callback, forget_everything, plant, state};

/// The tricks, a JSON list of texts; all of them go through the functions themselves in `tools/fuzz/tests/`.
const TRICKS: &str = include_str!("../../../support/open_redirects.json");

/// One of so many is tried here.
const STEP: usize = 10;

#[test]
fn no_trick_leads_the_browser_to_another_site_after_a_login() {
    walk(async |world, browser| {
        let tricks: Vec<String> = serde_json::from_str(TRICKS)?;
        for trick in tricks.iter().step_by(STEP) {
            forget_everything(browser, world).await?;
            let planted = Planted::with(|it| it.return_to = trick);
            let state = plant(browser, world, planted).await?;
            let code = world.code("xiaoming");
            browser.goto(&callback(world, &code, &state)).await?;
            browser.text("main").await?;
            let address = browser.address().await?;
            let stays = address.starts_with(&world.page("/"));
            ensure!(stays, "{trick:?}: {address}");
            browser.lose_cookies().await?;
        }
        let requests = browser.requests().await?;
        let is_lost = |it: &&String| it.contains("://evil") || it.contains("shop.example");
        ensure!(!requests.iter().any(|it| is_lost(&it)), "{requests:?}");
        Ok(())
    });
}

/// What stands in the address bar is what a login comes back to.
#[test]
fn a_page_whose_path_is_another_hosts_address_stays_a_page_of_this_site() {
    walk(async |world, browser| {
        for local in [
            "//evil/",
            "//evil",
            "/..//evil/",
            "/%2f/evil",
            "/orders//evil",
            "/?return_to=https://evil.example&redirect_uri=https://evil.example",
            &format!("//evil/?code=C&state={}", state(1, 0)),
        ] {
            forget_everything(browser, world).await?;
            browser.goto(&world.page(local)).await?;
            browser.text("main h1, [data-field=openid]").await?;
            let stays = format!("location.origin === '{}'", world.app);
            browser.eventually(&stays).await?;
        }
        let requests = browser.requests().await?;
        let known = [&world.app, &world.wechat].map(|it| format!(" {it}/"));
        let is_known = |it: &String| known.iter().any(|known| it.contains(known));
        let other: Vec<_> = requests.iter().filter(|it| !is_known(it)).collect();
        ensure!(other.is_empty(), "{other:?}");
        Ok(())
    });
}

#[test]
fn a_callback_opened_again_after_signing_out_signs_nobody_in() {
    walk(async |world, browser| {
        let callback = sign_in(browser, world).await?;
        browser.tap("[data-action=sign-out]").await?;
        browser.text("[data-action=sign-in]").await?;
        for _ in 0..2 {
            browser.goto(&callback).await?;
            browser.text("[data-action=sign-in]").await?;
            ensure!(!browser.has("[data-field=openid]").await);
            ensure!(!browser.address().await?.contains("code="));
        }
        ensure!(world.exchanges().len() == 1, "{:?}", world.exchanges());
        Ok(())
    });
}
