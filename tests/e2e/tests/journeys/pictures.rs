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

/// Width and height in CSS pixels, how many of the picture's make one of these, and whether it is a phone.
type Screen = (u32, u32, f64, bool);

/// A small phone: its words can still be read where four of them stand side by side.
const PHONE: Screen = (370, 740, 300.0 / 370.0, true);

/// All four phones as GitHub shows them, and below each what it is about. A phone is 200 times
/// 400 there, which is as many pixels as were taken.
const STRIP: Screen = (832, 452, 1.5, false);

/// Of WebP's, up to 1: letters are still sharp.
const QUALITY: f64 = 0.47;

/// Bytes of all pictures and their words together, which everybody loads who looks at the README.
const LIMIT: u64 = 150_000;

const LANGUAGES: [(&str, [&str; 4]); 2] = [
    (
        "zh-CN",
        [
            "在微信里打开：静默登录，得到 openid",
            "需要昵称和头像时，微信询问用户",
            "允许之后：有了昵称和头像",
            "两个服务号的订单，按 unionid 合并",
        ],
    ),
    (
        "en",
        [
            "Opened in WeChat: signed in silently, by openid",
            "For name and picture WeChat asks",
            "Allowed: name and picture",
            "Orders of two accounts, joined by unionid",
        ],
    ),
];

/// What the pages say, with a `0` for each number: of dates, of amounts of money, of ports.
const WORDS: &str =
    r"return document.body.innerText.replace(/\d+/g, '0').replace(/\s*\n\s*/g, '\n').trim()";

/// The simulator has so many people that WeChat's two buttons would not be on the picture.
const FEW_PEOPLE: &str =
    "document.querySelectorAll('.person:nth-child(n+4)').forEach(it => it.remove())";

const PAGE: &str = "<style>
    body { margin: 0; display: flex; justify-content: space-between; font: 14px/20px system-ui, sans-serif }
    figure { margin: 0; width: 200px }
    img { display: block; width: 200px; height: 400px; border-radius: 12px; outline: 1px solid #8888; outline-offset: -1px }
    figcaption { margin-top: 8px; text-align: center; text-wrap: balance; word-break: keep-all }
</style>";

fn takes_pictures() -> bool {
    std::env::var("WECHAT_LOGIN_PICTURES").is_ok_and(|it| it == "docs")
}

#[test]
fn the_words_on_the_pictures_of_the_readme_are_those_of_the_pages() {
    let mut words = String::new();
    for (language, captions) in LANGUAGES {
        journey(WorldOptions::default(), async |world| {
            furnish(&world).await?;
            let browser = Browser::with(|look| look.language = language).await?;
            let mut pictures = [const { Vec::new() }; 2];
            for step in 1..=captions.len() {
                go_on(&browser, &world, step).await?;
                set_size(&browser, PHONE).await?;
                browser.script(FEW_PEOPLE).await?;
                let said = browser.script(WORDS).await?;
                let said = said.as_str().context("no words")?;
                words.push_str(&format!("# {language}, {step}\n{said}\n\n"));
                for (dark, taken) in [false, true].into_iter().zip(&mut pictures) {
                    browser.set_dark(dark).await?;
                    if takes_pictures() {
                        taken.push(capture(&browser).await?);
                    }
                }
            }
            for (theme, taken) in ["light", "dark"].into_iter().zip(&pictures) {
                if takes_pictures() {
                    compose(&browser, taken, captions, language, theme).await?;
                }
            }
            browser.close().await
        });
    }
    let path = format!("{FOLDER}/words.txt");
    if takes_pictures() {
        std::fs::write(&path, &words).unwrap();
    }
    let pictures = std::fs::read_dir(FOLDER).unwrap();
    let size: u64 = pictures
        .map(|it| it.unwrap().metadata().unwrap().len())
        .sum();
    assert!(size <= LIMIT, "{size} bytes are more than {LIMIT}");
    let then = std::fs::read_to_string(&path).unwrap();
    let mut lines = words.lines().zip(then.lines());
    let changed = lines.find(|(now, then)| now != then);
    assert!(
        words == then,
        "the pages have changed since the pictures in docs/pictures were taken, first {changed:?} (now and then): \
         run `make pictures`, and look at them"
    );
}

/// What the order system of `make dev` knows of 小明. The keys descend, so that orders of one millisecond are newest first,
/// too.
async fn furnish(world: &World) -> anyhow::Result<()> {
    for (account, appid, key, title, amount, status) in [
        ("shop", SHOP, "3", "《山茶文具店》", 4500, "已签收"),
        ("shop", SHOP, "2", "手账本 × 2", 6800, "已发货"),
        ("cafe", CAFE, "1", "桂花拿铁（大杯）", 3200, "待取餐"),
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

async fn set_size(browser: &Browser, (width, height, scale, mobile): Screen) -> anyhow::Result<()> {
    let metrics =
        json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile });
    browser
        .devtools("Emulation.setDeviceMetricsOverride", metrics)
        .await?;
    browser
        .devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true }))
        .await?;
    Ok(())
}

/// The window, as PNG in base64.
async fn capture(browser: &Browser) -> anyhow::Result<String> {
    let how = json!({ "format": "png" });
    let shot = browser.devtools("Page.captureScreenshot", how).await?;
    Ok(shot["data"].as_str().context("no picture")?.to_owned())
}

/// Puts the phones side by side.
async fn compose(
    browser: &Browser,
    phones: &[String],
    captions: [&str; 4],
    language: &str,
    theme: &str,
) -> anyhow::Result<()> {
    // GitHub's. A picture that shines through takes a tenth more.
    let colours = match theme {
        "dark" => "background: #0d1117; color: #e6edf3",
        _ => "background: #fff; color: #1f2328",
    };
    let figures = phones.iter().zip(captions).enumerate().map(|(before, (phone, caption))| {
        let step = before + 1;
        format!(
            "<figure><img src='data:image/png;base64,{phone}'><figcaption>{step}. {caption}</figcaption></figure>"
        )
    });
    let page = format!("{PAGE}{}", figures.collect::<String>());
    browser.goto("about:blank").await?;
    set_size(browser, STRIP).await?;
    let show = format!(
        "document.documentElement.lang = '{language}';
         document.body.style = '{colours}';
         document.body.innerHTML = {};
         return Promise.all([...document.images].map(it => it.decode())).then(() => true)",
        json!(page)
    );
    browser.script(&show).await?;
    let strip = capture(browser).await?;
    let packed = format!(
        "const strip = new Image();
         strip.src = 'data:image/png;base64,{strip}';
         return strip.decode().then(() => {{
             const canvas = document.createElement('canvas');
             [canvas.width, canvas.height] = [strip.width, strip.height];
             canvas.getContext('2d').drawImage(strip, 0, 0);
             return canvas.toDataURL('image/webp', {QUALITY}).split(',')[1];
         }})"
    );
    let picture = browser.script(&packed).await?;
    let picture = STANDARD.decode(picture.as_str().context("no picture")?)?;
    ensure!(!picture.is_empty(), "no picture");
    std::fs::create_dir_all(FOLDER)?;
    let language = language.split('-').next().unwrap_or_default();
    std::fs::write(format!("{FOLDER}/login-{language}-{theme}.webp"), &picture)?;
    Ok(())
}
