//! Both visits in WebKitGTK.

use anyhow::Context;
use bench::report::Figures;
use e2e::Browser;

use crate::pages::{Pages, Variant};
use crate::visit::{Visit, look, visit};

/// Does both visits.
pub(crate) async fn measure(
    pages: &Pages,
    variant: Variant,
) -> anyhow::Result<(String, [Visit; 2], Figures)> {
    let (browser, version) = Browser::open_webkit(look()).await?;
    let visited = visit(&browser, pages, variant).await;
    let first = visited.context("the first login")?;
    browser.new_tab().await?;
    let again = visit(&browser, pages, variant)
        .await
        .context("the return")?;
    // The proxy's policy allows the style sheet in our page, and none beside it, which the others' have.
    let _ = browser.console().await;
    browser.quit().await?;
    Ok((version, [first, again], Figures::new()))
}
