//! The app below a path of its host, which has another application at the root.

use anyhow::ensure;
use e2e::{
    Browser, GatewayFault, Look, WebServer, World, WorldOptions, journey, user_agents as ua,
};
use wechat_simulator::RefusalBehaviour;

use super::first_stage::MISSING;
use super::open_in_wechat::scan;
use super::orders::buy;

fn below_a_path(web_server: WebServer) -> WorldOptions {
    WorldOptions::with(|it| {
        it.web_server = web_server;
        it.path = "/h5";
        it.refusal = RefusalBehaviour::RedirectWithState;
    })
}

/// WeChat was told to lead back to this address, or to one that begins so, whenever it was asked.
pub(crate) fn led_back_to(page: &str, requests: &[String]) -> anyhow::Result<()> {
    let mut expected = "&redirect_uri=".to_owned() + page;
    for (plain, encoded) in [(":", "%3A"), ("/", "%2F"), ("?", "%3F")] {
        expected = expected.replace(plain, encoded);
    }
    let mut asked = requests
        .iter()
        .filter(|it| it.contains("/connect/oauth2/authorize?"));
    ensure!(
        asked.clone().count() > 0 && asked.all(|it| it.contains(&expected)),
        "{requests:?}"
    );
    Ok(())
}

/// Login, name and picture, orders, Back, refusal, signing out; every address stays below the path.
async fn live(world: &World, browser: &Browser) -> anyhow::Result<()> {
    let home = world.page("/");
    browser.goto(&home).await?;
    world.is_signed_in(browser, "xiaoming").await?;
    browser.is_at(&home).await?;
    browser.tap("[data-action=request-profile]").await?;
    browser.tap("button[value=allow]").await?;
    browser.shows("[data-field=nickname]", "小明").await?;
    browser.is_at(&home).await?;
    browser.screenshot("below-a-path-home").await?;

    browser.tap("a[href='/h5/orders']").await?;
    browser.until("main", |it| it.contains("shop 0")).await?;
    browser.is_at(&world.page("/orders")).await?;
    browser.screenshot("below-a-path-orders").await?;
    browser.back().await?;
    browser.shows("[data-field=nickname]", "小明").await?;
    browser.is_at(&home).await?;
    let orders = world.page("/orders?x=1#f");
    browser.goto(&orders).await?;
    browser.until("main", |it| it.contains("shop 0")).await?;
    browser.reload().await?;
    browser.until("main", |it| it.contains("shop 0")).await?;
    browser.is_at(&orders).await?;

    browser.goto(&world.page("/nowhere?account=cafe")).await?;
    browser.title("页面不存在").await?;
    browser.screenshot("below-a-path-nowhere").await?;
    browser.tap("a[href='/h5/?account=cafe']").await?;
    browser.shows("[data-field=account]", "山茶咖啡").await?;
    browser.goto(&home).await?;
    browser.tap("[data-action=request-profile]").await?;
    browser.tap("button[value=refuse]").await?;
    browser.text(".notice").await?;
    browser.is_at(&home).await?;

    browser.tap("[data-action=sign-out]").await?;
    browser.title("已退出登录").await?;
    browser.goto(&orders).await?;
    browser.title("已退出登录").await?;
    // What this app remembers is not for another one of ours on the same host.
    let kept = "return Object.keys(sessionStorage).concat(Object.keys(localStorage))
                    .filter(it => !it.startsWith('/h5wechat-login')).length";
    ensure!(browser.script(kept).await? == 0);
    browser.tap("[data-action=sign-in]").await?;
    browser.until("main", |it| it.contains("shop 0")).await?;
    browser.is_at(&orders).await?;
    led_back_to(&home, &browser.requests().await?)?;
    let mut console = browser.console().await?;
    console.retain(|line| !line.contains("robots.txt"));
    ensure!(console.is_empty(), "{console:?}");
    Ok(())
}

#[test]
fn the_proxy_alone_serves_the_app_below_a_path_with_a_first_stage_and_without() {
    journey(below_a_path(WebServer::Proxy), async |world| {
        buy(&world, "shop", "xiaoming", 0..1).await?;
        for script in ["", MISSING] {
            let browser = Browser::open(Look::default()).await?;
            browser.before_each_page(script).await?;
            live(&world, &browser).await?;
            browser.close().await?;
        }
        Ok(())
    });
}

#[test]
fn behind_nginx_the_application_at_the_root_sees_no_cookie() {
    journey(below_a_path(WebServer::NginxBesideAnother), async |world| {
        buy(&world, "shop", "xiaoming", 0..1).await?;
        let other = world.gateway()?;
        other.fail("GET /", GatewayFault::ForeignPage);
        let browser = Browser::open(Look::default()).await?;
        live(&world, &browser).await?;
        let root = world.app.trim_end_matches("/h5");
        browser.goto(&format!("{root}/orders")).await?;
        ensure!(browser.text("h1").await? == "Gateway");
        browser
            .script("return fetch('/h5').then(() => fetch('/h50/api/session')).then(() => 0)")
            .await?;
        let asked = other.asked("GET /");
        ensure!(
            asked.iter().any(|it| it.starts_with("GET /h50/")),
            "{asked:?}"
        );
        for request in asked {
            ensure!(
                !request.to_ascii_lowercase().contains("\ncookie:"),
                "{request}"
            );
            ensure!(!request.starts_with("GET /h5/"), "{request}");
        }
        browser.close().await
    });
}

#[test]
fn a_page_below_a_path_is_shown_copied_and_scanned_whole() {
    journey(below_a_path(WebServer::Proxy), async |world| {
        let browser = Browser::with(|look| look.user_agent = Some(ua::DESKTOP)).await?;
        let page = world.page("/orders?tab=%E8%8C%B6&x=a+b#top");
        browser.goto(&page).await?;
        ensure!(scan(&browser).await? == page);
        ensure!(browser.text(".message .hint").await? == page);
        ensure!(world.authorizations().is_empty());
        browser.close().await
    });
}
