//! WeChat's redirect comes twice, with two codes for one `state`.

use anyhow::ensure;
use e2e::{Browser, SHOP, World, WorldOptions, errcode, journey, walk};
use wechat_simulator::{Effect, Endpoint, GrantedScope};

use super::planted::{Planted, callback, forget_everything, plant};

/// Milliseconds from the first redirect to the second.
const GAPS: [u32; 6] = [0, 300, 500, 900, 2000, 5000];

/// What WeChat takes for an exchange, in milliseconds: some second codes come before the answer to the first.
const EXCHANGE: u64 = 700;

/// Opens the app, and WeChat redirects once more after `gap`.
async fn redirected_twice(browser: &Browser, world: &World, gap: u32) -> anyhow::Result<()> {
    forget_everything(browser, world).await?;
    let code = world.code("xiaoming");
    let redirect = format!(
        "const [, first] = /code=([^&]*)&state=/.exec(location.search) || [];
         if (first === '{code}') sessionStorage.second = 'loaded';
         else if (first && !sessionStorage.second) {{
             sessionStorage.second = 'under way';
             const again = location.href.replace(first, '{code}');
             setTimeout(() => {{ location.href = again; }}, {gap});
         }}"
    );
    let redirect = browser.before_each_page(&redirect).await?;
    browser.requests().await?;
    browser.goto(&world.app).await?;
    browser
        .eventually("sessionStorage.second === 'loaded' && document.querySelector('main h1')")
        .await?;
    world.is_signed_in(&browser, "xiaoming").await?;
    ensure!(browser.address().await? == world.page("/"));
    ensure!(!browser.has(".notice").await);
    let requests = browser.requests().await?;
    let visits = requests.iter().filter(|it| it.contains("/connect/"));
    ensure!(visits.count() == 1, "after {gap} ms: {requests:?}");
    browser.forget(redirect).await
}

async fn at_every_gap(world: &World, keeps_pages: bool) -> anyhow::Result<()> {
    let browser = Browser::with(|look| look.keeps_pages = keeps_pages).await?;
    for gap in GAPS {
        redirected_twice(&browser, world, gap).await?;
    }
    // Where the first load ended, alive or not, somebody is signed in as well.
    redirected_twice(&browser, world, 300).await?;
    browser.back().await?;
    browser.text("[data-field=openid]").await?;
    browser.close().await
}

#[test]
fn whichever_comes_first_signs_in_at_every_gap() {
    journey(WorldOptions::default(), async |world| {
        let slow = Effect::Delay { millis: EXCHANGE };
        world.strike(Endpoint::AccessToken, slow);
        // Beside one another, because most of it is waiting.
        let (with, without) = tokio::join!(at_every_gap(&world, true), at_every_gap(&world, false));
        with.and(without)?;
        let results = world.exchange_results();
        ensure!(results.iter().all(|errcode| *errcode == 0), "{results:?}");
        Ok(())
    });
}

#[test]
fn a_second_code_is_tried_where_the_first_brings_nobody_in() {
    walk(async |world, browser| {
        let [first, second] = [(); 2].map(|()| world.code("xiaoming"));
        world.strike_once(Endpoint::AccessToken, errcode(40163));
        let planted = Planted {
            code: &first,
            ..Planted::default()
        };
        let state = plant(browser, world, planted).await?;
        browser.goto(&callback(world, &second, &state)).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        ensure!(world.exchange_results() == [40163, 0]);
        ensure!(world.authorizations().is_empty());
        Ok(())
    });
}

#[test]
fn a_second_code_is_tried_where_the_first_is_of_a_snapshots_virtual_user() {
    walk(async |world, browser| {
        let first = world.simulator.issue_snapshot_code(SHOP, "kuaizhao");
        let second = world
            .simulator
            .issue_code(SHOP, "xiaoming", GrantedScope::Userinfo);
        let planted = Planted {
            scope: "snsapi_userinfo",
            code: &first,
            ..Planted::default()
        };
        let state = plant(browser, world, planted).await?;
        browser.goto(&callback(world, &second, &state)).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        ensure!(world.authorizations().is_empty());
        Ok(())
    });
}
