//! axe-core, which finds what keeps people from using a page, and the largest letters of WeChat's settings. `every_page`
//! looks at all pages with both.
//!
//! `cargo xtask test` installs axe-core and says where it is in `WECHAT_LOGIN_AXE`, or that there is none.

use anyhow::{Context, ensure};
use e2e::{Browser, Look, WorldOptions, journey, walk};
use serde_json::{Value, json};
use wechat_simulator::Person;

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

/// Makes the letters of the page as it is so large, as the page itself does when WeChat says so.
pub(crate) fn letters(percent: u32) -> String {
    format!("document.body.style.webkitTextSizeAdjust = '{percent}%'")
}

/// What reaches out of the window, whose words reach out of it, what lies over something else, and what cannot be tapped
/// wherever the page is scrolled to.
pub(crate) const BROKEN: &str = "const root = document.scrollingElement;
    const found = root.scrollWidth > root.clientWidth ? ['the page: ' + root.scrollWidth] : [];
    const say = (what, it, ...more) => found.push([what, it.tagName, it.textContent, ...more].join(' '));
    const seen = it => {
        const words = document.createRange();
        words.selectNodeContents(it);
        return (it.matches('h1, h2, p, dt, dd, li') ? words : it).getBoundingClientRect();
    };
    const all = [...document.body.querySelectorAll('h1, h2, p, a, button, dt, dd, li, img, .icon, .avatar')]
        .filter(it => it.getBoundingClientRect().width && !it.matches('.offscreen'));
    const parts = all.filter(it => !all.some(other => other !== it && it.contains(other)));
    for (const it of all) {
        const box = it.getBoundingClientRect();
        if (it.matches('dd') && !parts.includes(it)) continue;
        if (box.left < -1 || box.right > root.clientWidth + 1
            || it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).display !== 'inline')
            say('too wide', it, box.left, box.right, it.scrollWidth, it.clientWidth);
    }
    for (const it of document.body.querySelectorAll('.icon, span.avatar, button, .button')) {
        const words = document.createRange();
        words.selectNodeContents(it);
        const [box, text] = [it, words].map(it => it.getBoundingClientRect());
        if (text.top < box.top - 1 || text.bottom > box.bottom + 1) say('cut', it, text.top, text.bottom, box.bottom);
    }
    parts.forEach((it, index) => parts.slice(index + 1).forEach(other => {
        const [one, two] = [it, other].map(seen);
        if (Math.min(one.right, two.right) - Math.max(one.left, two.left) > 2
            && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 2) say('over', it, other.textContent);
    }));
    for (const it of parts.filter(it => it.matches('a, button'))) {
        it.scrollIntoView({ block: 'center' });
        const box = it.getBoundingClientRect();
        const points = [box.left + 2, (box.left + box.right) / 2, box.right - 2];
        const y = (box.top + box.bottom) / 2;
        if (box.top < 0 || box.bottom > innerHeight || !points.every(x => it.contains(document.elementFromPoint(x, y))))
            say('out of reach', it, box.top, box.bottom, innerHeight);
    }
    scrollTo(0, 0);
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

#[test]
fn a_name_from_right_to_left_keeps_its_own_order_and_stays_where_names_are() {
    walk(async |world, browser| {
        let name = "ليلى 8!";
        world.simulator.add_person(Person::new("rtl", name));
        world.simulator.set_current("rtl");
        sign_in(browser, world).await?;
        browser.tap("[data-action=request-profile]").await?;
        browser.tap("button[value=allow]").await?;
        browser.shows("[data-field=nickname]", name).await?;
        let places = "const title = document.querySelector('[data-field=nickname] h1');
            title.style.width = '200px';
            const places = [0, 6].map(at => {
                const letter = document.createRange();
                letter.setStart(title.firstChild, at);
                letter.setEnd(title.firstChild, at + 1);
                return letter.getBoundingClientRect().left - title.getBoundingClientRect().left;
            });
            return places.map(Math.round);";
        let places = browser.script(places).await?;
        let [first, last] = [0, 1].map(|at| places[at].as_f64().unwrap_or_default());
        ensure!(last == 0.0 && first > 20.0, "{places}");
        Ok(())
    });
}
