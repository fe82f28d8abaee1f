//! A browser that cannot run the app, and an app that breaks.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use api_types::ReportCode;
use serde::Deserialize;

use super::failures::{behind_a_gateway, is_told, report, reports};
use super::login::sign_in;
use super::planted::forget_everything;

/// What to pretend to be, what then happens, what is reported, and for each language two texts.
#[derive(Deserialize)]
struct File {
    user_agents: BTreeMap<String, String>,
    happens: BTreeMap<String, String>,
    obstacles: Vec<(String, String, String, [[String; 2]; 2])>,
}

#[test]
fn each_obstacle_has_a_page_that_says_what_helps_and_wechat_is_not_asked() {
    behind_a_gateway(async |world, browser| {
        let gateway = world.gateway()?;
        let file: File = toml::from_str(include_str!("crash.toml"))?;
        for (user_agent, happens, code, words) in file.obstacles {
            let user_agent = &file.user_agents[&user_agent];
            let obstacle = &file.happens[&happens];
            let before = world.exchanges().len();
            let obstacle = browser.before_each_page(obstacle).await?;
            for (language, words) in ["zh-CN", "en"].into_iter().zip(words) {
                forget_everything(browser, world).await?;
                browser.pretend(user_agent, language).await?;
                let before = reports(gateway)?.len();
                browser.goto(&world.app).await?;
                let told = is_told(browser, gateway, &words, &code, before).await;
                told.with_context(|| format!("instead of {words:?}"))?;
            }
            browser.forget(&obstacle).await?;
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
        Ok(())
    });
}

#[test]
fn an_app_that_breaks_at_a_tap_leaves_a_page_with_a_way_on_that_works() {
    behind_a_gateway(async |world, browser| {
        sign_in(browser, world).await?;
        let breaks = "Document.prototype.createElement = () => { throw new Error('broken') };
                      Node.prototype.cloneNode = () => { throw new Error('broken') };";
        browser.script(breaks).await?;
        browser.tap("a[href='/orders']").await?;
        browser.shows("#failure h1", "页面出了问题").await?;
        let text = browser.text("#failure p").await?;
        let number = text.rsplit(['[', ']']).nth(1).unwrap_or_default();
        ensure!(number.len() == 16, "no request id in {text:?}");
        let report = report(world.gateway()?, 0).await?;
        ensure!(report.code == ReportCode::AppCrashed, "{report:?}");
        ensure!(report.request_id.as_deref() == Some(number), "{report:?}");

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
    behind_a_gateway(async |world, browser| {
        // The page's own script runs first and needs a body; the app comes later.
        let breaks = "const body = Object.getOwnPropertyDescriptor(Document.prototype, 'body');
            Object.defineProperty(Document.prototype, 'body', {
                configurable: true,
                get() { return new Error().stack.includes('wasm') ? null : body.get.call(this); },
            });";
        let broken = browser.before_each_page(breaks).await?;
        browser.goto(&world.app).await?;
        browser.shows("#failure h1", "页面出了问题").await?;
        let report = report(world.gateway()?, 0).await?;
        ensure!(report.code == ReportCode::AppCrashed, "{report:?}");

        browser.forget(&broken).await?;
        browser.tap("#failure .button").await?;
        browser.text("[data-field=openid]").await?;
        ensure!(world.exchange_results() == [0]);
        Ok(())
    });
}

#[test]
fn a_foreign_script_that_breaks_is_none_of_our_business() {
    behind_a_gateway(async |world, browser| {
        let foreign = "addEventListener('DOMContentLoaded', () => {
            setTimeout(() => { throw new Error('theirs') }, 0);
            setTimeout(() => { throw new SyntaxError('theirs') }, 0);
            Promise.reject(new Error('theirs'));
        });";
        browser.before_each_page(foreign).await?;
        sign_in(browser, world).await?;
        ensure!(!browser.has("#failure h1").await, "the crash page is shown");
        ensure!(reports(world.gateway()?)?.is_empty());
        Ok(())
    });
}
