//! A browser that cannot run the app, and an app that breaks.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use e2e::{Browser, WorldOptions, journey, walk};
use serde::Deserialize;
use serde_json::{Value, json};

use super::login::sign_in;
use super::planted::forget_everything;

/// Remembers what is reported, over page loads.
const SPY: &str =
    "const open = XMLHttpRequest.prototype.open, send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.open = function (method, url) {
        this.where = method + ' ' + url;
        return open.apply(this, arguments);
    };
    XMLHttpRequest.prototype.send = function (body) {
        const reports = JSON.parse(localStorage.reports || '[]');
        localStorage.reports = JSON.stringify(reports.concat([[this.where, JSON.parse(body)]]));
        this.addEventListener('load', () => { localStorage.answers = `${localStorage.answers || ''} ${this.status}` });
        return send.apply(this, arguments);
    };";

/// What was reported so far.
async fn reports(browser: &Browser) -> anyhow::Result<Value> {
    browser
        .script("return JSON.parse(localStorage.reports || '[]')")
        .await
}

/// One report: the code, and at most the number of a request beside it.
async fn reported_once(browser: &Browser, code: &str) -> anyhow::Result<()> {
    let reports = reports(browser).await?;
    let history = browser.requests().await?;
    ensure!(
        reports.as_array().map(Vec::len) == Some(1),
        "{reports} {history:?}"
    );
    ensure!(reports[0][0] == "POST /api/report", "{reports}");
    ensure!(reports[0][1]["code"] == code, "{reports}");
    let fields = reports[0][1]
        .as_object()
        .into_iter()
        .flat_map(|it| it.keys());
    for field in fields {
        ensure!(field == "code" || field == "request_id", "{reports}");
    }
    Ok(())
}

/// What to pretend to be, what then happens, what is reported, and for each language two texts.
#[derive(Deserialize)]
struct File {
    user_agents: BTreeMap<String, String>,
    happens: BTreeMap<String, String>,
    obstacles: Vec<(String, String, String, [[String; 2]; 2])>,
}

#[test]
fn each_obstacle_has_a_page_that_says_what_helps_and_wechat_is_not_asked() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::with(|look| look.user_agent = None).await?;
        browser.before_each_page(SPY).await?;
        let file: File = toml::from_str(include_str!("crash.toml"))?;
        for (user_agent, happens, code, words) in file.obstacles {
            let user_agent = &file.user_agents[&user_agent];
            let obstacle = &file.happens[&happens];
            let before = world.exchanges().len();
            let obstacle = browser.before_each_page(obstacle).await?;
            for (language, [title, help]) in ["zh-CN", "en"].into_iter().zip(words) {
                forget_everything(&browser, &world).await?;
                browser.pretend(user_agent, language).await?;
                browser.goto(&world.app).await?;
                let page = browser.shows("#failure h1", &title);
                page.await.with_context(|| format!("instead of {title}"))?;
                ensure!(browser.script("return document.title").await? == title);
                let text = browser.text("#failure p").await?;
                ensure!(text.contains(&help), "{title}: {text}");
                reported_once(&browser, &code).await?;
            }
            browser.forget(obstacle).await?;
            if happens == "policy_of_files" {
                let console = browser.console().await;
                ensure!(console.is_err(), "nothing was forbidden");
            }
            // Where only the app's script may not run, the first stage may have signed in before.
            let logins = world.exchanges().len().saturating_sub(before);
            ensure!(
                happens == "policy_of_files" || logins == 0,
                "{happens}: {logins} logins"
            );
        }
        browser.close().await
    });
}

#[test]
fn an_app_that_breaks_at_a_tap_leaves_a_page_with_a_way_on_that_works() {
    walk(async |world, browser| {
        browser.before_each_page(SPY).await?;
        sign_in(browser, world).await?;
        let breaks = "Document.prototype.createElement = () => { throw new Error('broken') };
                      Node.prototype.cloneNode = () => { throw new Error('broken') };";
        browser.script(breaks).await?;
        browser.tap("a[href='/orders']").await?;
        browser.shows("#failure h1", "页面出了问题").await?;
        let text = browser.text("#failure p").await?;
        let number = text.rsplit(['[', ']']).nth(1).unwrap_or_default();
        ensure!(number.len() == 16, "no request id in {text:?}");
        reported_once(browser, "app_crashed").await?;
        let reports = reports(browser).await?;
        ensure!(reports[0][1]["request_id"] == number, "{reports}");
        browser
            .eventually("localStorage.answers === ' 204'")
            .await?;

        browser.tap("#failure .button").await?;
        browser
            .eventually(
                "!document.querySelector('#failure h1') && document.querySelector('main h1')",
            )
            .await?;
        ensure!(world.authorizations().len() == 1);
        Ok(())
    });
}

#[test]
fn an_app_that_breaks_at_the_start_leaves_a_page_with_a_way_on_that_works() {
    walk(async |world, browser| {
        browser.before_each_page(SPY).await?;
        // The page's own script runs first and needs a body; the app comes later.
        let breaks = "const body = Object.getOwnPropertyDescriptor(Document.prototype, 'body');
            Object.defineProperty(Document.prototype, 'body', {
                configurable: true,
                get() { return new Error().stack.includes('wasm') ? null : body.get.call(this); },
            });";
        let broken = browser.before_each_page(breaks).await?;
        browser.goto(&world.app).await?;
        browser.shows("#failure h1", "页面出了问题").await?;
        reported_once(browser, "app_crashed").await?;

        browser.forget(broken).await?;
        browser.tap("#failure .button").await?;
        browser.text("[data-field=openid]").await?;
        ensure!(world.exchange_results() == [0]);
        Ok(())
    });
}

#[test]
fn a_foreign_script_that_breaks_is_none_of_our_business() {
    walk(async |world, browser| {
        browser.before_each_page(SPY).await?;
        let foreign = "addEventListener('DOMContentLoaded', () => {
            setTimeout(() => { throw new Error('theirs') }, 0);
            setTimeout(() => { throw new SyntaxError('theirs') }, 0);
            Promise.reject(new Error('theirs'));
        });";
        browser.before_each_page(foreign).await?;
        sign_in(browser, world).await?;
        ensure!(!browser.has("#failure h1").await, "the crash page is shown");
        ensure!(reports(browser).await? == json!([]));
        Ok(())
    });
}
