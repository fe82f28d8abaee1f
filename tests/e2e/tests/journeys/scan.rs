//! A computer is signed in by a phone that scans a QR code of the proxy's own, without a website application.

use anyhow::ensure;
use e2e::{Browser, Look, SHOP, Website, World, WorldOptions, journey, user_agents};

fn with_scans(path: &'static str) -> WorldOptions {
    WorldOptions::with(|it| {
        it.website = Website::Scans;
        it.path = path;
    })
}

/// A computer in front of the QR code.
async fn computer(world: &World) -> anyhow::Result<Browser> {
    let browser = Browser::with(|look| look.user_agent = Some(user_agents::DESKTOP)).await?;
    browser.set_size(1000, 800).await?;
    browser.goto(&world.page("/?from=poster#part")).await?;
    browser.tap("[data-action=qr-login]").await?;
    browser.title("微信扫码登录").await?;
    Ok(browser)
}

/// What a phone reads from its screen, and the number below.
async fn shown(browser: &Browser) -> anyhow::Result<(String, String)> {
    let html = "return document.documentElement.outerHTML";
    let html = browser.script(html).await?;
    let number = browser.text(".number").await?;
    Ok((
        test_support::qr::read(html.as_str().unwrap_or_default()),
        number,
    ))
}

/// Says on the computer that this is what it shows now.
async fn tells(browser: &Browser, words: &str) -> anyhow::Result<()> {
    browser
        .until("[role=status]", |text| text.contains(words))
        .await?;
    Ok(())
}

/// At all widths, light and dark.
async fn look_at(browser: &Browser, name: &str, width: u32) -> anyhow::Result<()> {
    for (shown, height) in [(320, 568), (390, 844), (1000, 800)] {
        browser.set_size(shown, height).await?;
        let wide = "return document.documentElement.scrollWidth > innerWidth";
        ensure!(
            browser.script(wide).await? == false,
            "{name} is wider than {shown}"
        );
        for (dark, colours) in [(false, "light"), (true, "dark")] {
            browser.set_dark(dark).await?;
            browser
                .screenshot(&format!("scan-{name}-{shown}-{colours}"))
                .await?;
        }
    }
    browser.set_dark(false).await?;
    browser.set_size(width, 844).await
}

/// Nothing was against the page's own policy.
async fn is_quiet(browser: &Browser) -> anyhow::Result<()> {
    let mut console = browser.console().await?;
    // What a refusal looks like there.
    console.retain(|line| !line.contains("robots.txt") && !line.contains("status of 4"));
    ensure!(console.is_empty(), "{console:?}");
    Ok(())
}

fn signs_in(path: &'static str) {
    journey(with_scans(path), async |world| {
        let computer = computer(&world).await?;
        look_at(&computer, "computer", 1000).await?;
        let (scanned, number) = shown(&computer).await?;
        ensure!(scanned.starts_with(&world.page("/api/scan/")), "{scanned}");

        let phone = Browser::open(Look::default()).await?;
        phone.goto(&scanned).await?;
        phone.title("登录这台电脑？").await?;
        // Nothing of WeChat's answer is left in it.
        let address = phone.address().await?;
        ensure!(
            address.trim_end_matches("#wechat_redirect") == scanned,
            "{address}"
        );
        ensure!(phone.text(".number").await? == number);
        ensure!(phone.text("dl").await?.contains("Linux"));
        tells(&computer, "已扫描").await?;
        look_at(&phone, "question", 390).await?;
        phone.tap("button[value=allow]").await?;
        phone.title("已允许登录").await?;
        look_at(&phone, "allowed", 390).await?;

        world.is_signed_in(&computer, "xiaoming").await?;
        computer.shows("[data-field=account]", "山茶书店").await?;
        computer.is_at(&world.page("/?from=poster#part")).await?;
        // The phone is not signed in by that: its own page asks WeChat.
        let asked = world.exchanges();
        ensure!(asked.len() == 1 && asked[0].appid.as_deref() == Some(SHOP));
        computer.reload().await?;
        world.is_signed_in(&computer, "xiaoming").await?;
        is_quiet(&computer).await?;
        is_quiet(&phone).await?;
        phone.close().await?;
        computer.close().await
    });
}

#[test]
fn a_phone_signs_a_computer_in_on_the_page_it_was_on() {
    signs_in("");
}

#[test]
fn below_a_path_everything_stays_below_it() {
    signs_in("/h5");
}

#[test]
fn a_refusal_and_a_code_that_is_over_are_told_and_a_new_code_is_a_tap_away() {
    journey(with_scans(""), async |world| {
        let computer = computer(&world).await?;
        let phone = Browser::open(Look::default()).await?;
        let (scanned, _) = shown(&computer).await?;
        phone.goto(&scanned).await?;
        phone.tap("button[value=refuse]").await?;
        phone.title("没有登录").await?;
        look_at(&phone, "refused", 390).await?;
        tells(&computer, "这台电脑没有登录").await?;
        look_at(&computer, "computer-refused", 1000).await?;

        // Whatever happens meanwhile is told as soon as the network is back.
        computer.block(&["*/api/scan/wait"]).await?;
        computer.tap("#again").await?;
        tells(&computer, "扫描二维码").await?;
        let (scanned, _) = shown(&computer).await?;
        world.end_scans().await?;
        phone.goto(&scanned).await?;
        phone.title("二维码已失效").await?;
        look_at(&phone, "expired", 390).await?;
        computer.block(&[]).await?;
        tells(&computer, "二维码已失效").await?;
        look_at(&computer, "computer-expired", 1000).await?;
        // The app does not wait for so old a login any more.
        computer
            .script("sessionStorage.setItem(location.search, 1)")
            .await?;
        computer.tap("#again").await?;
        computer.is_at(&world.page("/?from=poster")).await?;
        computer.close().await?;
        phone.close().await
    });
}

#[test]
fn another_persons_phone_and_another_browser_are_told_what_to_do() {
    journey(with_scans(""), async |world| {
        let computer = computer(&world).await?;
        let (scanned, _) = shown(&computer).await?;
        let other = Browser::with(|look| look.user_agent = Some(user_agents::PHONE)).await?;
        other.goto(&scanned).await?;
        other.title("请用微信扫一扫").await?;
        look_at(&other, "elsewhere", 390).await?;
        other.close().await?;

        let first = Browser::open(Look::default()).await?;
        first.goto(&scanned).await?;
        first.title("登录这台电脑？").await?;
        world.simulator.set_current("xiaohong");
        let second = Browser::open(Look::default()).await?;
        second.goto(&scanned).await?;
        second.title("二维码已失效").await?;
        ensure!(second.text("p").await?.contains("另一部手机"));
        look_at(&second, "another-phone", 390).await?;
        // Whoever was first still decides.
        first.tap("button[value=allow]").await?;
        world.is_signed_in(&computer, "xiaoming").await?;
        is_quiet(&computer).await?;
        second.close().await?;
        first.close().await?;
        computer.close().await
    });
}
