//! The first stage of the page: at work, spoiled in every way, and left alone by the rest.

use anyhow::{Context as _, ensure};
use e2e::{Browser, GatewayFault, Look, WebServer, World, WorldOptions, journey, walk, walk_in};

use super::alive::REVIVE;
use super::planted::forget_everything;
use super::slow::{NO_ANSWER, clock};

/// Without it the page waits a moment for its module, as on every iPhone.
const NO_WORKER: &str =
    "Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: () => undefined });";

/// The module takes longer than from a cache.
const SLOW_MODULE: &str = "const load = window.fetch;
    window.fetch = (url, ...rest) => String(url).endsWith('.wasm')
        ? new Promise(done => setTimeout(done, 100)).then(() => load(url, ...rest))
        : load(url, ...rest);";

/// The page has no first stage.
pub(crate) const MISSING: &str =
    "Object.defineProperty(window, 'wechatLoginFiles', { set() {}, get() {} });";

const OTHER_VERSION: &str = "of another version";

/// What befalls the first stage; after each of it the login works, by the stage or by the app alone.
const SPOILED: [(&str, &str); 15] = [
    ("missing", MISSING),
    (
        "cut in half",
        "const all = Uint8Array.from;
         Uint8Array.from = (text, ...rest) => all.call(Uint8Array, text.slice(0, text.length / 2), ...rest);",
    ),
    (
        OTHER_VERSION,
        "let stage; Object.defineProperty(window, 'wechatLogin', {
             get: () => stage,
             set(value) { Object.defineProperty(value, 'version', { get: () => 99, set() {} }); stage = value; },
         });
         // The app, which takes nothing over, comes when the login that it does not know of has ended.
         const bring = window.fetch;
         window.fetch = async (url, ...rest) => {
             const answer = await bring(url, ...rest);
             if (String(url).endsWith('.wasm')) await stage.session;
             return answer;
         };",
    ),
    (
        "too large to be compiled at once, as in Chromium before 115",
        "WebAssembly.Module = function () { throw new RangeError('too large'); };",
    ),
    (
        "without its memory",
        "const encode = TextEncoder.prototype.encode; let first = true;
         TextEncoder.prototype.encode = function (text) {
             if (first) { first = false; throw new RangeError('out of memory'); }
             return encode.call(this, text);
         };",
    ),
    (
        "by a clock of whole tenths of a second",
        "const exact = performance.now;
         performance.now = () => Math.floor(exact.call(performance) / 100) * 100;",
    ),
    ("without a service worker", NO_WORKER),
    (
        "with a service worker that is refused",
        "navigator.serviceWorker.register = () => Promise.reject(new Error('no'));",
    ),
    (
        "with a service worker that throws",
        "navigator.serviceWorker.register = () => { throw new Error('no'); };",
    ),
    (
        "in a page with a class of its own",
        "document.addEventListener('readystatechange', () => document.body.classList.add('theme'));",
    ),
    (
        "with a module that comes when the answers have been there for long",
        "const ring = window.setTimeout, later = window.fetch;
         window.setTimeout = (what, after, ...rest) => ring(what, after === 25000 ? 500 : after, ...rest);
         window.fetch = (url, ...rest) => String(url).endsWith('.wasm')
             ? new Promise(done => ring(done, 1000)).then(() => later(url, ...rest))
             : later(url, ...rest);",
    ),
    (
        "by a clock a day ahead",
        "const real = Date.now; Date.now = () => real() + 24 * 60 * 60 * 1000;",
    ),
    (
        "with a module that cannot be compiled while it comes",
        "delete WebAssembly.instantiateStreaming; delete WebAssembly.compileStreaming;",
    ),
    (
        "with a module of a type that is not compiled while it comes",
        "const typed = window.fetch;
         window.fetch = (url, ...rest) => !String(url).endsWith('.wasm')
             ? typed(url, ...rest)
             : typed(url, ...rest).then(answer => new Response(answer.body, { headers: { 'Content-Type': 'text/plain' } }));",
    ),
    (
        "without chance",
        "Crypto.prototype.getRandomValues = () => { throw new Error('no entropy'); };",
    ),
];

#[test]
fn whatever_befalls_the_first_stage_the_login_works_and_everything_is_asked_for_once() {
    walk(async |world, browser| {
        let slow = browser.before_each_page(SLOW_MODULE).await?;
        for (visits, (what, script)) in (1..).zip(SPOILED) {
            let spoil = browser.before_each_page(script).await?;
            forget_everything(browser, world).await?;
            browser.requests().await?;
            browser.goto(&world.page("/orders?tab=2#new")).await?;
            browser.title("我的订单").await.context(what)?;
            browser.is_at(&world.page("/orders?tab=2#new")).await?;
            world.asked_wechat(visits, &vec![0; visits]).context(what)?;
            // An app that takes nothing over asks by itself.
            let bootstraps = if what == OTHER_VERSION { 3 } else { 2 };
            asked_once(browser, bootstraps).await.context(what)?;
            let mut console = browser.console().await?;
            console.retain(|line| !line.contains("robots.txt") && !line.contains("MIME"));
            ensure!(console.is_empty(), "{what}: {console:?}");
            browser.forget(&spoil).await?;
        }
        browser.forget(&slow).await
    });
}

