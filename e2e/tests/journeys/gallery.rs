//! A picture of every page, on a phone and on a computer, light and dark, in both languages: for people to look at.
//! And whether the largest letters fit on the phone.

use anyhow::ensure;
use e2e::{Browser, journey};

use super::font_scale::{BROKEN, LARGEST};
use super::tour::{furnish, options, tour, tourist};

const SIZES: [(u32, u32); 2] = [(390, 844), (1280, 800)];

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

fn exhibit(language: &'static str) {
    journey(options(), async |world| {
        furnish(&world).await?;
        let browser = tourist(language).await?;
        let mut broken = Vec::new();
        tour(&browser, &world, language, async |name| {
            take_all(&browser, name, language).await?;
            if WITH_CARE.contains(&name) {
                browser
                    .script("document.documentElement.dataset.weuiMode = 'care'")
                    .await?;
                take_all(&browser, &format!("{name}-care"), language).await?;
            }
            browser.set_size(390, 844).await?;
            browser.script(LARGEST).await?;
            let found = browser.script(BROKEN).await?;
            if found.as_array().is_none_or(|found| !found.is_empty()) {
                broken.push(format!("{name}: {found}"));
            }
            Ok(())
        })
        .await?;
        ensure!(
            broken.is_empty(),
            "does not fit at 200 %:\n{}",
            broken.join("\n")
        );
        browser.close().await
    });
}

#[test]
fn every_page_in_chinese_is_pictured_and_fits_at_200_percent() {
    exhibit("zh-CN");
}

#[test]
fn every_page_in_english_is_pictured_and_fits_at_200_percent() {
    exhibit("en");
}
