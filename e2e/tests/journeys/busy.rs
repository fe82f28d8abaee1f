//! WeChat or the network fails for a moment.

use anyhow::ensure;
use e2e::{Browser, Look, WorldOptions, journey};
use wechat_simulator::{Effect, Endpoint, Fault};

use super::planted::forget_everything;

#[test]
fn a_passing_trouble_at_wechat_offers_a_retry_that_works() {
    let errcode = |errcode| Effect::Errcode {
        errcode,
        errmsg: None,
    };
    let silent = "微信暂时没有响应";
    let troubles = [
        (
            Fault::new(Endpoint::AccessToken, errcode(-1)).after_work(),
            silent,
        ),
        (
            Fault::new(Endpoint::AccessToken, errcode(45011)),
            "访问的人太多了",
        ),
        (
            Fault::new(Endpoint::AccessToken, Effect::ResetAfter),
            silent,
        ),
        (Fault::new(Endpoint::AccessToken, Effect::HtmlBody), silent),
        (Fault::new(Endpoint::AccessToken, Effect::EmptyBody), silent),
        (
            Fault::new(Endpoint::AccessToken, Effect::TruncatedJson),
            silent,
        ),
        (
            Fault::new(Endpoint::AccessToken, Effect::HttpStatus { status: 502 }),
            silent,
        ),
    ];
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        for (fault, words) in troubles {
            forget_everything(&browser, &world).await?;
            let before = (world.authorizations().len(), world.exchanges().len());
            let name = format!("{:?}", fault.effect);
            world.simulator.add_fault(fault.times(1));
            browser.goto(&world.app).await?;
            browser.until("h1", |title| title == "登录没有成功").await?;
            let text = browser.text(".message p").await?;
            ensure!(text.contains(words), "{name}: {text}");
            ensure!(browser.text("[data-field=request_id]").await?.len() >= 16);
            let visits = world.authorizations().len() - before.0;
            ensure!(
                visits == 1,
                "{name}: {visits} visits to WeChat without a tap"
            );

            browser.tap("[data-action=retry]").await?;
            browser.text("[data-field=openid]").await?;
            let visits = world.authorizations().len() - before.0;
            ensure!(visits == 2, "{name}: {visits} visits to WeChat");
            let exchanges = world.exchanges().len() - before.1;
            ensure!(exchanges == 2, "{name}: {exchanges} exchanges");
            ensure!(world.simulator.faults().is_empty(), "{name} did not strike");
        }
        browser.close().await
    });
}

#[test]
fn a_network_that_fails_at_the_exchange_offers_a_retry_that_works() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        browser.block(&["*/api/session"]).await?;
        browser.goto(&world.app).await?;
        let text = browser.text(".message p").await?;
        ensure!(text.contains("连接不上服务器"), "{text}");
        ensure!(world.authorizations().len() == 1);
        ensure!(world.exchanges().is_empty());

        browser.block(&[]).await?;
        browser.tap("[data-action=retry]").await?;
        browser.text("[data-field=openid]").await?;
        ensure!(world.authorizations().len() == 2);
        ensure!(world.exchange_results() == [0]);
        browser.close().await
    });
}

#[test]
fn a_proxy_that_comes_back_still_knows_who_is_signed_in() {
    journey(WorldOptions::default(), async |mut world| {
        let browser = Browser::open(Look::default()).await?;
        browser.goto(&world.app).await?;
        let openid = browser.text("[data-field=openid]").await?;
        world.stop_proxy().await;
        browser.tap("a[href='/orders']").await?;
        browser.tap("#more [data-action=retry]").await?;
        let text = browser.text("#more .hint").await?;
        ensure!(text.contains("连接不上服务器"), "{text}");

        world.start_proxy_again().await?;
        browser.goto(&world.app).await?;
        ensure!(browser.text("[data-field=openid]").await? == openid);
        ensure!(world.authorizations().len() == 1);
        browser.close().await
    });
}
