//! One person's first login with an empty browser, and the return with a session, in a new tab.

use std::time::Duration;

use anyhow::{Context, ensure};
use bench::processes::{self, Usage};
use bench::report::Figures;
use e2e::{Browser, Look};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::pages::{Pages, Variant};
use crate::report::{
    self, API, AUTHORIZE, JS_HEAP, LOGIN, PRIVATE, RETURN, WHOLE_LOGIN, WHOLE_RETURN,
};
use crate::traffic::{Kind, Traffic};

const WATCH: &str = include_str!("watch.js");

/// How long a login may take; a slow phone needs a tenth of it.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is asked whether the profile is there: seldom, because the page's own thread has to answer.
const PAUSE: Duration = Duration::from_millis(100);
/// How long the browser may go on writing its caches, and the page fetching what nobody waits for.
const AFTERMATH: Duration = Duration::from_millis(500);
/// Bytes in a second of one megabit.
const MEGABIT: f64 = 125_000.0;

/// What DevTools makes the browser pretend to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phone {
    /// 1.6 Mbit/s down, 0.75 up, 150 ms for each request, a main thread four times slower.
    Slow,
    /// As fast as this machine.
    Unthrottled,
}

impl Phone {
    /// In the order of the tables.
    pub(crate) const ALL: [Self; 2] = [Self::Slow, Self::Unthrottled];

    /// Its name in tables.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Slow => "slow phone",
            Self::Unthrottled => "unthrottled",
        }
    }

    /// The least that every request takes, in milliseconds.
    const fn round_trip(self) -> f64 {
        match self {
            Self::Slow => 150.0,
            Self::Unthrottled => 0.0,
        }
    }

    /// Makes the tab in use such a phone; before the first page is opened in it.
    async fn pretend(self, browser: &Browser) -> anyhow::Result<()> {
        let (down, up, slowdown) = match self {
            Self::Slow => (1.6 * MEGABIT, 0.75 * MEGABIT, 4),
            // Minus one is DevTools' word for no limit.
            Self::Unthrottled => (-1.0, -1.0, 1),
        };
        let network = json!({
            "offline": false,
            "latency": self.round_trip(),
            "downloadThroughput": down,
            "uploadThroughput": up,
        });
        for (command, parameters) in [
            ("Network.enable", json!({})),
            ("Network.emulateNetworkConditions", network),
            (
                "Emulation.setCPUThrottlingRate",
                json!({ "rate": slowdown }),
            ),
        ] {
            browser.devtools(command, parameters).await?;
        }
        Ok(())
    }
}

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

/// Opens a browser with an empty profile and does both. Gives the browser's name and version, and the figures.
///
/// # Errors
/// When the page does not show the right person, or asks for other things than a login needs.
pub(crate) async fn measure(
    pages: &Pages,
    variant: Variant,
    phone: Phone,
) -> anyhow::Result<(String, Figures)> {
    let browser = Browser::open_new(Look {
        waits_for_load: false,
        ..Look::default()
    })
    .await?;
    let version = browser.devtools("Browser.getVersion", json!({})).await?;
    let first_tab = browser.tab().await?;

    let visited = visit(&browser, pages, variant, phone).await;
    let (cold, seen) = visited.context("the first login")?;
    let tap = cold.requests.first().context("nothing was requested")?;
    let authorize = cold.first(Kind::Wechat).context("WeChat was never asked")?;
    check(
        &cold,
        phone,
        &[(Kind::Wechat, 1), (Kind::Document, 2), (Kind::Api, 3)],
    )?;
    cold.expect_api("GET /api/bootstrap", 2)?;
    cold.expect_api("POST /api/session", 1)?;

    // A new tab is a new process, as it is for a person who comes back another day; the caches on disk are warm.
    browser.open_tab().await?;
    let new_tab = browser.tab().await?;
    browser.use_tab(&first_tab).await?;
    browser.close_tab().await?;
    browser.use_tab(&new_tab).await?;
    let visited = visit(&browser, pages, variant, phone).await;
    let (warm, seen_again) = visited.context("the return")?;
    check(
        &warm,
        phone,
        &[(Kind::Wechat, 0), (Kind::Document, 1), (Kind::Api, 1)],
    )?;
    warm.expect_api("GET /api/bootstrap", 1)?;

    Phone::Unthrottled.pretend(&browser).await?;
    let mut figures = memory(&browser).await?;
    browser.quit().await?;

    let first_load = cold.before(authorize.sent);
    let kinds = [Kind::Document, Kind::Script, Kind::Wasm, Kind::Style];
    let sizes = kinds.map(|kind| first_load.bytes(|it| it == kind));
    figures.extend(report::DOWNLOAD.into_iter().zip(sizes));
    figures.extend([
        (AUTHORIZE, (authorize.sent - tap.sent) * 1_000.0),
        (LOGIN, seen.time_origin + seen.after - tap.sent_at * 1_000.0),
        (RETURN, seen_again.after),
        (API, cold.bytes(|it| it == Kind::Api)),
        (WHOLE_LOGIN, cold.bytes(|it| it != Kind::Wechat)),
        (WHOLE_RETURN, warm.bytes(|it| it != Kind::Wechat)),
    ]);
    let version = version["product"].as_str().unwrap_or_default().to_owned();
    Ok((version, report::complete(figures)))
}

