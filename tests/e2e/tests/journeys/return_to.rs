//! The login ends on the page it began on, and nowhere else.

use anyhow::ensure;
use e2e::{CAFE, SHOP, walk};

use super::planted::{Planted, callback, forget_everything, plant};

#[test]
fn page_query_and_fragment_come_back_to_the_letter() {
    walk(async |world, browser| {
        for (local, appid) in [
            ("/?from=menu&q=%E8%8C%B6+%26#part", SHOP),
            ("/orders?tab=%E8%8C%B6&x=a+b#top", SHOP),
            ("/orders?account=cafe&tab=%E8%8C%B6&x=a+b#top", CAFE),
            ("/orders?x=%2F%2Fevil.example&empty=&y#/a?b=c", SHOP),
        ] {
            forget_everything(browser, world).await?;
            let page = world.page(local);
            browser.goto(&page).await?;
            browser.text("[data-field=openid], .order, #more p").await?;
            browser.is_at(&page).await?;
            let last = world.authorizations().pop();
            ensure!(last.is_some_and(|it| it.appid.as_deref() == Some(appid)));
        }
        world.asked_wechat(4, &[0; 4])
    });
}

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
