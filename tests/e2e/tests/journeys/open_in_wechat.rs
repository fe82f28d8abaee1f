//! Browsers told apart by what they say they are; those that WeChat's authorize page would refuse are told how the page
//! gets into WeChat.

use anyhow::{Context, ensure};
use e2e::{Browser, WorldOptions, journey, user_agents as ua};
use serde_json::json;

use super::planted::{forget_everything, state};

/// Draws the QR code and gives its pixels' grey, row by row, of a square.
const PIXELS: &str = "const image = document.querySelector('img.qr');
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 400;
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 400, 400);
    context.drawImage(image, 20, 20, 360, 360);
    const colours = context.getImageData(0, 0, 400, 400).data;
    return Array.from({ length: 160000 }, (_, at) => colours[4 * at]);";

/// What a phone reads from the page's QR code.
pub(crate) async fn scan(browser: &Browser) -> anyhow::Result<String> {
    browser
        .eventually("(document.querySelector('img.qr') || {}).naturalWidth > 0")
        .await?;
    let pixels = browser.script(PIXELS).await?;
    let pixels = pixels.as_array().context("no pixels")?;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(400, 400, |x, y| {
        pixels[y * 400 + x]
            .as_u64()
            .and_then(|grey| u8::try_from(grey).ok())
            .unwrap_or(0)
    });
    let grids = picture.detect_grids();
    let (_, text) = grids
        .first()
        .context("no QR code in the picture")?
        .decode()?;
    Ok(text)
}

#[test]
fn other_browsers_are_told_how_to_get_the_page_into_wechat_and_wechat_is_not_asked() {
    journey(WorldOptions::default(), async |world| {
        for (user_agent, words) in [
            (ua::PHONE, "复制链接，发送到微信"),
            (ua::DESKTOP, "用手机微信“扫一扫”打开本页"),
            (ua::WECOM, "您正在使用企业微信"),
        ] {
            let browser = Browser::with(|look| look.user_agent = Some(user_agent)).await?;
            let page = world.page("/orders?tab=%E8%8C%B6&x=a+b#top");
            browser.goto(&page).await?;
            browser.title("请在微信中打开").await?;
            let text = browser.text(".message p").await?;
            ensure!(text.contains(words), "{text}");
            let scanned = scan(&browser).await?;
            ensure!(scanned == page, "the code says {scanned}");
            ensure!(
                !browser.has("[data-action=qr-login]").await,
                "a QR login nobody serves"
            );

            let permissions = json!({ "permissions": ["clipboardReadWrite"] });
            browser
                .devtools("Browser.grantPermissions", permissions)
                .await?;
            browser.tap("[data-action=copy]").await?;
            browser.shows("[data-action=copy]", "已复制").await?;
            let copied = browser
                .script("return navigator.clipboard.readText()")
                .await?;
            ensure!(copied == page.as_str(), "{copied} was copied");
            let focused = "return document.activeElement.dataset.action";
            ensure!(
                browser.script(focused).await? == "copy",
                "the focus is lost"
            );
            browser.close().await?;
        }
        ensure!(world.simulator.requests().is_empty());
        Ok(())
    });
}

#[test]
fn an_address_with_somebodys_callback_is_shown_and_copied_without_it() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::with(|look| look.user_agent = Some(ua::PHONE)).await?;
        let code = "0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d";
        let [first, second] = [state(1, 2000), state(2, 1000)];
        browser
            .goto(&format!(
                "{}/orders?code={code}&state={first}&x=1&code={code}&state={second}",
                world.app
            ))
            .await?;
        let scanned = scan(&browser).await?;
        ensure!(scanned == world.page("/orders?x=1"), "{scanned}");
        let page = browser
            .script("return document.documentElement.outerHTML")
            .await?;
        ensure!(!page.to_string().contains(code), "the code is in the page");
        ensure!(world.exchanges().is_empty());

        // What else is called so is the page's own.
        for local in [
            "/?code=INVITE2026",
            "/orders?code=OTHER&state=csrf-of-the-other&x=a|b#frag",
        ] {
            let page = world.page(local);
            browser.goto(&page).await?;
            let scanned = scan(&browser).await?;
            ensure!(scanned == page, "{scanned} instead of {page}");
        }
        // Too late to be an answer, and in the address still: its code is nobody else's either.
        let late = state(1, 11 * 60 * 1000);
        let page = format!("{}/orders?code={code}&state={late}&x=1", world.app);
        browser.goto(&page).await?;
        let scanned = scan(&browser).await?;
        ensure!(scanned == world.page("/orders?x=1"), "{scanned}");
        ensure!(browser.text(".message .hint").await? == scanned);
        // Too long for a picture.
        let page = format!("{}/orders?x={}", world.app, "a".repeat(2000));
        browser.goto(&page).await?;
        browser
            .eventually("!document.querySelector('img.qr') && document.querySelector('.hint')")
            .await?;
        ensure!(browser.text(".message .hint").await? == page);
        browser.close().await
    });
}

#[test]
fn every_client_is_marked_and_only_those_of_wechat_are_sent_there() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::with(|look| look.user_agent = None).await?;
        for (user_agent, name, is_sent) in [
            (ua::WECHAT_ANDROID, "wechat-android", true),
            (ua::WECHAT_HARMONYOS, "wechat-harmonyos", true),
            (ua::WECHAT_WINDOWS, "wechat-windows", true),
            (ua::WECHAT_MAC, "wechat-mac", true),
            (ua::MINI_PROGRAM, "miniprogram", true),
            (ua::WECOM, "wecom", false),
            (ua::PHONE, "phone", false),
            (ua::DESKTOP, "desktop", false),
        ] {
            forget_everything(&browser, &world).await?;
            let before = world.authorizations().len();
            browser.pretend(user_agent, "zh-CN").await?;
            browser.goto(&world.app).await?;
            if is_sent {
                browser.text("[data-field=openid]").await?;
            } else {
                browser.title("请在微信中打开").await?;
            }
            let mark = browser
                .script("return document.documentElement.dataset.client")
                .await?;
            ensure!(mark == name, "{mark} instead of {name}");
            let visits = world.authorizations().len() - before;
            ensure!(
                visits == usize::from(is_sent),
                "{name}: {visits} visits to WeChat"
            );
        }
        browser.close().await
    });
}
