//! axe-core, which finds what keeps people from using a page. `every_page` has it look at all of them.
//!
//! `cargo xtask test` installs it and says where it is in `WECHAT_LOGIN_AXE`, or that there is none.

use anyhow::{Context, ensure};
use e2e::{Browser, journey};
use serde_json::{Value, json};

use super::tour::{options, tourist};

/// Runs axe-core and gives `[impact, rule, element, why]` of everything it finds.
const RUN: &str = "return axe.run(document, { resultTypes: ['violations'] }).then(results =>
    results.violations.flatMap(rule => rule.nodes.map(node =>
        [node.impact, rule.id, node.target.join(' '), node.failureSummary])));";

/// Its source; `None` where it cannot be installed.
pub(crate) fn axe() -> anyhow::Result<Option<String>> {
    let path = std::env::var_os("WECHAT_LOGIN_AXE")
        .context("WECHAT_LOGIN_AXE does not say where axe.min.js is; `cargo xtask test` does")?;
    if path == "none" {
        return Ok(None);
    }
    let source = std::fs::read_to_string(path);
    Ok(Some(source.context(
        "WECHAT_LOGIN_AXE names no file that can be read",
    )?))
}

/// What axe-core finds on the page as it is.
pub(crate) async fn examine(browser: &Browser, axe: &str) -> anyhow::Result<Vec<Value>> {
    browser
        .script(&format!("if (!window.axe) {{ {axe} }}"))
        .await?;
    let found = browser.script(RUN).await?;
    Ok(found.as_array().context("axe-core did not run")?.clone())
}

/// Whether this keeps people from using the page.
pub(crate) fn is_serious(finding: &Value) -> bool {
    finding[0] == "serious" || finding[0] == "critical"
}

#[test]
fn a_page_with_a_serious_mistake_would_be_found() {
    journey(options(), async |world| {
        let Some(axe) = axe()? else { return Ok(()) };
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
