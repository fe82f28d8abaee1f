//! Every page, in both languages: nothing keeps people from using it, light or dark, it fits into windows of every shape
//! that phones have, and a screen reader comes by the same, below the same title, in every engine (`accessibility.txt`).
//! With `WECHAT_LOGIN_PICTURES` set, a picture of each is taken besides, for people to look at.

use anyhow::ensure;
use e2e::{Browser, journey};

use super::accessibility::{BROKEN, axe, examine, is_serious, letters};
use super::tour::{furnish, options, tour, tourist};

/// Of the pictures: a phone and a computer.
const SIZES: [(u32, u32); 2] = [(390, 844), (1280, 800)];

/// Width, height and the size of the letters in percent: the smallest phone, the largest letters, a phone on its side, half
/// of a split screen.
const SHAPES: [(u32, u32, u32); 5] = [
    (320, 568, 100),
    (320, 568, 160),
    (390, 844, 200),
    (844, 390, 100),
    (390, 400, 100),
];

/// The page's language, and what the title bar says.
const TITLE: &str = "return document.documentElement.lang + ' ' + document.title";

/// Pages that are taken in the palette with more contrast too.
const WITH_CARE: [&str; 2] = ["profile", "orders"];

async fn take_all(browser: &Browser, name: &str, language: &str) -> anyhow::Result<()> {
    for (dark, theme) in [(true, "dark"), (false, "light")] {
        browser.set_dark(dark).await?;
        for (width, height) in SIZES {
            browser.set_size(width, height).await?;
            let picture = format!("{name}-{width}x{height}-{theme}-{language}");
            browser.screenshot(&picture).await?;
        }
    }
    Ok(())
}

/// What of the page does not fit.
async fn shapes(browser: &Browser, name: &str, language: &str) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for (width, height, percent) in SHAPES {
        browser.set_size(width, height).await?;
        browser.script(&letters(percent)).await?;
        let shape = format!("{name}-{width}x{height}-{percent}-{language}");
        if takes_pictures() {
            browser.screenshot(&shape).await?;
        }
        let what = browser.script(BROKEN).await?;
        if what.as_array().is_none_or(|what| !what.is_empty()) {
            found.push(format!("{shape}: {what}"));
        }
    }
    browser.script(&letters(100)).await?;
    Ok(found)
}

fn takes_pictures() -> bool {
    std::env::var_os("WECHAT_LOGIN_PICTURES").is_some()
}

async fn take_pictures(browser: &Browser, name: &str, language: &str) -> anyhow::Result<()> {
    if !takes_pictures() {
        return Ok(());
    }
    take_all(browser, name, language).await?;
    if WITH_CARE.contains(&name) {
        let care = "document.documentElement.dataset.weuiMode = 'care'";
        browser.script(care).await?;
        take_all(browser, &format!("{name}-care"), language).await?;
    }
    Ok(())
}

fn look_at_every_page(language: &'static str) {
    journey(options(), async |world| {
        let axe = axe()?;
        furnish(&world).await?;
        let browser = tourist(language).await?;
        let mut findings = Vec::new();
        let mut too_large = Vec::new();
        let mut heard = String::new();
        tour(&browser, &world, language, async |name| {
            for (dark, theme) in [(false, "light"), (true, "dark")] {
                browser.set_dark(dark).await?;
                let Some(axe) = &axe else { break };
                for finding in examine(&browser, axe).await? {
                    findings.push((format!("{name} {theme}: {finding}"), is_serious(&finding)));
                }
            }
            let lines = browser.accessibility().await?.join("\n");
            let title = browser.script(TITLE).await?;
            let title = title.as_str().unwrap_or_default();
            let words = title.strip_prefix(language).unwrap_or_default().trim();
            let is_said = !words.is_empty() && words.is_ascii() == (language == "en");
            ensure!(is_said, "{name}: {title}");
            heard.push_str(&format!("# {name}: {title}\n{lines}\n\n"));
            take_pictures(&browser, name, language).await?;
            too_large.extend(shapes(&browser, name, language).await?);
            Ok(())
        })
        .await?;
        let all: Vec<&str> = findings
            .iter()
            .map(|(finding, _)| finding.as_str())
            .collect();
        ensure!(
            !findings.iter().any(|(_, is_serious)| *is_serious),
            "axe-core finds:\n{}",
            all.join("\n")
        );
        ensure!(
            too_large.is_empty(),
            "does not fit:\n{}",
            too_large.join("\n")
        );
        is_what_is_heard(&heard, language)?;
        browser.close().await
    });
}

/// With `WECHAT_LOGIN_UPDATE_DOCS` it is written down.
fn is_what_is_heard(heard: &str, language: &str) -> anyhow::Result<()> {
    if language != "zh-CN" {
        return Ok(());
    }
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/journeys/accessibility.txt"
    );
    if std::env::var_os("WECHAT_LOGIN_UPDATE_DOCS").is_some() {
        std::fs::write(path, heard)?;
    }
    let expected = std::fs::read_to_string(path)?;
    let [heard, expected] = [heard, &expected].map(|all| all.split("\n\n").collect::<Vec<_>>());
    for (heard, expected) in heard.iter().zip(&expected) {
        ensure!(heard == expected, "heard:\n{heard}\nexpected:\n{expected}");
    }
    ensure!(heard.len() == expected.len());
    Ok(())
}

#[test]
fn every_page_in_chinese_can_be_used_by_everybody() {
    look_at_every_page("zh-CN");
}

#[test]
fn every_page_in_english_can_be_used_by_everybody() {
    look_at_every_page("en");
}
