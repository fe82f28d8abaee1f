//! The app opened under another address than `public_url`.

use anyhow::ensure;
use e2e::{Browser, GatewayFault, Look, World, WorldOptions, journey, user_agents as ua};

use super::below_a_path::led_back_to;
use super::first_stage::MISSING;
use super::open_in_wechat::scan;

const PAGE: &str = "/orders?tab=%E8%8C%B6&x=a+b&code=INVITE#top";

/// Both storages are switched off.
pub(crate) const FORGETFUL: &str = "for (const name of ['sessionStorage', 'localStorage'])
    Object.defineProperty(window, name, { get() { throw new Error('no'); } });";

/// The same page of the same server, by another name.
fn by_another_name(world: &World, local: &str) -> String {
    let page = world.page(local).replace("127.0.0.1", "localhost");
    assert!(page.starts_with("http://localhost:"));
    page
}

/// How many page loads these are the requests of: each asks the proxy once.
fn loads(requests: &[String]) -> usize {
    let asked = requests.iter().filter(|it| it.ends_with("/api/bootstrap"));
    asked.count()
}

#[test]
fn the_page_moves_to_public_url_once_and_signs_in_there() {
    journey(WorldOptions::with(|it| it.path = "/h5"), async |world| {
        let host = world.app.trim_end_matches("/h5");
        for script in ["", MISSING] {
            for opened in [
                by_another_name(&world, PAGE),
                by_another_name(&world, PAGE).replace("/h5/", "/"),
                format!("{host}{PAGE}"),
            ] {
                let browser = Browser::open(Look::default()).await?;
                browser.before_each_page(script).await?;
                let before = world.authorizations().len();
                browser.requests().await?;
                browser.goto(&opened).await?;
                browser.title("我的订单").await?;
                browser.is_at(&world.page(PAGE)).await?;
                let requests = browser.requests().await?;
                ensure!(loads(&requests) == 3, "{requests:?}");
                led_back_to(&world.page("/orders?"), &requests)?;
                let asked = world.authorizations().split_off(before);
                ensure!(asked.len() == 1, "{asked:?}");
                let console = browser.console().await?;
                ensure!(console.is_empty(), "{console:?}");
                browser.close().await?;
            }
        }
        // No QR code of an address that WeChat does not know.
        let browser = Browser::with(|look| look.user_agent = Some(ua::DESKTOP)).await?;
        browser.goto(&by_another_name(&world, PAGE)).await?;
        ensure!(scan(&browser).await? == world.page(PAGE));
        browser.close().await
    });
}

#[test]
fn a_server_that_sends_people_back_makes_no_loop_and_the_login_goes_on_there() {
    journey(WorldOptions::behind_a_gateway(), async |world| {
        world.gateway()?.fail("GET /", GatewayFault::ToLocalhost);
        let elsewhere = by_another_name(&world, PAGE);
        for (nth, script) in ["", MISSING].into_iter().enumerate() {
            let browser = Browser::open(Look::default()).await?;
            browser.before_each_page(script).await?;
            browser.requests().await?;
            browser.goto(&elsewhere).await?;
            browser.title("我的订单").await?;
            browser.is_at(&elsewhere).await?;
            let requests = browser.requests().await?;
            ensure!(loads(&requests) == 3, "{requests:?}");
            led_back_to(&world.page("/orders?"), &requests)?;
            world.asked_wechat(nth + 1, &vec![0; nth + 1])?;
            browser.close().await?;
        }
        // Where nobody remembers that the page moved, it does not.
        let browser = Browser::open(Look::default()).await?;
        browser.before_each_page(FORGETFUL).await?;
        browser.goto(&elsewhere).await?;
        browser.title("浏览器没有记住登录").await?;
        ensure!(world.authorizations().len() == 4);
        browser.close().await
    });
}
