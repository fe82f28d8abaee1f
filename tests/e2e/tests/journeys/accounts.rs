//! `?account=` chooses the official account.

use anyhow::ensure;
use e2e::{Browser, CAFE, SHOP, World, walk};
use wechat_simulator::LoggedRequest;

async fn signed_in_at_the_cafe(browser: &Browser, world: &World) -> anyhow::Result<()> {
    let cafe = world.simulator.openid(CAFE, "xiaoming");
    browser.shows("[data-field=openid]", &cafe).await?;
    browser.shows("[data-field=account]", "山茶咖啡").await?;
    browser.is_at(&world.page("/?account=cafe")).await
}

/// Sees under which accounts WeChat was asked.
fn asked_under(asked: Vec<LoggedRequest>, expected: &[&str]) -> anyhow::Result<()> {
    let appids = asked.iter().map(|it| it.appid.as_deref());
    let is_right = appids.eq(expected.iter().copied().map(Some));
    ensure!(is_right, "{asked:?}");
    Ok(())
}

#[test]
fn the_account_in_the_address_signs_in_and_stays_there() {
    walk(async |world, browser| {
        ensure!(
            world.simulator.openid(CAFE, "xiaoming") != world.simulator.openid(SHOP, "xiaoming")
        );
        let page = world.page("/?account=cafe");
        browser.goto(&page).await?;
        signed_in_at_the_cafe(browser, world).await?;
        browser.reload().await?;
        signed_in_at_the_cafe(browser, world).await?;

        browser.tap("[data-action=request-profile]").await?;
        browser.tap("button[value=allow]").await?;
        browser.shows("[data-field=nickname]", "小明").await?;
        signed_in_at_the_cafe(browser, world).await?;
        for asked in [world.authorizations(), world.exchanges()] {
            asked_under(asked, &[CAFE, CAFE])?;
        }
        Ok(())
    });
}

#[test]
fn another_accounts_session_is_exchanged_for_one_of_the_account_asked_for() {
    walk(async |world, browser| {
        browser.goto(&world.app).await?;
        let shop = browser.text("[data-field=openid]").await?;
        ensure!(shop == world.simulator.openid(SHOP, "xiaoming"));
        browser.goto(&world.page("/?account=cafe")).await?;
        signed_in_at_the_cafe(browser, world).await?;
        asked_under(world.exchanges(), &[SHOP, CAFE])?;

        // An address that names none takes whoever is there.
        browser.goto(&world.app).await?;
        browser.text("[data-field=openid]").await?;
        ensure!(world.exchanges().len() == 2);
        Ok(())
    });
}

#[test]
fn a_browser_that_forgets_the_login_still_asks_under_the_account_of_the_address() {
    walk(async |world, browser| {
        browser
            .before_each_page("sessionStorage.clear(); localStorage.clear()")
            .await?;
        let page = world.page("/orders?account=cafe&tab=2");
        browser.goto(&page).await?;
        browser.title("浏览器没有记住登录").await?;
        asked_under(world.authorizations(), &[CAFE, CAFE])?;
        let sent = world.exchanges();
        ensure!(sent.is_empty(), "a code nobody waited for: {sent:?}");
        browser.is_at(&page).await
    });
}

#[test]
fn links_within_the_app_keep_the_account() {
    walk(async |world, browser| {
        browser.goto(&world.page("/?account=cafe")).await?;
        signed_in_at_the_cafe(browser, world).await?;
        browser.tap("a.cells").await?;
        browser.title("我的订单").await?;
        browser
            .eventually("location.search === '?account=cafe'")
            .await?;
        browser.tap("a.link[href^='/?']").await?;
        signed_in_at_the_cafe(browser, world).await
    });
}
