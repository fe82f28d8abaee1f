//! A refusal where nobody was signed in.

use anyhow::ensure;
use e2e::walk;

use super::planted::{Planted, plant};

#[test]
fn a_refusal_without_a_session_starts_nothing_until_a_tap() {
    walk(async |world, browser| {
        let state = plant(browser, world, Planted::default()).await?;
        browser
            .goto(&format!("{}/?state={state}", world.app))
            .await?;
        browser.title("您已拒绝授权").await?;
        ensure!(browser.address().await? == world.page("/"));
        browser.reload().await?;
        browser.text("[data-action=sign-in]").await?;
        ensure!(world.authorizations().is_empty());
        ensure!(world.exchanges().is_empty());
        let left = browser
            .script("return Object.keys(sessionStorage).filter(it => it.startsWith('wechat-login:')).length")
            .await?;
        ensure!(left == 0, "{left} records left");

        browser.tap("[data-action=sign-in]").await?;
        browser.text("[data-field=openid]").await?;
        ensure!(world.authorizations().len() == 1);
        Ok(())
    });
}
