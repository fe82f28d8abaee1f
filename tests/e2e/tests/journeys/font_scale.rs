//! The largest letters of WeChat's settings.

use anyhow::ensure;
use e2e::{Browser, Look, WorldOptions, journey};

use super::login::sign_in;

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