/// Chromium before 115 compiles it asynchronously, and the app's module may come from the cache meanwhile.
#[test]
fn an_app_that_comes_before_the_stage_is_compiled_waits_for_it() {
    walk(async |world, browser| {
        let late = "WebAssembly.Module = function () { throw new RangeError('too large'); };
                    const compile = WebAssembly.instantiate;
                    WebAssembly.instantiate = (...what) =>
                        new Promise(done => setTimeout(done, 500)).then(() => compile(...what));";
        browser.before_each_page(late).await?;
        browser.goto(&world.app).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        browser.eventually("wechatLogin.version").await?;
        world.asked_wechat(1, &[0])?;
        asked_once(browser, 2).await
    });
}

/// Two page loads have each asked once for the proxy's first answer and for the app's files, or less where the page left
/// before; the code was posted once.
async fn asked_once(browser: &Browser, bootstraps: usize) -> anyhow::Result<()> {
    let requests = browser.requests().await?;
    let count = |part: &str| requests.iter().filter(|it| it.contains(part)).count();
    ensure!(count("/api/bootstrap") == bootstraps, "{requests:?}");
    for file in ["_bg.wasm", ".js"] {
        ensure!((1..=2).contains(&count(file)), "{requests:?}");
    }
    ensure!(count("POST") == 1, "{requests:?}");
    Ok(())
}

#[test]
fn a_page_that_leaves_needs_no_app_and_one_second_is_the_longest_it_waits_for_one() {
    journey(WorldOptions::behind_a_gateway(), async |world| {
        world.gateway()?.fail("GET /*.wasm ", GatewayFault::Silence);
        for script in ["", NO_WORKER] {
            let browser = Browser::open(Look::default()).await?;
            browser.before_each_page(script).await?;
            let before = world.authorizations().len();
            browser.goto(&world.app).await?;
            // It came back, and the code is exchanged although there is no app yet.
            browser
                .eventually(
                    "window.wechatLogin && wechatLogin.kind === 'granted' && wechatLogin.session",
                )
                .await?;
            ensure!(
                browser.address().await? == world.page("/"),
                "the code stays"
            );
            ensure!(world.authorizations().len() == before + 1);
            ensure!(!browser.has("main").await, "the app came after all");
            browser.close().await?;
        }
        Ok(())
    });
}

#[test]
fn all_chance_that_the_browser_gives_is_in_what_the_first_stage_makes_of_it() {
    walk(async |world, browser| {
        // So many that none is left over for another login.
        let bytes = "Crypto.prototype.getRandomValues = function (bytes) {
            for (let at = 0; at < bytes.length; at++) bytes[at] = at + 1;
            return bytes;
        };";
        browser.before_each_page(bytes).await?;
        browser.goto(&world.app).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        let requests = browser.requests().await?;
        let authorize = requests.iter().find(|it| it.contains("/connect/"));
        let authorize = authorize.context("nobody left")?;
        ensure!(authorize.contains("BCDEFGHIJKLMNOPQRSTUVW"), "{authorize}");
        Ok(())
    });
}

#[test]
fn the_service_worker_loads_the_module_and_may_do_so_behind_nginx_too() {
    for web_server in [WebServer::Proxy, WebServer::Nginx] {
        let options = WorldOptions::with(|it| it.web_server = web_server);
        walk_in(options, async |world, browser| {
            browser.before_each_page(SLOW_MODULE).await?;
            browser.goto(&world.app).await?;
            world.is_signed_in(browser, "xiaoming").await?;
            // Active once it has loaded the module, which it does while it is installed.
            let worker = "navigator.serviceWorker.getRegistrations().then(all => {
                window.worker = all[0] && all[0].active && all[0].active.scriptURL;
            }) && window.worker";
            browser.eventually(worker).await?;
            let worker = browser.script("return window.worker").await?;
            let expected = format!("{}/sw.js?wechat-login-frontend-", world.app);
            let script = worker.as_str().unwrap_or_default();
            ensure!(
                script.starts_with(&expected) && script.ends_with("_bg.wasm"),
                "{script}"
            );
            // It leaves everything else alone.
            browser.reload().await?;
            world.is_signed_in(browser, "xiaoming").await?;
            let controller = "return navigator.serviceWorker.controller";
            ensure!(browser.script(controller).await?.is_null(), "it has a page");
            let console = browser.console().await?;
            ensure!(console.is_empty(), "{console:?}");
            Ok(())
        });
    }
}

