//! One person's first login with an empty browser, and the return with a session, in a new tab.

use std::time::Duration;

use anyhow::{Context, ensure};
use e2e::{Browser, Look};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::memory::Memory;
use crate::phone::{self, Phone};
use crate::servers::Servers;
use crate::summary::{Measured, Sample};
use crate::traffic::{Kind, Traffic};
use crate::variant::Variant;

const WATCH: &str = include_str!("watch.js");

/// How long a login may take; a slow phone needs a tenth of it.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is asked whether the profile is there: seldom, because the page's own thread has to answer.
const PAUSE: Duration = Duration::from_millis(100);
/// How long the browser may go on writing its caches, and the page fetching what nobody waits for.
const AFTERMATH: Duration = Duration::from_millis(500);

/// What watch.js noted, in milliseconds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    openid: String,
    /// Since the navigation to the page that shows it.
    after: f64,
    /// When that was, since 1970-01-01 UTC.
    time_origin: f64,
}

/// Opens a browser with an empty profile and does both.
///
/// # Errors
/// When the page does not show the right person, or asks for other things than a login needs.
pub(crate) async fn measure(
    servers: &Servers,
    variant: Variant,
    phone: Phone,
) -> anyhow::Result<Sample> {
    let browser = Browser::open_new(Look {
        waits_for_load: false,
        ..Look::default()
    })
    .await?;
    let version = browser.devtools("Browser.getVersion", json!({})).await?;
    let first_tab = browser.tab().await?;

    let (cold, seen) = visit(&browser, servers, variant, phone)
        .await
        .context("the first login")?;
    let tap = cold.first_sent().context("nothing was requested")?;
    let authorize = cold
        .requests
        .iter()
        .find(|it| it.kind == Kind::Wechat)
        .context("WeChat was never asked")?;
    check(&cold, phone, &[(Kind::Wechat, 1), (Kind::Document, 2)])?;
    cold.expect_api("GET", "/api/bootstrap", 2)?;
    cold.expect_api("POST", "/api/session", 1)?;
    ensure!(
        cold.count(Kind::Api) == 3,
        "more than the login needs was asked for: {cold}"
    );

    // A new tab is a new process, as it is for a person who comes back another day; the caches on disk are warm.
    browser.open_tab().await?;
    let new_tab = browser.tab().await?;
    browser.use_tab(&first_tab).await?;
    browser.close_tab().await?;
    browser.use_tab(&new_tab).await?;
    let (warm, seen_again) = visit(&browser, servers, variant, phone)
        .await
        .context("the return")?;
    check(&warm, phone, &[(Kind::Wechat, 0), (Kind::Document, 1)])?;
    warm.expect_api("GET", "/api/bootstrap", 1)?;
    ensure!(
        warm.count(Kind::Api) == 1,
        "more than the session was asked for: {warm}"
    );

    phone::slow_down(&browser, 1).await?;
    let memory = Memory::of(&browser).await?;
    browser.quit().await?;

    let first_load = cold.before(authorize.sent);
    Ok(Sample {
        variant,
        phone,
        chromium: version["product"].as_str().unwrap_or_default().to_owned(),
        measured: Measured {
            cold_authorize: (authorize.sent - tap.sent) * 1_000.0,
            cold_profile: seen.time_origin + seen.after - tap.sent_at * 1_000.0,
            return_profile: seen_again.after,
            private_memory: memory.private as f64,
            js_heap: memory.js_heap,
            download: Kind::OF_THE_PAGE.map(|kind| first_load.bytes(kind)),
            api: cold.bytes(Kind::Api),
            whole_login: cold.bytes_from_us(),
            whole_return: warm.bytes_from_us(),
        },
    })
}

/// Opens the page and waits until it shows who is signed in.
async fn visit(
    browser: &Browser,
    servers: &Servers,
    variant: Variant,
    phone: Phone,
) -> anyhow::Result<(Traffic, Seen)> {
    phone.pretend(browser).await?;
    browser.before_each_page(WATCH).await?;
    let address = servers.address(variant)?;
    // What was before is not part of it.
    browser.events().await?;
    browser.goto(&format!("{address}/")).await?;
    let seen = wait(browser).await?;
    let openid = servers.openid();
    ensure!(
        seen.openid == openid,
        "the page shows another openid than WeChat gave"
    );
    sleep(AFTERMATH).await;
    let traffic = Traffic::of(&browser.events().await?, address, &servers.wechat())?;
    Ok((traffic, seen))
}

async fn wait(browser: &Browser) -> anyhow::Result<Seen> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        // A page that goes while it is asked says nothing; the next one is asked again.
        if let Ok(noted) = browser.script("return window.benchPage || null").await
            && !noted.is_null()
        {
            return Ok(serde_json::from_value(noted)?);
        }
        if Instant::now() > deadline {
            let page = browser.script("return document.body.innerText").await?;
            anyhow::bail!("no openid on the screen; the page says: {page}");
        }
        sleep(PAUSE).await;
    }
}

/// What was sent is what was expected, and as slowly as it should be.
fn check(traffic: &Traffic, phone: Phone, expected: &[(Kind, usize)]) -> anyhow::Result<()> {
    for (kind, count) in expected {
        let sent = traffic.count(*kind);
        ensure!(
            sent == *count,
            "{sent} requests of kind {kind:?}, not {count}: {traffic}"
        );
    }
    let leaves = traffic
        .requests
        .iter()
        .find(|it| it.kind == Kind::Wechat)
        .map_or(0.0, |it| it.sent);
    for request in &traffic.requests {
        ensure!(
            request.is_finished || request.sent < leaves,
            "it was not finished: {}",
            request.what
        );
        // Timers of browsers are allowed to be a little early.
        let is_slow_enough =
            request.is_from_cache || request.milliseconds() >= phone.round_trip() - 5.0;
        ensure!(
            is_slow_enough,
            "the network is not slowed down: {} took {:.0} ms",
            request.what,
            request.milliseconds()
        );
    }
    Ok(())
}
