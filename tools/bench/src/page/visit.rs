//! One person's first login with an empty browser, and the return with a session, in a new tab.

use std::collections::BTreeMap;
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
use crate::traffic::{Kind, Request, bytes, requests};

const WATCH: &str = include_str!("watch.js");

/// How long a login may take; a slow phone needs a tenth of it.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is asked whether the profile is there: seldom, because the page's own thread has to answer.
const PAUSE: Duration = Duration::from_millis(100);
/// How long the browser may go on writing its caches, and the page fetching what nobody waits for.
const AFTERMATH: Duration = Duration::from_millis(500);

/// What DevTools makes the browser pretend to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Phone {
    /// Its name in tables.
    pub(crate) label: &'static str,
    /// The least that every request takes, in milliseconds.
    round_trip: f64,
    /// Bytes in a second; minus one is DevTools' word for no limit.
    down: f64,
    up: f64,
    /// How many times slower the main thread is.
    slowdown: u32,
}

/// 1.6 Mbit/s down, 0.75 up.
pub(crate) const SLOW: Phone = Phone {
    label: "slow phone",
    round_trip: 150.0,
    down: 200_000.0,
    up: 93_750.0,
    slowdown: 4,
};
/// As fast as this machine.
const UNTHROTTLED: Phone = Phone {
    label: "unthrottled",
    round_trip: 0.0,
    down: -1.0,
    up: -1.0,
    slowdown: 1,
};
/// In the order of the tables.
pub(crate) const PHONES: [Phone; 2] = [SLOW, UNTHROTTLED];

impl Phone {
    /// Makes the tab in use such a phone; before the first page is opened in it.
    async fn pretend(self, browser: &Browser) -> anyhow::Result<()> {
        let network = json!({
            "offline": false,
            "latency": self.round_trip,
            "downloadThroughput": self.down,
            "uploadThroughput": self.up,
        });
        for (command, parameters) in [
            ("Network.enable", json!({})),
            // The proxy's policy allows the style sheet in our page, and none beside it, which the others' have.
            ("Page.setBypassCSP", json!({ "enabled": true })),
            ("Network.emulateNetworkConditions", network),
            (
                "Emulation.setCPUThrottlingRate",
                json!({ "rate": self.slowdown }),
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
    let tap = cold.first().context("nothing was requested")?;
    let leaves = cold.iter().find(|it| it.kind == Kind::Wechat);
    let leaves = leaves.map_or(f64::INFINITY, |it| it.sent);
    let login = [
        ("GET /", 2),
        ("GET /api/bootstrap", 2),
        ("GET /connect/oauth2/authorize", 1),
        ("POST /api/session", 1),
    ];
    check(&cold, phone, leaves, &login)?;

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
        0.0,
        &[("GET /", 1), ("GET /api/bootstrap", 1)],
    )?;

    UNTHROTTLED.pretend(&browser).await?;
    let mut figures = memory(&browser).await?;
    browser.quit().await?;

    let kinds = [Kind::Document, Kind::Script, Kind::Wasm, Kind::Style];
    let sizes = kinds.map(|kind| bytes(&cold, |it| it.kind == kind && it.sent < leaves));
    figures.extend(report::DOWNLOAD.into_iter().zip(sizes));
    figures.extend([
        (AUTHORIZE, (leaves - tap.sent) * 1_000.0),
        (LOGIN, seen.time_origin + seen.after - tap.sent_at * 1_000.0),
        (RETURN, seen_again.after),
        (API, bytes(&cold, |it| it.kind == Kind::Api)),
        (WHOLE_LOGIN, bytes(&cold, |it| it.kind != Kind::Wechat)),
        (WHOLE_RETURN, bytes(&warm, |it| it.kind != Kind::Wechat)),
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
) -> anyhow::Result<(Vec<Request>, Seen)> {
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
    let requests = requests(&browser.events().await?, address, &pages.wechat())?;
    Ok((requests, seen))
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

/// Beside files, what was asked for is what was expected, in the order of the alphabet; and everything is as slow as it
/// should be. What was asked for before the page left need not have come.
fn check(
    requests: &[Request],
    phone: Phone,
    leaves: f64,
    expected: &[(&str, usize)],
) -> anyhow::Result<()> {
    let mut asked = BTreeMap::new();
    for request in requests {
        if matches!(request.kind, Kind::Document | Kind::Api | Kind::Wechat) {
            *asked.entry(request.what.as_str()).or_insert(0) += 1;
        }
        let is_whole = request.is_finished || request.sent < leaves;
        ensure!(is_whole, "it was not finished: {}", request.what);
        // Timers of browsers are allowed to be a little early.
        let took = request.milliseconds();
        let is_slow_enough = request.is_from_cache || took >= phone.round_trip - 5.0;
        ensure!(
            is_slow_enough,
            "the network is not slowed down: {} took {took:.0} ms",
            request.what
        );
    }
    let asked: Vec<(&str, usize)> = asked.into_iter().collect();
    ensure!(asked == expected, "{asked:?} instead of {expected:?}");
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