#[test]
fn a_page_for_everybody_does_not_wait_for_the_proxy() {
    walk(async |world, browser| {
        browser.before_each_page(SLOW_MODULE).await?;
        browser.before_each_page(NO_ANSWER).await?;
        browser.goto(&world.page("/nowhere")).await?;
        browser.text("main h1").await?;
        ensure!(world.authorizations().is_empty());
        Ok(())
    });
}

#[test]
fn a_page_that_is_brought_to_life_while_it_leaves_begins_anew() {
    walk_in(WorldOptions::behind_a_gateway(), async |world, browser| {
        // The way to WeChat leads nowhere for now, and the module comes never.
        browser.before_each_page(NO_WORKER).await?;
        let stop = "window.setTimeout = (ring => (what, after, ...rest) =>
                        after === 1000 ? 0 : ring(what, after, ...rest))(window.setTimeout);";
        let stop = browser.before_each_page(stop).await?;
        world.gateway()?.fail("GET /*.wasm ", GatewayFault::Silence);
        browser.goto(&world.app).await?;
        browser
            .eventually("window.wechatLogin && wechatLogin.leaving")
            .await?;
        browser.shows("#skeleton p", "正在前往微信…").await?;
        ensure!(world.authorizations().is_empty());
        browser.forget(&stop).await?;
        world.gateway()?.heal();
        browser.script(REVIVE).await?;
        browser
            .eventually("!window.wechatLogin || !wechatLogin.leaving")
            .await?;
        world.is_signed_in(browser, "xiaoming").await?;
        world.asked_wechat(1, &[0])
    });
}

#[test]
fn a_navigation_that_is_refused_ends_on_a_page_with_a_way_on() {
    journey(WorldOptions::default(), async |world| {
        // The driver would wait for it.
        let browser = Browser::with(|look| look.waits_for_load = false).await?;
        let refuse = "navigation.addEventListener('navigate', event =>
                          event.destination.url.includes('/connect/') && event.preventDefault());";
        let refuse = browser.before_each_page(refuse).await?;
        let fast = browser.before_each_page(&clock(8000)).await?;
        browser.goto(&world.app).await?;
        // The page's button, or that of the app, which may have come before the proxy's answer.
        let retry =
            "document.querySelector('#skeleton button:not([hidden]), main [data-action=reload]')";
        browser.eventually(retry).await?;
        ensure!(world.authorizations().is_empty());
        browser.forget(&refuse).await?;
        browser.forget(&fast).await?;
        let tap = format!("{retry} && ({retry}.click(), true)");
        browser.eventually(&tap).await?;
        world.is_signed_in(&browser, "xiaoming").await?;
        world.asked_wechat(1, &[0])?;
        browser.close().await
    });
}

#[test]
fn files_that_a_browser_keeps_back_between_the_stages_cost_no_code() {
    for files in ["*.js", "*.wasm"] {
        walk(async |world, browser| {
            browser.block(&[files]).await?;
            browser.goto(&world.app).await?;
            browser.title("页面被拦截").await?;
            browser.is_at(&world.page("/")).await?;
            browser.block(&[]).await?;
            browser.tap("#failure button").await?;
            world.is_signed_in(browser, "xiaoming").await?;
            world.asked_wechat(1, &[0])
        });
    }
}

/// The pages of `index.html` are those that the app itself takes to WeChat, and no others.
#[test]
fn the_first_stage_knows_the_pages_that_need_a_login() {
    walk(async |world, browser| {
        let listed = pages(browser, world).await?;
        browser.before_each_page(MISSING).await?;
        let others = ["/orders/", "/nowhere", "/orders/1"];
        let all = listed.iter().map(String::as_str).chain(others);
        for page in all {
            forget_everything(browser, world).await?;
            let before = world.authorizations().len();
            browser.goto(&world.page(page)).await?;
            browser.text("main h1").await?;
            let has_left = world.authorizations().len() > before;
            let plain = page.trim_end_matches('/');
            let is_listed = listed.iter().any(|it| it.trim_end_matches('/') == plain);
            ensure!(has_left == is_listed, "{page}: {has_left}");
        }
        Ok(())
    });
}

async fn pages(browser: &Browser, world: &World) -> anyhow::Result<Vec<String>> {
    browser.goto(&world.page("/nowhere")).await?;
    let list = "return document.getElementById('api-bootstrap').dataset.loginPages";
    let list = browser.script(list).await?;
    let list = list.as_str().context("no list of pages")?;
    Ok(list.split(' ').map(str::to_owned).collect())
}
