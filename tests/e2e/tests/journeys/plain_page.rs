//! The page of `examples/plain-page`, which knows the HTTP API alone. People copy it, so it is tried like our own.

use anyhow::{Context, ensure};
use e2e::{App, Browser, Look, SHOP, World, WorldOptions, errcode, journey, user_agents, walk_in};
use wechat_simulator::{Endpoint, RefusalBehaviour};

/// A page of its own, with what browsers and WeChat like to change in addresses.
const PAGE: &str = "/tea/%E9%BE%99%E4%BA%95?from=a%20b&cups=2+1#leaves";

fn plain_page() -> WorldOptions {
    WorldOptions::with(|it| it.app = App::PlainPage)
}

/// Opens the page, which signs its visitor in by itself, and gives the address that WeChat sent the browser back to.
async fn arrive(world: &World, browser: &Browser) -> anyhow::Result<String> {
    browser.goto(&world.page(PAGE)).await?;
    is_signed_in(world, browser, "xiaoming").await?;
    let requests = browser.requests().await?;
    let callback = requests.iter().find(|it| it.contains("code="));
    let callback = callback.context("no callback")?;
    Ok(callback.trim_start_matches("GET ").to_owned())
}

async fn is_signed_in(world: &World, browser: &Browser, person: &str) -> anyhow::Result<()> {
    browser.title("您已登录").await?;
    let openid = browser.text("#openid").await?;
    ensure!(openid == world.simulator.openid(SHOP, person), "{openid}");
    ensure!(browser.records().await? == 0, "something was kept");
    let address = browser.address().await?;
    ensure!(!address.contains("code=") && !address.contains("state="));
    Ok(())
}

/// A `state` as the page makes them, of one digit.
fn state(digit: char) -> String {
    format!("plain{}", digit.to_string().repeat(32))
}

/// A script that leaves the record of a login which began at this page.
fn begun(state: &str, page: &str) -> String {
    format!(
        "sessionStorage['wechat-login:{state}'] =
             JSON.stringify({{ account: 'shop', verifier: 'v'.repeat(32), page: '{page}' }});
         return true"
    )
}

#[test]
fn a_plain_page_has_at_most_60_lines() {
    let page = include_str!("../../../../examples/plain-page/index.html");
    assert!(page.lines().count() <= 60);
}

#[test]
fn a_plain_page_signs_in_silently_asks_for_the_name_after_a_tap_and_keeps_its_address() {
    walk_in(plain_page(), async |world, browser| {
        arrive(world, browser).await?;
        browser.is_at(&world.page(PAGE)).await?;
        world.asked_wechat(1, &[0])?;
        for entry in browser.history().await? {
            ensure!(
                !entry.contains("code=") && !entry.contains("/connect/"),
                "{entry}"
            );
        }

        browser.tap("#ask").await?;
        browser.tap("button[value=allow]").await?;
        browser.shows("#nickname", "小明").await?;
        is_signed_in(world, browser, "xiaoming").await?;
        browser.is_at(&world.page(PAGE)).await?;
        world.asked_wechat(2, &[0, 0])?;
        browser.reload().await?;
        browser.shows("#nickname", "小明").await?;
        world.asked_wechat(2, &[0, 0])
    });
}

#[test]
fn a_plain_page_says_that_consent_was_declined_and_leaves_its_visitor_signed_in() {
    let options = WorldOptions::with(|it| {
        (it.app, it.refusal) = (App::PlainPage, RefusalBehaviour::RedirectWithState);
    });
    walk_in(options, async |world, browser| {
        arrive(world, browser).await?;
        browser.tap("#ask").await?;
        browser.tap("button[value=refuse]").await?;
        browser.shows("#problem", "您没有同意授权。").await?;
        is_signed_in(world, browser, "xiaoming").await?;
        browser.is_at(&world.page(PAGE)).await?;
        world.asked_wechat(2, &[0])
    });
}

#[test]
fn a_plain_page_exchanges_no_code_again_and_none_of_somebody_else() {
    walk_in(plain_page(), async |world, browser| {
        let callback = arrive(world, browser).await?;
        browser.goto(&callback).await?;
        is_signed_in(world, browser, "xiaoming").await?;
        world.asked_wechat(1, &[0])?;

        // Login CSRF: the attacker's own unspent code, in a link for somebody who is signed in, and then for nobody.
        let code = world.code("laozhou");
        let state = state('a');
        let link = world.page(&format!("/?a=%24%26&code={code}&state={state}#leaves"));
        browser.goto(&link).await?;
        is_signed_in(world, browser, "xiaoming").await?;
        browser.lose_cookies().await?;
        browser.goto(&world.page("/robots.txt")).await?;
        browser.goto(&link).await?;
        browser.title("您还没有登录").await?;
        // Only what WeChat would have added goes.
        browser.is_at(&world.page("/?a=%24%26#leaves")).await?;
        world.asked_wechat(1, &[0])?;
        browser.tap("#enter").await?;
        is_signed_in(world, browser, "xiaoming").await?;
        world.asked_wechat(2, &[0, 0])
    });
}

