//! Browsers that withhold their storages.

use anyhow::ensure;
use e2e::{Browser, Look, WorldOptions, journey, walk};

use super::login::sign_in;

/// Makes a storage throw, as browsers do where site data is forbidden.
fn without(storage: &str) -> String {
    format!(
        "Object.defineProperty(window, '{storage}',
             {{ get() {{ throw new DOMException('denied', 'SecurityError'); }} }});"
    )
}

#[test]
fn either_storage_alone_is_enough() {
    journey(WorldOptions::default(), async |world| {
        for (nth, blocked) in ["sessionStorage", "localStorage"].into_iter().enumerate() {
            let browser = Browser::open(Look::default()).await?;
            browser.before_each_page(&without(blocked)).await?;
            sign_in(&browser, &world).await?;
            ensure!(
                world.authorizations().len() == nth + 1,
                "without {blocked}: {:?}",
                world.authorizations()
            );
            ensure!(world.exchanges().len() == nth + 1);
            browser.close().await?;
        }
        Ok(())
    });
}

#[test]
fn without_storages_two_attempts_are_made_and_the_retry_works_once_they_are_back() {
    walk(async |world, browser| {
        let both = format!("{}{}", without("sessionStorage"), without("localStorage"));
        let blocked = browser.before_each_page(&both).await?;
        browser.goto(&world.app).await?;
        browser.title("浏览器没有记住登录").await?;
        let visits = world.authorizations().len();
        ensure!(visits == 2, "{visits} visits to WeChat");
        ensure!(world.exchanges().is_empty(), "{:?}", world.exchanges());
        let requests = browser.requests().await?;
        ensure!(
            !requests.iter().any(|it| it.starts_with("POST")),
            "{requests:?}"
        );

        browser.forget(blocked).await?;
        browser.tap("[data-action=retry]").await?;
        browser.text("[data-field=openid]").await?;
        world.asked_wechat(3, &[0])?;
        Ok(())
    });
}
