//! Sharing from somebody else's app, by npm's jweixin with the simulator as WeChat's client.

use anyhow::ensure;
use e2e::user_agents::{PHONE, WECHAT_ANDROID, WECHAT_HARMONYOS, WECHAT_IPHONE};
use e2e::{App, Browser, World, WorldOptions, errcode, journey};
use wechat_simulator::Endpoint;

/// A client that refuses every configuration with these words and all calls with its own, in the place of the simulator's.
const REFUSING: &str = "window.WeixinJSBridge = { on() {}, invoke(name, of, done) {
    const refused = name + ':the permission value is offline verifying';
    setTimeout(() => done(name === 'preVerifyJSAPI' ? { errMsg: WORDS } : { err_msg: refused }), 0);
} };";

const IS_LOADED_AGAIN: &str = "performance.getEntriesByType('navigation')[0].type === 'reload'";

fn play<F>(user_agent: &'static str, steps: F)
where
    F: AsyncFnOnce(&World, &Browser) -> anyhow::Result<()>,
{
    // `make test` says in its table where there is none.
    if test_support::jweixin().is_none() {
        return;
    }
    let options = WorldOptions::with(|it| {
        (it.app, it.jweixin) = (App::TeaHouse, true);
        it.account = "jssdk = true";
    });
    journey(options, async |world| {
        let browser = Browser::with(|look| look.user_agent = Some(user_agent)).await?;
        steps(&world, &browser).await?;
        browser.close().await
    });
}

/// Taps and waits for what is said of it.
async fn share(browser: &Browser) -> anyhow::Result<String> {
    browser.tap("[data-action=share]").await?;
    browser
        .until("[data-field=shared]", |text| text.chars().count() > 1)
        .await
}

/// Shares what is on the screen, and sees that WeChat was told its address.
async fn shares(world: &World, browser: &Browser) -> anyhow::Result<()> {
    let said = share(browser).await?;
    ensure!(said == "好了，请点右上角的“···”发给朋友。", "{said}");
    let address = browser.address().await?;
    let shares = world.simulator.shares();
    let links: Vec<&str> = shares.iter().rev().take(2).map(|it| &*it.link).collect();
    ensure!(links == [&address, &address], "{shares:?} from {address}");
    Ok(())
}

/// The addresses that the proxy was asked to sign since this was last asked, as they stand in its query.
async fn signed(browser: &Browser) -> anyhow::Result<Vec<String>> {
    let mut signed = Vec::new();
    for request in browser.requests().await? {
        if let Some((_, asked)) = request.split_once("/api/jssdk?url=") {
            let (url, account) = asked.split_once("&account=").unwrap_or((asked, ""));
            ensure!(account.is_empty() || account == "shop", "{request}");
            ensure!(!url.contains("code"), "{request}");
            let url = url.replace("%3A", ":").replace("%2F", "/");
            signed.push(
                url.replace("%3F", "?")
                    .replace("%3D", "=")
                    .replace("%25", "%"),
            );
        }
    }
    Ok(signed)
}

#[test]
fn android_is_shared_from_at_each_address_that_the_router_comes_to() {
    play(WECHAT_ANDROID, async |world, browser| {
        browser.goto(&world.page("/")).await?;
        for tea in ["li:first-child a", "li:last-child a"] {
            browser.tap("nav a[href='/']").await?;
            browser.tap(tea).await?;
            shares(world, browser).await?;
            let signed = signed(browser).await?;
            let address = browser.script("return location.href").await?;
            ensure!(
                signed == [address.as_str().unwrap_or_default()],
                "{signed:?}"
            );
        }
        browser.tap("[data-action=order]").await?;
        browser.text("[data-field=openid]").await?;
        shares(world, browser).await?;
        world.asked_wechat(1, &[0])
    });
}

#[test]
fn an_iphone_signs_where_it_was_loaded_whatever_the_router_does() {
    play(WECHAT_IPHONE, async |world, browser| {
        browser
            .goto(&world.page("/?from=singlemessage#top"))
            .await?;
        for tea in ["li:first-child a", "li:last-child a"] {
            browser.tap("nav a[href='/']").await?;
            browser.tap(tea).await?;
            shares(world, browser).await?;
            let landing = world.page("/?from=singlemessage");
            ensure!(signed(browser).await? == [landing]);
        }
        Ok(())
    });
}

#[test]
fn an_iphone_just_back_from_a_login_is_loaded_again_and_its_code_is_told_to_nobody() {
    play(WECHAT_IPHONE, async |world, browser| {
        let order = world.page("/order/pu-erh");
        browser.goto(&order).await?;
        // Left for WeChat, come back, and loaded again.
        browser.eventually(IS_LOADED_AGAIN).await?;
        browser.text("[data-field=openid]").await?;
        shares(world, browser).await?;
        ensure!(signed(browser).await? == [&*order, &*order]);
        ensure!(browser.records().await? == 0, "a mark stays");
        world.asked_wechat(1, &[0])
    });
}

#[test]
fn an_iphone_that_is_refused_all_the_same_is_loaded_again_only_once() {
    play(WECHAT_IPHONE, async |world, browser| {
        let refusing = REFUSING.replace("WORDS", "'config:invalid signature'");
        browser.before_each_page(&refusing).await?;
        browser.goto(&world.page("/order/pu-erh")).await?;
        browser.eventually(IS_LOADED_AGAIN).await?;
        let said = share(browser).await?;
        ensure!(said.starts_with("微信没有通过本页的签名验证"), "{said}");
        ensure!(said.ends_with("[config:invalid signature]"), "{said}");
        // A second login: whose loads are refused would be loaded for ever.
        browser.tap("nav a[href='/seat']").await?;
        browser.tap("[data-action=leave]").await?;
        browser.tap("[data-action=sign-in]").await?;
        browser.title("您的座位").await?;
        browser.tap("nav a[href='/']").await?;
        browser.tap("li a").await?;
        let said = share(browser).await?;
        ensure!(said.ends_with("[config:invalid signature]"), "{said}");
        let again = browser.script(&format!("return {IS_LOADED_AGAIN}")).await?;
        ensure!(again == false, "loaded again");
        world.asked_wechat(2, &[0, 0])
    });
}

#[test]
fn a_client_of_version_1_0_is_shared_from_and_its_refusals_are_told_without_wx_error() {
    play(WECHAT_HARMONYOS, async |world, browser| {
        browser.goto(&world.page("/tea/pu-erh")).await?;
        shares(world, browser).await?;
        browser.tap("nav a[href='/']").await?;
        browser.tap("li a").await?;
        shares(world, browser).await?;

        let refusing = REFUSING.replace("WORDS", "'config:invalid signature'");
        browser.before_each_page(&refusing).await?;
        browser.goto(&world.page("/tea/pu-erh")).await?;
        let said = share(browser).await?;
        ensure!(said.ends_with("offline verifying]"), "{said}");
        Ok(())
    });
}

#[test]
fn a_client_that_wants_the_other_address_gets_it() {
    for version in ["8.0.63", "1.0.3"] {
        // WeChat is told that it is an iPhone, and judges so; the page takes it for another.
        play(WECHAT_IPHONE, async |world, browser| {
            let other = format!(
                "Object.defineProperty(navigator, 'userAgent', {{ get: () => 'MicroMessenger/{version}' }})"
            );
            browser.before_each_page(&other).await?;
            browser.goto(&world.page("/")).await?;
            browser.tap("li:first-child a").await?;
            shares(world, browser).await?;
            let (here, landing) = (browser.address().await?, world.page("/"));
            ensure!(signed(browser).await? == [&*here, &*landing]);
            browser.tap("nav a[href='/']").await?;
            browser.tap("li:last-child a").await?;
            shares(world, browser).await?;
            ensure!(signed(browser).await? == [&*landing], "nothing was learned");
            // Behind a login the other address is the one with the code.
            browser.goto(&world.page("/order/pu-erh")).await?;
            browser.eventually(IS_LOADED_AGAIN).await?;
            shares(world, browser).await?;
            Ok(())
        });
    }
}

#[test]
fn why_nothing_can_be_shared_is_said() {
    play(WECHAT_ANDROID, async |world, browser| {
        let tea = world.page("/tea/pu-erh");
        world.strike(Endpoint::Ticket, errcode(48001));
        browser.goto(&tea).await?;
        let said = share(browser).await?;
        ensure!(said.starts_with("微信拒绝了服务端的请求"), "{said}");
        let id = said.split_once(" [").map_or("", |(_, id)| id);
        ensure!(id.len() > 8, "no request id: {said}");
        browser.screenshot("jssdk-refused").await
    });
    play(WECHAT_ANDROID, async |world, browser| {
        let words = "'config:fail,Error: 系统错误，错误码：40048,invalid url domain [][]'";
        let refusing = REFUSING.replace("WORDS", words);
        browser.before_each_page(&refusing).await?;
        browser.goto(&world.page("/tea/pu-erh")).await?;
        let said = share(browser).await?;
        ensure!(said.contains("JS接口安全域名"), "{said}");
        Ok(())
    });
    play(PHONE, async |world, browser| {
        browser.goto(&world.page("/tea/pu-erh")).await?;
        let said = share(browser).await?;
        ensure!(said.contains("请在微信中打开"), "{said}");
        ensure!(signed(browser).await?.is_empty());
        Ok(())
    });
}
