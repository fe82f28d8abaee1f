//! The pictures in README and book: a login page by page, in both languages, light and dark; and whether the words on them
//! are still those of the pages.
//!
//! `make pictures` takes them anew, with `WECHAT_LOGIN_PICTURES=docs`.

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::{Browser, CAFE, SHOP, World, WorldOptions, journey};
use serde_json::json;

use super::login::sign_in;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/pictures");

/// A small phone: its words can still be read where four of them stand side by side.
const PHONE: (u32, u32) = (320, 620);

/// All four phones as GitHub shows them, and below each what it is about.
const STRIP: (u32, u32) = (832, 436);

/// Bytes of all pictures together, which everybody loads who looks at the README.
const LIMIT: usize = 150_000;

const LANGUAGES: [(&str, [&str; 4]); 2] = [
    (
        "zh-CN",
        [
            "在微信里打开：静默登录，得到 openid",
            "需要昵称和头像时，微信询问用户",
            "允许之后：昵称、头像和 unionid",
            "两个服务号的订单，按 unionid 合并",
        ],
    ),
    (
        "en",
        [
            "Opened in WeChat: signed in silently, by openid",
            "For name and picture WeChat asks",
            "Allowed: name, picture, unionid",
            "Orders of two accounts, joined by unionid",
        ],
    ),
];

/// What the pages say, with a `0` for each digit: of dates, of amounts of money, of ports.
const WORDS: &str =
    r"return document.body.innerText.replace(/\d/g, '0').replace(/\s*\n\s*/g, '\n').trim()";

