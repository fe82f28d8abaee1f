//! axe-core on every page, light and dark, in both languages.
//!
//! `cargo xtask test` installs axe-core and says where it is in `WECHAT_LOGIN_AXE`, or leaves these journeys out.

use anyhow::{Context, ensure};
use e2e::{Browser, journey};
use serde_json::{Value, json};

use super::tour::{furnish, options, tour, tourist};

/// Runs axe-core and gives `[impact, rule, element, why]` of everything it finds.
const RUN: &str = "return axe.run(document, { resultTypes: ['violations'] }).then(results =>
    results.violations.flatMap(rule => rule.nodes.map(node =>
        [node.impact, rule.id, node.target.join(' '), node.failureSummary])));";

/// Source of axe-core.
fn axe() -> anyhow::Result<String> {
    let path = std::env::var_os("WECHAT_LOGIN_AXE")
        .context("WECHAT_LOGIN_AXE does not say where axe.min.js is; `cargo xtask test` does")?;
    std::fs::read_to_string(path).context("WECHAT_LOGIN_AXE names no file that can be read")
}

/// What axe-core finds on the page as it is.
async fn examine(browser: &Browser, axe: &str) -> anyhow::Result<Vec<Value>> {
    browser
        .script(&format!("if (!window.axe) {{ {axe} }}"))
        .await?;
    let found = browser.script(RUN).await?;
    Ok(found.as_array().context("axe-core did not run")?.clone())
}

/// Whether this keeps people from using the page.
fn is_serious(finding: &Value) -> bool {
    finding[0] == "serious" || finding[0] == "critical"
}

fn no_page_has_a_serious_finding(language: &'static str) {
    journey(options(), async |world| {
        let axe = axe()?;
        furnish(&world).await?;
        let browser = tourist(language).await?;
        let mut findings = Vec::new();
        tour(&browser, &world, language, async |page| {
            for theme in ["light", "dark"] {
                browser.set_dark(theme == "dark").await?;
                for finding in examine(&browser, &axe).await? {
                    findings.push((format!("{page} {theme}"), finding));
                }
            }
            Ok(())
        })
        .await?;
        let all: Vec<String> = findings
            .iter()
            .map(|(page, finding)| format!("{page}: {finding}"))
            .collect();
        ensure!(
            !findings.iter().any(|(_, finding)| is_serious(finding)),
            "axe-core finds:\n{}",
            all.join("\n")
        );
        browser.close().await
    });
}

#[test]
fn no_page_in_chinese_has_a_serious_finding() {
    no_page_has_a_serious_finding("zh-CN");
}

#[test]
fn no_page_in_english_has_a_serious_finding() {
    no_page_has_a_serious_finding("en");
}

#[test]
fn a_page_with_a_serious_mistake_would_be_found() {
    journey(options(), async |world| {
        let axe = axe()?;
        let browser = tourist("zh-CN").await?;
        browser.goto(&world.app).await?;
        browser.text("h1").await?;
        let spoil = "document.querySelector('[data-action]')?.replaceChildren();
                     document.documentElement.removeAttribute('lang')";
        browser.script(spoil).await?;
        let findings = examine(&browser, &axe).await?;
        for rule in ["button-name", "html-has-lang"] {
            let found = findings.iter().find(|it| it[1] == rule);
            ensure!(found.is_some_and(is_serious), "{rule}: {}", json!(findings));
        }
        browser.close().await
    });
}
