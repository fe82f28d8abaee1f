//! The QR login on a computer, by a website application.

use anyhow::{Context, ensure};
use e2e::{Browser, SHOP, WEBSITE, Website, World, WorldOptions, errcode, journey, user_agents};
use wechat_simulator::Endpoint;

async fn computer(world: &World) -> anyhow::Result<Browser> {
    computer_at(world, "/?from=poster#part").await
}

async fn computer_at(world: &World, page: &str) -> anyhow::Result<Browser> {
    let browser = Browser::with(|look| look.user_agent = Some(user_agents::DESKTOP)).await?;
    browser.goto(&world.page(page)).await?;
    Ok(browser)
}

/// Begins the QR login, scans the code in a tab that plays the phone, and allows it there.
async fn scan_and_allow(browser: &Browser) -> anyhow::Result<()> {
    browser.tap("[data-action=qr-login]").await?;
    browser.text("#scan").await?;
    let scan = "return document.getElementById('scan').href";
    let scan = browser.script(scan).await?;
    let scan = scan.as_str().context("no address to scan")?;
    let screen = browser.tab().await?;
    browser.open_tab().await?;
    browser.goto(scan).await?;
    browser.tap("button[value=allow]").await?;
    browser.use_tab(&screen).await
}

fn with_website() -> WorldOptions {
    with(Website::Shops)
}

fn with(website: Website) -> WorldOptions {
    WorldOptions::with(|it| it.website = website)
}

#[test]
fn a_scanned_code_signs_the_computer_in_on_the_page_it_was_on() {
    signs_in_at(Website::Shops, "/?from=poster#part", "山茶书店");
}

#[test]
fn the_website_application_of_the_platform_does_so_on_the_pages_of_all_its_accounts() {
    signs_in_at(Website::Platforms, "/?account=cafe#part", "山茶咖啡");
}

/// On the page at this address, of the account of this title.
fn signs_in_at(website: Website, page: &'static str, account: &'static str) {
    journey(with(website), async |world| {
        let browser = computer_at(&world, page).await?;
        scan_and_allow(&browser).await?;
        browser.shows("[data-field=account]", account).await?;
        let openid = browser.text("[data-field=openid]").await?;
        ensure!(
            openid == world.simulator.openid(WEBSITE, "xiaoming"),
            "{openid}"
        );
        let unionid = browser.text("[data-field=unionid]").await?;
        ensure!(Some(unionid) == world.simulator.unionid(SHOP, "xiaoming"));
        let scope = browser.text("[data-field=scope]").await?;
        ensure!(scope.contains("snsapi_login"), "{scope}");
        browser.is_at(&world.page(page)).await?;

        let visits = world.asked("/connect/qrconnect");
        ensure!(visits.len() == 1, "{visits:?}");
        let scope = visits[0].parameters.iter().find(|it| it.name == "scope");
        ensure!(
            scope.is_some_and(|it| it.value == "snsapi_login"),
            "{visits:?}"
        );
        ensure!(world.authorizations().is_empty());
        let appids: Vec<_> = world.exchanges().into_iter().map(|it| it.appid).collect();
        ensure!(appids == [Some(WEBSITE.to_owned())], "{appids:?}");
        browser.close().await
    });
}

#[test]
fn back_from_a_code_nobody_scans_finds_the_page_as_it_was() {
    journey(with_website(), async |world| {
        let browser = computer(&world).await?;
        browser.tap("[data-action=qr-login]").await?;
        browser.text("#scan").await?;
        browser.back().await?;
        browser.title("请在微信中打开").await?;
        browser.text("[data-action=qr-login]").await?;
        ensure!(world.exchanges().is_empty());
        browser.close().await
    });
}

#[test]
fn an_account_without_a_website_application_offers_no_qr_login() {
    journey(with_website(), async |world| {
        let browser = computer(&world).await?;
        browser.text("[data-action=qr-login]").await?;
        browser.goto(&world.page("/?account=cafe")).await?;
        browser.text("[data-action=copy]").await?;
        ensure!(!browser.has("[data-action=qr-login]").await);

        // On a phone the code would have to be scanned by the phone that shows it.
        let phone = Browser::with(|look| look.user_agent = Some(user_agents::PHONE)).await?;
        phone.goto(&world.app).await?;
        phone.text("[data-action=copy]").await?;
        ensure!(!phone.has("[data-action=qr-login]").await);
        ensure!(world.simulator.requests().is_empty());
        phone.close().await?;
        browser.close().await
    });
}

#[test]
fn a_spent_qr_code_is_not_followed_by_a_login_that_computers_cannot_make() {
    journey(with_website(), async |world| {
        let browser = computer(&world).await?;
        world.strike_once(Endpoint::AccessToken, errcode(40029));
        scan_and_allow(&browser).await?;
        browser.title("登录没有成功").await?;
        ensure!(world.authorizations().is_empty());
        ensure!(world.exchange_results() == [40029]);
        browser.tap("[data-action=retry]").await?;
        browser.text("[data-action=qr-login]").await?;
        browser.close().await
    });
}
