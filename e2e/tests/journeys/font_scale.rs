//! The largest letters of WeChat's settings.

use anyhow::ensure;
use e2e::{Browser, journey};

use super::tour::{furnish, options, tour, tourist};

/// How WeChat tells a page what the user chose, in percent.
const LARGEST: &str = "window.__wxWebEnv = { getEnv: () => JSON.stringify({ fontScale: 200 }) };";

/// What reaches out of the window, or whose words reach out of it.
const BROKEN: &str = "const root = document.scrollingElement;
    const found = root.scrollWidth > root.clientWidth ? ['the page: ' + root.scrollWidth] : [];
    for (const it of document.body.querySelectorAll('h1, h2, p, a, button, dt, dd, li, img')) {
        const box = it.getBoundingClientRect();
        const style = getComputedStyle(it);
        if (!box.width || it.matches('.offscreen, :has(> button)')) continue;
        if (box.left < -1 || box.right > root.clientWidth + 1 || it.scrollWidth > it.clientWidth + 1 && style.display !== 'inline')
            found.push(`${it.tagName} ${it.textContent}: ${box.left} to ${box.right}, ${it.scrollWidth} in ${it.clientWidth}`);
    }
    return found;";

fn everything_fits(language: &'static str) {
    journey(options(), async |world| {
        furnish(&world).await?;
        let browser: Browser = tourist(language).await?;
        browser.before_each_page(LARGEST).await?;
        browser.set_size(390, 844).await?;
        let mut broken = Vec::new();
        tour(&browser, &world, language, async |page| {
            let scale = browser
                .script("return document.body.style.webkitTextSizeAdjust")
                .await?;
            ensure!(scale == "200%", "the page is scaled by {scale}");
            if page == "profile" {
                browser
                    .screenshot(&format!("profile-200-percent-{language}"))
                    .await?;
            }
            let found = browser.script(BROKEN).await?;
            if found.as_array().is_none_or(|found| !found.is_empty()) {
                broken.push(format!("{page}: {found}"));
            }
            Ok(())
        })
        .await?;
        ensure!(broken.is_empty(), "does not fit:\n{}", broken.join("\n"));
        browser.close().await
    });
}

#[test]
fn every_page_in_chinese_fits_at_200_percent() {
    everything_fits("zh-CN");
}

#[test]
fn every_page_in_english_fits_at_200_percent() {
    everything_fits("en");
}
