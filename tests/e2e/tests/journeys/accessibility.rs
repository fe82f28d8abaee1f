//! axe-core, which finds what keeps people from using a page, and the largest letters of WeChat's settings. `every_page`
//! looks at all pages with both.
//!
//! `cargo xtask test` installs axe-core and says where it is in `WECHAT_LOGIN_AXE`, or that there is none.

use anyhow::{Context, ensure};
use e2e::{Browser, Look, WorldOptions, journey};
use serde_json::{Value, json};

use super::login::sign_in;
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

/// Makes the letters of the page as it is twice as large, as the page itself does when WeChat says so.
pub(crate) const LARGEST: &str = "document.body.style.webkitTextSizeAdjust = '200%'";

/// What reaches out of the window, or whose words reach out of it.
pub(crate) const BROKEN: &str = "const root = document.scrollingElement;
    const found = root.scrollWidth > root.clientWidth ? ['the page: ' + root.scrollWidth] : [];
    for (const it of document.body.querySelectorAll('h1, h2, p, a, button, dt, dd, li, img')) {
        const box = it.getBoundingClientRect();
        const style = getComputedStyle(it);
        if (!box.width || it.matches('.offscreen, :has(> button)')) continue;
        if (box.left < -1 || box.right > root.clientWidth + 1 || it.scrollWidth > it.clientWidth + 1 && style.display !== 'inline')
            found.push(`${it.tagName} ${it.textContent}: ${box.left} to ${box.right}, ${it.scrollWidth} in ${it.clientWidth}`);
    }
    return found;";

#[test]
fn the_font_size_of_wechats_settings_is_the_pages() {
    journey(WorldOptions::default(), async |world| {
        let height =
            "return document.querySelector('[data-field=account]').getBoundingClientRect().height";
        let mut heights = Vec::new();
        for percent in [100, 200] {
            let browser = Browser::open(Look::default()).await?;
            let settings = format!(
                "window.__wxWebEnv = {{ getEnv: () => JSON.stringify({{ fontScale: {percent} }}) }};"
            );
            browser.before_each_page(&settings).await?;
            sign_in(&browser, &world).await?;
            heights.push(browser.script(height).await?.as_f64().unwrap_or(0.0));
            let scale = browser
                .script("return document.body.style.webkitTextSizeAdjust")
                .await?;
            ensure!(scale == format!("{percent}%"), "{scale}");
            browser.close().await?;
        }
        ensure!(heights[1] > 1.5 * heights[0], "{heights:?}");
        Ok(())
    });
}
