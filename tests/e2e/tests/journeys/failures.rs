//! Files of the app that do not come or do not run: what the page makes of it, whatever the engine says.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use api_types::Report;
use e2e::user_agents::WECHAT_ANDROID;
use e2e::{Browser, Gateway, GatewayFault, World, WorldOptions, journey};
use serde::Deserialize;
use wechat_simulator::{Effect, Endpoint};

use super::first_stage::MISSING;
use super::planted::forget_everything;

/// What becomes of a file, what the page says and what it reports.
#[derive(Deserialize)]
struct File {
    /// Requests, what happens to them, the reader's language, and the code.
    loads: Vec<(String, GatewayFault, String, String)>,
    /// What each code is told as: title and text in Chinese, in English.
    pages: BTreeMap<String, BTreeMap<String, [String; 2]>>,
    /// What engines gave the page's handlers.
    engines: Vec<Seen>,
}

/// What the handlers of a page got in engines, with `{origin}`, `{script}` and `{module}` in the place of addresses.
#[derive(Deserialize)]
struct Seen {
    engines: Vec<String>,
    situation: String,
    /// `load` is `appFailed`, the other two the events.
    handler: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    message: String,
    /// Without one: as V8 writes it where there are no frames.
    stack: Option<String>,
    #[serde(default)]
    filename: String,
    code: String,
}

fn file() -> anyhow::Result<File> {
    Ok(toml::from_str(include_str!("failures.toml"))?)
}

