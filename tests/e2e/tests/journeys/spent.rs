//! Codes that WeChat takes no more.

use anyhow::{Context, ensure};
use e2e::{Browser, Look, World, WorldOptions, errcode, journey};
use wechat_simulator::{Effect, Endpoint};

/// Opens the app while the code of the first login is no good, and sees it recover.
async fn recovers(world: &World, first: i64) -> anyhow::Result<()> {
    let browser = Browser::open(Look::default()).await?;
    browser.goto(&world.app).await?;
    world.is_signed_in(&browser, "xiaoming").await?;
    ensure!(!browser.has(".notice").await, "a notice is shown");
    ensure!(
        world.exchange_results() == [first, 0],
        "{:?}",
        world.exchange_results()
    );
    let visits = world.authorizations().len();
    ensure!(visits == 2, "{visits} visits to WeChat");

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
fn an_expired_code_starts_anew_once_after_a_look_at_the_session() {
    journey(WorldOptions::default(), async |world| {
        world.strike_once(Endpoint::AccessToken, errcode(40029));
        recovers(&world, 40029).await
    });
}

#[test]
fn a_used_code_of_somebody_else_starts_anew_once_after_a_look_at_the_session() {
    journey(WorldOptions::default(), async |world| {
        world.strike_once(Endpoint::Authorize, Effect::StaleCode);
        recovers(&world, 40163).await
    });
}
