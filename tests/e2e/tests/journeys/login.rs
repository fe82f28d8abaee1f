//! The silent login and what stays of it, and a refusal where nobody was signed in.

use anyhow::{Context, ensure};
use e2e::{Browser, Look, World, WorldOptions, journey, walk, walk_in};
use serde_json::json;
use test_support::tinyproxy::Tinyproxy;

use super::first_stage::MISSING;
use super::planted::{Planted, plant};

/// Signs in silently and gives the address WeChat sent the browser back to, code included.
pub(crate) async fn sign_in(browser: &Browser, world: &World) -> anyhow::Result<String> {
    browser.goto(&world.app).await?;
    browser.text("[data-field=openid]").await?;
    let callback = |request: &String| request.contains(&world.app) && request.contains("code=");
    let requests = browser.requests().await?;
    let request = requests.iter().find(|it| callback(it));
    let request = request.context("no callback")?;
    Ok(request.trim_start_matches("GET ").to_owned())
}

#[test]
fn silent_login_shows_the_openid() {
    walk(async |world, browser| {
        browser.goto(&world.app).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        ensure!(browser.text("[data-field=account]").await? == "山茶书店");
        let scope = browser.text("[data-field=scope]").await?;
        ensure!(scope.contains("snsapi_base"), "{scope}");
        ensure!(world.exchanges().len() == 1, "{:?}", world.exchanges());
        browser.screenshot("profile-base-light").await?;

        // One for each of the two page loads.
        browser.asked("/api/bootstrap", 2).await?;
        let console = browser.console().await?;
        ensure!(console.is_empty(), "{console:?}");
        Ok(())
    });
}

/// As in a company whose machines have no other way out.
#[test]
fn a_login_whose_calls_go_through_a_forward_proxy() {
    let tinyproxy = Tinyproxy::start("");
    let options = WorldOptions::with(|it| it.forward_proxy = Some(tinyproxy.address));
    walk_in(options, async |world, browser| {
        browser.goto(&world.app).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        let asked = tinyproxy.requests("GET");
        ensure!(asked == 1, "{asked} calls through tinyproxy");
        world.asked_wechat(1, &[0])
    });
}

#[test]
fn reload_keeps_the_session() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        browser.reload().await?;
        browser.text("[data-field=openid]").await?;
        ensure!(world.exchanges().len() == 1, "{:?}", world.exchanges());
        browser.never_asked("/connect/").await
    });
}

#[test]
fn the_code_is_neither_in_the_address_bar_nor_in_history_and_gone_before_it_is_exchanged() {
    walk(async |world, browser| {
        let spy = "window.sent = []; const send = window.fetch;
                   window.fetch = (...args) => {
                       const url = args[0].url || String(args[0]);
                       if (url.includes('/api/')) window.sent.push(location.href);
                       return send(...args);
                   };";
        browser.before_each_page(spy).await?;
        sign_in(browser, world).await?;

        let clean = world.page("/");
        ensure!(browser.address().await? == clean);
        let sent_from = browser.script("return window.sent").await?;
        ensure!(
            sent_from == json!([clean, clean]),
            "bootstrap and exchange were sent from {sent_from}"
        );
        for entry in browser.history().await? {
            ensure!(!entry.contains("code="), "{entry}");
            ensure!(
                !entry.contains("/connect/"),
                "Back would authorize again: {entry}"
            );
        }
        Ok(())
    });
}

#[test]
fn a_callback_loaded_twice_signs_in_with_one_exchange() {
    walk(async |world, browser| {
        // The first load of the callback exchanges the code and is torn away before it hears the answer, as Android
        // does now and then; the second load has nothing but the same address.
        let twice = "if (location.search.includes('code=') && !sessionStorage.getItem('again')) {
                         const callback = location.href;
                         const send = window.fetch;
                         window.fetch = (...args) => {
                             if (!(args[0].url || String(args[0])).endsWith('/api/session')) return send(...args);
                             sessionStorage.setItem('again', '1');
                             send(...args).then(() => location.replace(callback));
                             return new Promise(() => {});
                         };
                     }";
        browser.before_each_page(twice).await?;
        browser.goto(&world.app).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        let again = browser
            .script("return sessionStorage.getItem('again')")
            .await?;
        ensure!(again == "1", "the callback was not loaded twice");
        browser.asked("POST ", 2).await?;
        ensure!(world.exchanges().len() == 1, "{:?}", world.exchanges());
        Ok(())
    });
}

