//! Somebody else's app on the login's crate: routes, words and a look of its own, and nothing of ours in its page.

use anyhow::ensure;
use e2e::{App, SHOP, WebServer, WorldOptions, walk_in};

fn tea_house() -> WorldOptions {
    WorldOptions::with(|it| it.app = App::TeaHouse)
}

#[test]
fn a_foreign_app_signs_its_guests_in_by_itself_with_consent_and_out_again() {
    walk_in(tea_house(), async |world, browser| {
        let openid = world.simulator.openid(SHOP, "xiaoming");
        // A page for everybody sends nobody anywhere, and its route has a parameter.
        browser.goto(&format!("{}/tea/pu-erh", world.app)).await?;
        ensure!(browser.text("h1").await? == "pu-erh");
        ensure!(browser.text("[data-field=offer]").await?.contains("客官"));
        ensure!(world.authorizations().is_empty(), "somebody was asked");

        browser.tap("nav a[href='/seat']").await?;
        ensure!(browser.text("[data-field=openid]").await? == openid);
        ensure!(browser.address().await? == format!("{}/seat", world.app));

        browser.tap("[data-action=ask]").await?;
        browser.tap("button[value=allow]").await?;
        browser.shows("[data-field=name]", "小明").await?;
        ensure!(browser.address().await? == format!("{}/seat", world.app));
        ensure!(world.exchange_results() == [0, 0]);
        browser.tap("nav a[href='/']").await?;
        browser.tap("ul a").await?;
        let offer = browser.text("[data-field=offer]").await?;
        ensure!(offer == "小明，来一壶？", "{offer}");

        browser.tap("nav a[href='/seat']").await?;
        browser.tap("[data-action=leave]").await?;
        browser.title("慢走，再来").await?;
        browser.reload().await?;
        browser.title("慢走，再来").await?;
        ensure!(browser.text("[data-action=sign-in]").await? == "进门");
        ensure!(world.exchanges().len() == 2, "signed in without a tap");
        browser.tap("[data-action=sign-in]").await?;
        ensure!(browser.text("[data-field=openid]").await? == openid);
        let mut console = browser.console().await?;
        // Of the preload that trunk writes where it is told nothing; and this proxy signs no pages.
        console.retain(|line| {
            !line.contains("`integrity` attribute") && !line.contains("/api/jssdk?")
        });
        ensure!(console.is_empty(), "{console:?}");
        Ok(())
    });
}

#[test]
fn a_foreign_app_says_in_its_own_words_that_it_waits() {
    walk_in(tea_house(), async |world, browser| {
        let silence = "const send = window.fetch;
                       window.fetch = (url, ...rest) =>
                           String(url).includes('/api/') ? new Promise(() => {}) : send(url, ...rest);";
        browser.before_each_page(silence).await?;
        browser.goto(&format!("{}/seat", world.app)).await?;
        ensure!(browser.text(".steeping").await? == "正在沏茶…");
        Ok(())
    });
}

#[test]
fn what_the_companys_own_back_end_refuses_is_said_in_the_pages_words() {
    let mut options = tea_house();
    options.web_server = WebServer::Gateway;
    walk_in(options, async |world, browser| {
        let gateway = world.gateway()?;
        let answers = |status, body| gateway.answer("POST /backend/parcels ", status, body);
        browser.goto(&format!("{}/parcel", world.app)).await?;
        for (status, body, said) in [
            (201, "{}", "包好了，到柜台取"),
            (409, r#"{"code":"sold_out"}"#, "卖完了，明天再来"),
            (
                410,
                r#"{"error":{"code":"sold_out","request_id":"b7"}}"#,
                "卖完了，明天再来 [b7]",
            ),
            (403, "<html>", "只卖给老客"),
            (404, r#"{"error":"no_such_tea"}"#, "没有找到所请求的内容。"),
            (409, r#"{"code":7}"#, "服务器暂时无法提供服务，请稍后重试。"),
        ] {
            answers(status, body);
            browser.tap("[data-action=order]").await?;
            browser.shows("[data-field=said]", said).await?;
        }
        ensure!(gateway.asked("POST /backend/parcels ")[0].contains("\r\nCookie: "));
        answers(401, r#"{"error":{"code":"unauthorized"}}"#);
        browser.tap("[data-action=order]").await?;
        browser.title("登录已失效").await?;
        ensure!(world.authorizations().len() == 1, "sent away without a tap");
        Ok(())
    });
}