/// All reports so far, each as the proxy reads it.
pub(crate) fn reports(gateway: &Gateway) -> anyhow::Result<Vec<Report>> {
    let requests = gateway.asked("POST /api/report");
    let bodies = requests.iter().filter_map(|it| it.split("\r\n\r\n").nth(1));
    Ok(bodies.map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// Waits for the one report since there were so many.
pub(crate) async fn report(gateway: &Gateway, before: usize) -> anyhow::Result<Report> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while reports(gateway)?.len() == before && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let mut all = reports(gateway)?;
    ensure!(all.len() == before + 1, "{all:?} after {before}");
    all.pop().context("no report")
}

/// The page says what the code stands for, and reports it, once.
pub(crate) async fn is_told(
    browser: &Browser,
    gateway: &Gateway,
    [title, help]: &[String; 2],
    code: &str,
    before: usize,
) -> anyhow::Result<()> {
    browser.shows("#failure h1", title).await?;
    ensure!(browser.script("return document.title").await? == *title);
    let text = browser.text("#failure p").await?;
    ensure!(text.contains(help), "{text}");
    let report = report(gateway, before).await?;
    ensure!(report.code.as_str() == code, "{report:?}");
    Ok(())
}

/// Walks behind a gateway with a browser whose language and words can be changed.
pub(crate) fn behind_a_gateway(walk: impl AsyncFnOnce(&World, &Browser) -> anyhow::Result<()>) {
    journey(WorldOptions::behind_a_gateway(), async |world| {
        // Its words are put over it, which those of a phone would not let.
        let browser = Browser::with(|look| look.user_agent = None).await?;
        browser.pretend(WECHAT_ANDROID, "zh-CN").await?;
        walk(&world, &browser).await?;
        browser.close().await
    });
}

#[test]
fn each_file_that_does_not_come_is_told_apart_and_the_first_retry_works_once_it_is_there() {
    behind_a_gateway(async |world, browser| {
        let file = file()?;
        let gateway = world.gateway()?;
        for (requests, fault, language, code) in &file.loads {
            let what = format!("{requests} {fault:?}");
            forget_everything(browser, world).await?;
            browser.lose_cache().await?;
            browser.pretend(WECHAT_ANDROID, language).await?;
            let before = (reports(gateway)?.len(), world.authorizations().len());
            gateway.fail(requests, *fault);
            browser.goto(&world.app).await?;
            let words = &file.pages[code][language];
            let told = is_told(browser, gateway, words, code, before.0).await;
            told.context(what.clone())?;
            let name = format!("failure-{code}-{language}");
            browser.screenshot(&name).await?;
            gateway.heal();
            browser.tap("#failure .button").await?;
            let signed_in = world.is_signed_in(browser, "xiaoming").await;
            signed_in.context(what.clone())?;
            ensure!(world.authorizations().len() == before.1 + 1, "{what}");
        }
        Ok(())
    });
}

#[test]
fn a_retry_waits_for_the_code_that_is_being_exchanged() {
    behind_a_gateway(async |world, browser| {
        world.strike_once(Endpoint::AccessToken, Effect::Delay { millis: 1000 });
        world.gateway()?.fail("GET /*.wasm ", GatewayFault::Empty);
        browser.goto(&world.app).await?;
        browser.text("#failure h1").await?;
        world.gateway()?.heal();
        browser.tap("#failure .button").await?;
        world.is_signed_in(browser, "xiaoming").await?;
        world.asked_wechat(1, &[0])
    });
}

#[test]
fn without_a_network_the_page_says_so_and_the_first_retry_works_once_there_is_one() {
    behind_a_gateway(async |world, browser| {
        let gateway = world.gateway()?;
        browser.goto(&world.page("/nowhere")).await?;
        browser.text("main h1").await?;
        gateway.fail("GET /", GatewayFault::Reset);
        let fails = "window.appFailed(new TypeError('Failed to fetch'))";
        browser.script(fails).await?;
        let words = &file()?.pages["app_not_loaded"]["zh-CN"];
        is_told(browser, gateway, words, "app_not_loaded", 0).await?;
        gateway.heal();
        browser.tap("#failure .button").await?;
        browser.title("页面不存在").await
    });
}

/// The app is there, and its files stay where they are: what differs is what the handlers get.
#[test]
fn what_any_engine_says_of_a_failure_is_understood() {
    behind_a_gateway(async |world, browser| {
        let file = file()?;
        let gateway = world.gateway()?;
        for seen in &file.engines {
            browser.goto(&world.page("/nowhere")).await?;
            browser.text("main h1").await?;
            let before = reports(gateway)?.len();
            let (name, message) = (&seen.name, &seen.message);
            let (handler, filename) = (&seen.handler, &seen.filename);
            let stack = seen.stack.clone();
            let stack = stack.unwrap_or_else(|| format!("{name}: {message}"));
            let feed = format!(
                "const names = document.querySelector('script[type=module]').text;
                 const script = location.origin + names.match(/'(\\S+\\.js)'/)[1];
                 const module = location.origin + names.match(/'(\\S+\\.wasm)'/)[1];
                 const put = text => text.replace(/{{origin}}/g, location.origin)
                     .replace(/{{script}}/g, script).replace(/{{module}}/g, module);
                 const name = {name:?}, message = put({message:?});
                 const error = new (window[name] || WebAssembly[name] || Error)(message);
                 error.stack = put({stack:?});
                 const kinds = {{
                     load: () => window.appFailed(error),
                     error: () => dispatchEvent(new ErrorEvent('error', {{ error, message, filename: put({filename:?}) }})),
                     rejection: () => dispatchEvent(new PromiseRejectionEvent('unhandledrejection',
                         {{ promise: Promise.resolve(), reason: error }})),
                 }};
                 kinds[{handler:?}]();",
            );
            browser.script(&feed).await?;
            let what = || format!("{} in {:?}", seen.situation, seen.engines);
            let (code, words) = match &*seen.code {
                "policy" => ("app_blocked", &file.pages["policy"]["zh-CN"]),
                code => (code, &file.pages[code]["zh-CN"]),
            };
            let told = is_told(browser, gateway, words, code, before).await;
            told.with_context(what)?;
        }
        Ok(())
    });
}

#[test]
fn an_exchange_whose_answer_is_lost_once_is_repeated_before_anybody_notices() {
    // Whoever sends it: the first stage, or the app alone.
    for sender in ["", MISSING] {
        behind_a_gateway(async |world, browser| {
            let gateway = world.gateway()?;
            browser.before_each_page(sender).await?;
            gateway.fail_times(1, "POST /api/session", GatewayFault::AnswerLost);
            browser.goto(&world.app).await?;
            world.is_signed_in(browser, "xiaoming").await?;
            world.asked_wechat(1, &[0])?;
            let posts = gateway.asked("POST /api/session").len();
            ensure!(posts == 2, "{posts} times");
            Ok(())
        });
    }
}