/// Opens the page and waits until it shows who is signed in.
async fn visit(
    browser: &Browser,
    pages: &Pages,
    variant: Variant,
    phone: Phone,
) -> anyhow::Result<(Traffic, Seen)> {
    phone.pretend(browser).await?;
    browser.before_each_page(WATCH).await?;
    let address = pages.address(variant)?;
    // What was before is not part of it.
    browser.events().await?;
    browser.goto(&format!("{address}/")).await?;
    let seen = wait(browser).await?;
    let is_right = seen.openid == pages.openid();
    ensure!(is_right, "the page shows another openid than WeChat gave");
    sleep(AFTERMATH).await;
    let traffic = Traffic::of(&browser.events().await?, address, &pages.wechat())?;
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
        let sent = traffic
            .requests
            .iter()
            .filter(|it| it.kind == *kind)
            .count();
        ensure!(
            sent == *count,
            "{sent} requests of kind {kind:?}, not {count}: {traffic}"
        );
    }
    let leaves = traffic.first(Kind::Wechat).map_or(0.0, |it| it.sent);
    for request in &traffic.requests {
        let is_whole = request.is_finished || request.sent < leaves;
        ensure!(is_whole, "it was not finished: {}", request.what);
        // Timers of browsers are allowed to be a little early.
        let took = request.milliseconds();
        let is_slow_enough = request.is_from_cache || took >= phone.round_trip() - 5.0;
        ensure!(
            is_slow_enough,
            "the network is not slowed down: {} took {took:.0} ms",
            request.what
        );
    }
    Ok(())
}

/// Of the page in the tab in use, in bytes, after the garbage has been collected.
async fn memory(browser: &Browser) -> anyhow::Result<Figures> {
    for command in ["HeapProfiler.collectGarbage", "Performance.enable"] {
        browser.devtools(command, json!({})).await?;
    }
    let metrics = browser
        .devtools("Performance.getMetrics", json!({}))
        .await?;
    let metrics = metrics["metrics"].as_array().context("no metrics")?;
    let js_heap = metrics
        .iter()
        .find(|metric| metric["name"] == "JSHeapUsedSize")
        .and_then(|metric| metric["value"].as_f64())
        .context("DevTools do not tell the size of the heap")?;
    // A browser has other processes for pages, of closed tabs and for tabs to come; this page's is the one that works
    // when the page is told to.
    let look = || -> Vec<(i32, Usage)> {
        let browser = browser.process().unwrap_or_default().cast_signed();
        let family = processes::family(browser).unwrap_or_default().into_keys();
        let pages = family.filter(|it| processes::is_called(*it, "--type=renderer"));
        pages.map(|it| (it, processes::usage(it))).collect()
    };
    let before = look();
    browser
        .script("const end = performance.now() + 300; while (performance.now() < end);")
        .await?;
    let busiest = look().into_iter().max_by_key(|(id, usage)| {
        let earlier = before.iter().find(|(it, _)| it == id);
        earlier.map(|(_, earlier)| usage.ticks.saturating_sub(earlier.ticks))
    });
    // Where the system does not tell (it does on Linux), nothing.
    let private = busiest.map_or(0.0, |(_, usage)| usage.private as f64);
    Ok(Figures::from([(PRIVATE, private), (JS_HEAP, js_heap)]))
}