const PAGE: &str = "<style>
    body { margin: 0; display: flex; justify-content: space-between; font: 14px/20px system-ui, sans-serif }
    figure { margin: 0; width: 196px }
    img { display: block; box-sizing: border-box; width: 196px; height: 380px; border: 2px solid #8888; border-radius: 16px }
    figcaption { margin: 8px 4px 0; text-align: center }
</style>";

fn takes_pictures() -> bool {
    std::env::var("WECHAT_LOGIN_PICTURES").is_ok_and(|it| it == "docs")
}

#[test]
fn the_words_on_the_pictures_of_the_readme_are_those_of_the_pages() {
    let mut words = String::new();
    let mut size = 0;
    for (language, captions) in LANGUAGES {
        journey(WorldOptions::default(), async |world| {
            furnish(&world).await?;
            let browser = Browser::with(|look| look.language = language).await?;
            let mut pictures = [const { Vec::new() }; 2];
            set_size(&browser, PHONE).await?;
            for step in 1..=captions.len() {
                go_on(&browser, &world, step).await?;
                let said = browser.script(WORDS).await?;
                let said = said.as_str().context("no words")?;
                words.push_str(&format!("# {language}, {step}\n{said}\n\n"));
                for (dark, taken) in [false, true].into_iter().zip(&mut pictures) {
                    browser.set_dark(dark).await?;
                    if takes_pictures() {
                        taken.push(capture(&browser, "png", PHONE).await?);
                    }
                }
            }
            for (theme, taken) in ["light", "dark"].into_iter().zip(&pictures) {
                if takes_pictures() {
                    size += compose(&browser, taken, captions, language, theme).await?;
                }
            }
            browser.close().await
        });
    }
    let path = format!("{FOLDER}/words.txt");
    if takes_pictures() {
        assert!(size <= LIMIT, "{size} bytes are more than {LIMIT}");
        std::fs::write(&path, &words).unwrap();
    }
    let then = std::fs::read_to_string(&path).unwrap();
    let mut lines = words.lines().zip(then.lines());
    let changed = lines.find(|(now, then)| now != then);
    assert!(
        words == then,
        "the pages have changed since the pictures in docs/pictures were taken, first {changed:?} (now and then): \
         run `make pictures`, and look at them"
    );
}

/// What the order system of `make dev` knows of 小明.
async fn furnish(world: &World) -> anyhow::Result<()> {
    for (account, appid, key, title, amount, status) in [
        ("shop", SHOP, "1", "《山茶文具店》", 4500, "已签收"),
        ("shop", SHOP, "2", "手账本 × 2", 6800, "已发货"),
        ("cafe", CAFE, "3", "桂花拿铁（大杯）", 3200, "待取餐"),
    ] {
        let user = format!(
            "{account}/users/{}",
            world.simulator.openid(appid, "xiaoming")
        );
        let unionid = world.simulator.unionid(appid, "xiaoming");
        world.tell(&user, json!({ "unionid": unionid })).await?;
        let order =
            json!({ "title": title, "amount": amount, "currency": "CNY", "status": status });
        world
            .tell(&format!("{user}/records/order/{key}"), order)
            .await?;
    }
    Ok(())
}

/// To the page of this step, from that of the one before.
async fn go_on(browser: &Browser, world: &World, step: usize) -> anyhow::Result<()> {
    match step {
        1 => sign_in(browser, world).await.map(drop),
        2 => {
            browser.tap("[data-action=request-profile]").await?;
            browser.text("button[value=allow]").await.map(drop)
        }
        3 => {
            browser.tap("button[value=allow]").await?;
            browser
                .eventually("document.querySelector('img.avatar')?.complete")
                .await
        }
        _ => {
            browser.tap("a[href='/orders']").await?;
            let all = "document.querySelector('#more [role=status]:not(.loading)')";
            browser.eventually(all).await
        }
    }
}

/// Sharp on screens with two pixels for one.
async fn set_size(browser: &Browser, (width, height): (u32, u32)) -> anyhow::Result<()> {
    let metrics =
        json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": true });
    browser
        .devtools("Emulation.setDeviceMetricsOverride", metrics)
        .await?;
    Ok(())
}

/// The window, in base64.
async fn capture(
    browser: &Browser,
    format: &str,
    (width, height): (u32, u32),
) -> anyhow::Result<String> {
    let how = json!({
        "format": format,
        "quality": 80,
        "clip": { "x": 0, "y": 0, "width": width, "height": height, "scale": 1 },
    });
    let shot = browser.devtools("Page.captureScreenshot", how).await?;
    Ok(shot["data"].as_str().context("no picture")?.to_owned())
}

/// Puts the phones side by side, and gives the size of that picture.
async fn compose(
    browser: &Browser,
    phones: &[String],
    captions: [&str; 4],
    language: &str,
    theme: &str,
) -> anyhow::Result<usize> {
    let colour = if theme == "dark" {
        "#e6edf3"
    } else {
        "#1f2328"
    };
    let figures = phones.iter().zip(captions).enumerate().map(|(before, (phone, caption))| {
        let step = before + 1;
        format!(
            "<figure><img src='data:image/png;base64,{phone}'><figcaption style='color: {colour}'>{step}. {caption}</figcaption></figure>"
        )
    });
    let page = format!("{PAGE}{}", figures.collect::<String>());
    browser.goto("about:blank").await?;
    set_size(browser, STRIP).await?;
    let show = format!(
        "document.documentElement.lang = '{language}';
         document.body.innerHTML = {};
         return Promise.all([...document.images].map(it => it.decode())).then(() => document.fonts.ready).then(() => true)",
        json!(page)
    );
    browser.script(&show).await?;
    let nothing = json!({ "color": { "r": 0, "g": 0, "b": 0, "a": 0 } });
    browser
        .devtools("Emulation.setDefaultBackgroundColorOverride", nothing)
        .await?;
    let picture = STANDARD.decode(capture(browser, "webp", STRIP).await?)?;
    browser
        .devtools("Emulation.setDefaultBackgroundColorOverride", json!({}))
        .await?;
    ensure!(!picture.is_empty(), "no picture");
    std::fs::create_dir_all(FOLDER)?;
    let language = language.split('-').next().unwrap_or_default();
    std::fs::write(format!("{FOLDER}/login-{language}-{theme}.webp"), &picture)?;
    Ok(picture.len())
}
