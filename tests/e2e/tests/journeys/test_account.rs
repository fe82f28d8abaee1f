//! The red line of a proxy with a test account.

use anyhow::ensure;
use e2e::{WorldOptions, walk_in};

use super::accessibility::{BROKEN, axe, examine, is_serious};

/// Whether the line is there, above the page and not over it.
const IS_ABOVE: &str =
    "const line = document.querySelector('.test-account').getBoundingClientRect();
    const page = document.querySelector('main').getBoundingClientRect();
    return line.height > 0 && line.bottom <= page.top + 1;";

#[test]
fn every_page_of_a_test_account_says_so_and_others_do_not() {
    for test_account in [true, false] {
        let options = WorldOptions::with(|it| it.test_account = test_account);
        walk_in(options, async |world, browser| {
            browser.set_size(320, 568).await?;
            for page in ["/", "/orders", "/missing"] {
                browser.goto(&world.page(page)).await?;
                browser.text("h1").await?;
                let is_shown = browser.script(IS_ABOVE).await?;
                ensure!(is_shown == test_account, "{page}: {is_shown}");
                let broken = browser.script(BROKEN).await?;
                ensure!(
                    broken.as_array().is_some_and(Vec::is_empty),
                    "{page}: {broken}"
                );
                if let Some(axe) = axe()? {
                    let findings = examine(browser, &axe).await?;
                    ensure!(!findings.iter().any(is_serious), "{findings:?}");
                }
            }
            Ok(())
        });
    }
}
