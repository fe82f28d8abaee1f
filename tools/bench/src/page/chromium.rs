//! A visit in Chromium, which chromedriver drives and DevTools slow down and watch.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use bench::processes::{self, Usage};
use bench::report::Figures;
use e2e::Browser;
use serde_json::json;

use crate::figures::{API, DECISION, JS_HEAP, KINDS, PAGE, PRIVATE, WHOLE_LOGIN, WHOLE_RETURN};
use crate::pages::{Pages, Variant};
use crate::phones::{Phone, SLOW, UNTHROTTLED};
use crate::traffic::{Kind, Request, bytes, requests};
use crate::visit::{Visit, look, visit};

/// Does both visits. The figures are those that DevTools tell; bytes and memory are of the slow phone alone.
pub(crate) async fn measure(
    pages: &Pages,
    variant: Variant,
    phone: Phone,
) -> anyhow::Result<(String, [Visit; 2], Figures)> {
    let browser = Browser::open_new(look()).await?;
    let version = browser.devtools("Browser.getVersion", json!({})).await?;

    let visited = slow_visit(&browser, pages, variant, phone).await;
    let (cold, first) = visited.context("the first login")?;
    let leaves = cold.iter().find(|it| it.kind == Kind::Wechat);
    let leaves = leaves.map_or(f64::INFINITY, |it| it.sent);
    check(&cold, phone, leaves)?;

    // As it is for a person who comes back another day; the caches on disk are warm.
    browser.new_tab().await?;
    let visited = slow_visit(&browser, pages, variant, phone).await;
    let (warm, again) = visited.context("the return")?;
    check(&warm, phone, 0.0)?;

    let mut figures = Figures::new();
    if phone == SLOW {
        pretend(UNTHROTTLED, &browser).await?;
        figures = memory(&browser).await?;
        figures.extend(weights(pages, variant, &cold).await?);
        figures.extend([
            (API, bytes(&cold, |it| it.kind == Kind::Api)),
            (WHOLE_LOGIN, bytes(&cold, |it| it.kind != Kind::Wechat)),
            (WHOLE_RETURN, bytes(&warm, |it| it.kind != Kind::Wechat)),
        ]);
    }
    browser.quit().await?;
    let version = version["product"].as_str().unwrap_or_default();
    Ok((version.replace('/', " "), [first, again], figures))
}

/// Makes the tab in use such a phone; before the first page is opened in it.
async fn pretend(phone: Phone, browser: &Browser) -> anyhow::Result<()> {
    let speed = phone.pretended;
    // Minus one is DevTools' word for no limit.
    let network = json!({
        "offline": false,
        "latency": speed.map_or(0, |it| it.round_trip.as_millis()),
        "downloadThroughput": speed.map_or(-1.0, |it| it.down),
        "uploadThroughput": speed.map_or(-1.0, |it| it.up),
    });
    for (command, parameters) in [
        ("Network.enable", json!({})),
        // The proxy's policy allows the style sheet in our page, and none beside it, which the others' have.
        ("Page.setBypassCSP", json!({ "enabled": true })),
        ("Network.emulateNetworkConditions", network),
        (
            "Emulation.setCPUThrottlingRate",
            json!({ "rate": phone.slowdown }),
        ),
    ] {
        browser.devtools(command, parameters).await?;
    }
    Ok(())
}

/// A visit as on such a phone, and what DevTools told of it.
async fn slow_visit(
    browser: &Browser,
    pages: &Pages,
    variant: Variant,
    phone: Phone,
) -> anyhow::Result<(Vec<Request>, Visit)> {
    pretend(phone, browser).await?;
    // What was before is not part of it.
    browser.events().await?;
    let visit = visit(browser, pages, variant).await?;
    let events = browser.events().await?;
    let requests = requests(&events, pages.address(variant)?, pages.wechat())?;
    Ok((requests, visit))
}

/// Everything is as slow as it should be. What was asked for before the page left need not have come.
fn check(requests: &[Request], phone: Phone, leaves: f64) -> anyhow::Result<()> {
    for request in requests {
        let is_whole = request.is_finished || request.sent < leaves;
        ensure!(is_whole, "it was not finished: {}", request.what);
        // Timers of browsers are allowed to be a little early.
        let took = request.milliseconds();
        let least = phone.round_trip().as_secs_f64() * 1_000.0 - 5.0;
        ensure!(
            request.is_from_cache || took >= least,
            "the network is not slowed down: {} took {took:.0} ms",
            request.what
        );
    }
    Ok(())
}

/// What a page weighs whose first load asked for this, each file once and whole: of what is under way when the page
/// leaves, DevTools tell a part.
async fn weights(pages: &Pages, variant: Variant, requests: &[Request]) -> anyhow::Result<Figures> {
    let asked: BTreeMap<&str, Kind> = requests
        .iter()
        .map(|it| (it.what.as_str(), it.kind))
        .collect();
    let mut figures = Figures::from(KINDS.map(|(name, _)| (name, 0.0)));
    for (what, kind) in asked {
        if let Some((name, _)) = KINDS.into_iter().find(|(_, it)| *it == kind) {
            let path = what.strip_prefix("GET ").with_context(|| what.to_owned())?;
            *figures.entry(name).or_default() += pages.weight(variant, path).await?;
        }
    }
    let page = figures.values().sum();
    let needed = match pages.decides_early(variant)? {
        true => pages.weight(variant, "/").await?,
        false => page,
    };
    let bootstrap = pages.weight(variant, "/api/bootstrap").await?;
    figures.extend([(PAGE, page), (DECISION, needed + bootstrap)]);
    Ok(figures)
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