#[test]
fn a_plain_page_keeps_a_code_and_a_state_of_its_own_and_takes_neither_for_wechats() {
    walk_in(plain_page(), async |world, browser| {
        // One that could be exchanged, if anybody took it for an answer.
        let code = world.code("laozhou");
        for (number, own) in [
            format!("/tea?code={code}&from=a%20b#leaves"),
            format!("/?from=b&code={code}&state=other"),
        ]
        .iter()
        .enumerate()
        {
            let page = world.page(own);
            browser.goto(&page).await?;
            browser.title("您已登录").await?;
            let openid = browser.text("#openid").await?;
            ensure!(openid == world.simulator.openid(SHOP, "xiaoming"));
            browser.is_at(&page).await?;
            // Nor does WeChat learn it.
            let requests = browser.requests().await?;
            let asked = requests.iter().find(|it| it.contains("/connect/"));
            let asked = asked.context("WeChat was not asked")?;
            ensure!(!asked.contains(&code) && asked.contains("from"), "{asked}");
            ensure!(browser.records().await? == 0, "something was kept");
            world.asked_wechat(number + 1, &vec![0; number + 1])?;
            browser.reload().await?;
            browser.title("您已登录").await?;
            browser.is_at(&page).await?;
            browser.lose_cookies().await?;
        }
        Ok(())
    });
}

#[test]
fn a_plain_page_takes_the_last_code_which_is_wechats() {
    walk_in(plain_page(), async |world, browser| {
        browser.goto(&world.page("/robots.txt")).await?;
        let state = state('b');
        let page = world.page("/tea?code=INVITE#leaves");
        browser.script(&begun(&state, &page)).await?;
        let code = world.code("xiaoming");
        let callback = format!("/tea?code=INVITE&code={code}&state={state}");
        browser.goto(&world.page(&callback)).await?;
        browser.title("您已登录").await?;
        browser.is_at(&page).await?;
        world.asked_wechat(0, &[0])
    });
}

#[test]
fn a_plain_page_that_is_loaded_twice_with_its_code_signs_in_with_one_exchange() {
    walk_in(plain_page(), async |world, browser| {
        // The first load hears no answer, as on Android now and then.
        let twice = "if (location.search.includes('code=') && !localStorage.again) {
                         const [callback, send] = [location.href, window.fetch];
                         window.fetch = (...args) => {
                             if (!String(args[0]).endsWith('/api/session')) return send(...args);
                             localStorage.again = 'yes';
                             send(...args).then(() => location.replace(callback));
                             return new Promise(() => {});
                         };
                     } else localStorage.removeItem('again');";
        browser.before_each_page(twice).await?;
        browser.goto(&world.page(PAGE)).await?;
        is_signed_in(world, browser, "xiaoming").await?;
        browser.asked("POST ", 2).await?;
        world.asked_wechat(1, &[0])
    });
}

#[test]
fn a_plain_page_signs_out_until_a_tap_and_in_again_by_itself_when_a_session_has_ended() {
    walk_in(plain_page(), async |world, browser| {
        arrive(world, browser).await?;
        // What pages do whose own requests are answered with 401.
        browser.lose_cookies().await?;
        browser.reload().await?;
        is_signed_in(world, browser, "xiaoming").await?;
        world.asked_wechat(2, &[0, 0])?;

        browser.tap("#leave").await?;
        browser.title("您还没有登录").await?;
        browser.reload().await?;
        browser.title("您还没有登录").await?;
        ensure!(!browser.has("#leave:not([hidden])").await);
        world.asked_wechat(2, &[0, 0])?;
        browser.tap("#enter").await?;
        is_signed_in(world, browser, "xiaoming").await?;
        world.asked_wechat(3, &[0, 0, 0])
    });
}

#[test]
fn a_plain_page_tells_a_failure_with_its_request_id_once_and_tries_again_after_a_tap() {
    walk_in(plain_page(), async |world, browser| {
        world.strike_once(Endpoint::AccessToken, errcode(40125));
        browser.goto(&world.page(PAGE)).await?;
        let problem = browser.text("#problem").await?;
        let id = problem.split_once("请求编号 ").context("no request id")?.1;
        let id = id.trim_end_matches('）');
        ensure!(id.len() == 16, "{problem}");
        ensure!(id.bytes().all(|it| it.is_ascii_hexdigit()), "{problem}");
        browser.is_at(&world.page(PAGE)).await?;
        browser.reload().await?;
        browser.title("您还没有登录").await?;
        world.asked_wechat(1, &[40125])?;
        browser.tap("#enter").await?;
        is_signed_in(world, browser, "xiaoming").await?;
        world.asked_wechat(2, &[40125, 0])
    });
}

#[test]
fn a_plain_page_takes_the_virtual_user_of_a_snapshot_for_nobody() {
    walk_in(plain_page(), async |world, browser| {
        world.simulator.set_current("kuaizhao");
        browser.goto(&world.page("/robots.txt")).await?;
        let state = state('c');
        browser.script(&begun(&state, &world.page("/"))).await?;
        let code = world.simulator.issue_snapshot_code(SHOP, "kuaizhao");
        let callback = format!("/?code={code}&state={state}");
        browser.goto(&world.page(&callback)).await?;
        browser.title("当前为页面快照").await?;
        ensure!(
            browser
                .script("return document.querySelector('#openid').innerText")
                .await?
                == ""
        );
        browser.reload().await?;
        browser.title("当前为页面快照").await?;
        world.asked_wechat(0, &[0])?;
        // Only by consent, for another silent login would bring a virtual user who is not marked as one.
        browser.tap("#ask").await?;
        browser.tap("a.button.primary").await?;
        browser.tap("button[value=allow]").await?;
        is_signed_in(world, browser, "kuaizhao").await
    });
}

#[test]
fn a_plain_page_outside_wechat_says_where_to_open_it() {
    journey(plain_page(), async |world| {
        let browser = Browser::open(Look {
            user_agent: Some(user_agents::DESKTOP),
            ..Look::default()
        })
        .await?;
        browser.goto(&world.page(PAGE)).await?;
        browser.shows("#problem", "请在微信里打开本页。").await?;
        world.asked_wechat(0, &[])?;
        browser.close().await
    });
}
