//! What the user bought.

use anyhow::ensure;
use e2e::{Browser, CAFE, SHOP, World, walk};
use serde_json::json;

use super::login::sign_in;

/// Puts orders `first..last` of an account, one after the other.
pub(crate) async fn buy(
    world: &World,
    account: &str,
    person: &str,
    numbers: std::ops::Range<u32>,
) -> anyhow::Result<()> {
    let appid = if account == "cafe" { CAFE } else { SHOP };
    let openid = world.simulator.openid(appid, person);
    for number in numbers {
        let order = json!({
            "title": format!("{account} {number}"), "amount": 6800, "currency": "CNY", "status": "已发货",
        });
        // Descending, so that orders of one millisecond are newest first too.
        let key = format!("order-{}", 999 - number);
        let path = format!("{account}/users/{openid}/records/order/{key}");
        world.tell(&path, order).await?;
    }
    Ok(())
}

/// The titles from top to bottom.
async fn titles(browser: &Browser) -> anyhow::Result<Vec<String>> {
    let titles = browser
        .script("return [...document.querySelectorAll('.order p:first-child')].map(it => it.textContent)")
        .await?;
    Ok(serde_json::from_value(titles)?)
}

async fn open_orders(browser: &Browser) -> anyhow::Result<()> {
    browser.tap("a[href='/orders']").await?;
    browser.title("我的订单").await
}

fn names(account: &str, numbers: std::ops::Range<u32>) -> Vec<String> {
    numbers
        .rev()
        .map(|number| format!("{account} {number}"))
        .collect()
}

#[test]
fn orders_come_newest_first_page_by_page_and_none_twice() {
    walk(async |world, browser| {
        buy(world, "shop", "xiaoming", 0..25).await?;
        buy(world, "shop", "xiaohong", 0..1).await?;
        sign_in(browser, world).await?;
        open_orders(browser).await?;
        browser.text("[data-action=more]").await?;
        let first = titles(browser).await?;
        ensure!(first == names("shop", 5..25), "{first:?}");
        let price = browser.text(".order > p").await?;
        ensure!(price.contains("68.00"), "{price}");

        browser.tap("[data-action=more]").await?;
        browser.shows("#more [role=status]", "没有更多了").await?;
        let all = titles(browser).await?;
        ensure!(all == names("shop", 0..25), "{all:?}");
        let asked = browser.requests().await?;
        let asked = asked.iter().filter(|it| it.contains("/api/records?"));
        let asked: Vec<&String> = asked.collect();
        ensure!(asked.len() == 2, "{asked:?}");
        ensure!(
            asked.iter().all(|it| it.contains("across=account")),
            "{asked:?}"
        );
        Ok(())
    });
}

#[test]
fn all_accounts_are_joined_after_consent_and_told_apart() {
    walk(async |world, browser| {
        buy(world, "cafe", "xiaoming", 0..2).await?;
        buy(world, "shop", "xiaoming", 0..3).await?;
        // Known to both accounts, under the same unionid, before the shop's page is opened.
        for account in ["cafe", "shop"] {
            browser
                .goto(&format!("{}/orders?account={account}", world.app))
                .await?;
            let why = browser.text("#join-why").await?;
            ensure!(why.contains("这里只有本服务号的订单"), "{why}");
            ensure!(
                !browser.has("[data-across=person]").await,
                "a choice without a unionid"
            );
            // Orders that come later would move what is tapped.
            browser.shows("#more [role=status]", "没有更多了").await?;
            browser.tap("[data-action=join]").await?;
            browser.tap("button[value=allow]").await?;
            browser.text("[data-across=person]").await?;
            ensure!(
                !browser.has("[data-action=join]").await,
                "asked again for what is known"
            );
        }
        browser.shows("#more [role=status]", "没有更多了").await?;
        let groups = browser
            .script(
                "return [...document.querySelectorAll('section[data-account]')].map(it =>
                     [it.querySelector('h2').textContent, it.querySelectorAll('li').length])",
            )
            .await?;
        ensure!(
            groups == json!([["山茶书店", 3], ["山茶咖啡", 2]]),
            "{groups}"
        );
        ensure!(titles(browser).await? == [names("shop", 0..3), names("cafe", 0..2)].concat());

        browser.tap("[data-across=account]").await?;
        browser
            .until("[data-across=account][aria-pressed=true]", |_| true)
            .await?;
        browser
            .eventually("document.querySelectorAll('.order').length === 3")
            .await?;
        ensure!(titles(browser).await? == names("shop", 0..3));
        browser.tap("[data-across=person]").await?;
        browser
            .eventually("document.querySelectorAll('.order').length === 5")
            .await
    });
}

#[test]
fn a_session_that_has_ended_is_offered_a_new_one_and_nothing_goes_round_in_circles() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        browser.lose_cookies().await?;
        browser.tap("a[href='/orders']").await?;
        browser.title("登录已失效").await?;
        ensure!(world.authorizations().len() == 1);
        browser.tap("[data-action=sign-in]").await?;
        browser.title("我的订单").await?;
        ensure!(world.authorizations().len() == 2);
        Ok(())
    });
}
