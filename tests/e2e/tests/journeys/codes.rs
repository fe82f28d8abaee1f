//! Codes that WeChat takes no more, and two of them for one `state`.

use anyhow::{Context, ensure};
use e2e::{Browser, Look, SHOP, World, WorldOptions, errcode, journey, walk};
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
    world.is_signed_in(browser, "xiaoming").await?;
    ensure!(browser.address().await? == world.page("/"));
    ensure!(!browser.has(".notice").await);
    let visits = browser.asked("/connect/", 1).await;
    visits.with_context(|| format!("after {gap} ms"))?;
    browser.forget(&redirect).await
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
        world.strike_once(Endpoint::AccessToken, errcode(40163));
        // Used before, and of a snapshot's virtual user.
        let virtual_users = world.simulator.issue_snapshot_code(SHOP, "kuaizhao");
        for (scope, first, results) in [
            (GrantedScope::Base, world.code("xiaoming"), [40163, 0]),
            (GrantedScope::Userinfo, virtual_users, [0, 0]),
        ] {
            forget_everything(browser, world).await?;
            let before = world.exchanges().len();
            let second = world.simulator.issue_code(SHOP, "xiaoming", scope);
            let planted = Planted {
                scope: scope.as_str(),
                code: &first,
                ..Planted::default()
            };
            let state = plant(browser, world, planted).await?;
            browser.goto(&callback(world, &second, &state)).await?;
            world.is_signed_in(browser, "xiaoming").await?;
            ensure!(world.exchange_results()[before..] == results);
        }
        world.asked_wechat(0, &[40163, 0, 0, 0])
    });
}

/// Opens the app while the code of the first login is no good, and sees it recover.
async fn recovers(world: &World, first: i64) -> anyhow::Result<()> {
    let browser = Browser::open(Look::default()).await?;
    browser.goto(&world.app).await?;
    world.is_signed_in(&browser, "xiaoming").await?;
    ensure!(!browser.has(".notice").await, "a notice is shown");
    world.asked_wechat(2, &[first, 0])?;

    // The session is looked at between the refused code and the second way to WeChat.
    let requests = browser.requests().await?;
    let place = |wanted: &dyn Fn(&String) -> bool, from: usize| {
        let rest = requests.iter().skip(from);
        rest.clone().position(wanted).map(|at| at + from)
    };
    let post = place(&|it| it.starts_with("POST "), 0).context("no exchange")?;
    let look = place(&|it| it == &format!("GET {}/api/session", world.app), post)
        .context("the session was not looked at")?;
    place(&|it| it.contains("/connect/oauth2/authorize"), look)
        .context("WeChat was asked before the session")?;
    browser.close().await
}

#[test]
fn a_code_that_is_no_good_starts_anew_once_after_a_look_at_the_session() {
    // Expired, and used by somebody else.
    for (endpoint, effect, number) in [
        (Endpoint::AccessToken, errcode(40029), 40029),
        (Endpoint::Authorize, Effect::StaleCode, 40163),
    ] {
        journey(WorldOptions::default(), async |world| {
            world.strike_once(endpoint, effect);
            recovers(&world, number).await
        });
    }
}
