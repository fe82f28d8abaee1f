//! The login ends on the page it began on, and nowhere else.

use anyhow::ensure;
use e2e::{Browser, CAFE, Look, SHOP, WorldOptions, journey};
use wechat_simulator::GrantedScope;

use super::planted::{Planted, callback, forget_everything, plant};

#[test]
fn page_query_and_fragment_come_back_to_the_letter() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        for (local, appid) in [
            ("/orders?tab=%E8%8C%B6&x=a+b#top", SHOP),
            ("/orders?account=cafe&tab=%E8%8C%B6&x=a+b#top", CAFE),
            ("/orders?x=%2F%2Fevil.example&empty=&y#/a?b=c", SHOP),
        ] {
            forget_everything(&browser, &world).await?;
            let page = format!("{}{local}", world.app);
            browser.goto(&page).await?;
            browser.until("h1", |title| title == "我的订单").await?;
            let address = browser.address().await?;
            ensure!(address == page, "{address} instead of {page}");
            let last = world.authorizations().pop();
            ensure!(last.is_some_and(|it| it.appid.as_deref() == Some(appid)));
        }
        ensure!(world.authorizations().len() == 3);
        ensure!(world.exchange_results() == [0, 0, 0]);
        browser.close().await
    });
}

#[test]
fn a_forged_way_back_ends_on_the_start_page() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        let forged = [
            "//evil.example/",
            "https://evil.example/",
            "/\\evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
        ];
        for return_to in forged {
            let planted = Planted {
                return_to,
                ..Planted::default()
            };
            let state = plant(&browser, &world, planted).await?;
            let code = world
                .simulator
                .issue_code(SHOP, "xiaoming", GrantedScope::Base);
            browser.goto(&callback(&world, &code, &state)).await?;
            browser.text("[data-field=openid]").await?;
            let address = browser.address().await?;
            ensure!(
                address == format!("{}/", world.app),
                "{return_to}: {address}"
            );
        }
        let requests = browser.requests().await?;
        ensure!(
            !requests.iter().any(|it| it.contains("evil")),
            "{requests:?}"
        );
        ensure!(world.exchanges().len() == forged.len());
        ensure!(world.authorizations().is_empty());
        browser.close().await
    });
}
