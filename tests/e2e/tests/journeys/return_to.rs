//! The login ends on the page it began on, and nowhere else.

use anyhow::ensure;
use e2e::walk;

use super::planted::{Planted, callback, plant};

#[test]
fn a_forged_way_back_ends_on_the_start_page() {
    walk(async |world, browser| {
        let forged = [
            "//evil.example/",
            "https://evil.example/",
            "/\\evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
        ];
        for return_to in forged {
            let planted = Planted::with(|it| it.return_to = return_to);
            let state = plant(browser, world, planted).await?;
            let code = world.code("xiaoming");
            browser.goto(&callback(world, &code, &state)).await?;
            browser.text("[data-field=openid]").await?;
            browser.is_at(&world.page("/")).await?;
        }
        browser.never_asked("evil").await?;
        ensure!(world.exchanges().len() == forged.len());
        ensure!(world.authorizations().is_empty());
        Ok(())
    });
}