/// As where cookies are switched off.
#[test]
fn either_storage_may_be_off_and_without_both_the_page_says_why_it_stops() {
    for off in [
        "'sessionStorage'",
        "'localStorage'",
        "'sessionStorage', 'localStorage'",
    ] {
        for app_alone in ["", MISSING] {
            walk(async |world, browser| {
                let off = format!(
                    "{app_alone} for (const name of [{off}]) Object.defineProperty(window, name, {{
                         get() {{ throw new DOMException('off', 'SecurityError'); }},
                     }});"
                );
                browser.before_each_page(&off).await?;
                browser.goto(&world.app).await?;
                if off.contains(", 'local") {
                    browser.title("浏览器没有记住登录").await?;
                    world.asked_wechat(2, &[])
                } else {
                    world.is_signed_in(browser, "xiaoming").await?;
                    world.asked_wechat(1, &[0])
                }
            });
        }
    }
}

#[test]
fn who_signs_out_stays_out_until_a_tap() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        browser.tap("[data-action=sign-out]").await?;
        browser.title("已退出登录").await?;
        browser.screenshot("signed-out-light").await?;
        browser.reload().await?;
        browser.title("已退出登录").await?;
        ensure!(world.exchanges().len() == 1);
        browser.tap(".message .button").await?;
        browser.text("[data-field=openid]").await?;
        ensure!(world.exchanges().len() == 2);
        Ok(())
    });
}

#[test]
fn any_browser_may_log_in_where_wechat_is_not_required() {
    let options = WorldOptions::with(|it| it.require_wechat = false);
    journey(options, async |world| {
        let browser = Browser::open(Look {
            user_agent: None,
            language: "en",
            ..Look::default()
        })
        .await?;
        sign_in(&browser, &world).await?;
        ensure!(browser.script("return document.title").await? == "My account");
        let language = "return document.documentElement.lang";
        ensure!(browser.script(language).await? == "en");
        browser.screenshot("profile-base-english").await?;
        browser.close().await
    });
}

#[test]
fn a_refusal_without_a_session_starts_nothing_until_a_tap() {
    walk(async |world, browser| {
        let state = plant(browser, world, Planted::default()).await?;
        browser
            .goto(&format!("{}/?state={state}", world.app))
            .await?;
        browser.title("您已拒绝授权").await?;
        ensure!(browser.address().await? == world.page("/"));
        browser.reload().await?;
        browser.text("[data-action=sign-in]").await?;
        ensure!(world.authorizations().is_empty());
        ensure!(world.exchanges().is_empty());
        let left = browser
            .script("return Object.keys(sessionStorage).filter(it => it.startsWith('wechat-login:')).length")
            .await?;
        ensure!(left == 0, "{left} records left");

        browser.tap("[data-action=sign-in]").await?;
        browser.text("[data-field=openid]").await?;
        ensure!(world.authorizations().len() == 1);
        Ok(())
    });
}

#[test]
fn each_page_load_asks_the_server_for_everything_once() {
    walk_in(WorldOptions::behind_a_gateway(), async |world, browser| {
        let gateway = world.gateway()?;
        let count = |what| gateway.asked(what).len();
        sign_in(browser, world).await?;
        // A page that leaves for WeChat may have asked for the app, and does not always keep it.
        for (what, expected) in [
            ("GET / ", 1..=1),
            ("GET /?code=", 1..=1),
            ("GET /api/bootstrap ", 2..=2),
            ("POST /api/session ", 1..=1),
            ("GET /*.wasm ", 1..=2),
            ("GET /*.js ", 1..=2),
        ] {
            let times = count(what);
            ensure!(expected.contains(&times), "{times} times {what}");
        }
        let files = [
            "GET / ",
            "GET /api/bootstrap ",
            "GET /*.wasm ",
            "GET /*.js ",
        ];
        let before = files.map(count);
        browser.reload().await?;
        world.is_signed_in(browser, "xiaoming").await?;
        for (what, before) in files.into_iter().zip(before) {
            let times = count(what) - before;
            let least = usize::from(!what.contains('*'));
            ensure!(
                (least..=1).contains(&times),
                "{times} times {what} at a reload"
            );
        }
        Ok(())
    });
}
