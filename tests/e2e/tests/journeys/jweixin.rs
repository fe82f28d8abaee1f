//! WeChat's own script for pages, unmodified from npm, on a page of its own, with the simulator as WeChat's client.

use anyhow::{bail, ensure};
use e2e::user_agents::{WECHAT_ANDROID, WECHAT_HARMONYOS, WECHAT_IPHONE, WECHAT_WINDOWS};
use e2e::{Browser, SHOP, World, WorldOptions, journey};
use serde_json::{Value, json};

use super::attacks_cross_site::serve;

/// Asks WeChat's API.
async fn ask(world: &World, path: &str, field: &str) -> anyhow::Result<String> {
    let answer = reqwest::get(format!("{}/cgi-bin/{path}", world.wechat)).await?;
    let answer: Value = answer.json().await?;
    let field = answer[field].as_str();
    Ok(field.unwrap_or_default().to_owned())
}

#[test]
fn a_config_is_judged_by_its_signature_and_by_the_address_that_each_client_tells() {
    // `make test` says in its table where there is none.
    if test_support::jweixin().is_none() {
        return;
    }
    let options = WorldOptions::with(|it| it.jweixin = true);
    journey(options, async |world| {
        let wechat = &world.wechat;
        let policy = format!(
            "Content-Security-Policy: default-src 'none'; script-src {wechat}; img-src https://open.weixin.qq.com\r\n"
        );
        let page = format!(
            "<!doctype html><title>t</title><p>page</p><script src='{wechat}/_simulator/jssdk.js'></script>"
        );
        let origin = format!("http://127.0.0.1:{}", serve(&policy, &page).await?);
        let secret = "grant_type=client_credential&secret=simulator-secret-a1";
        let token = ask(
            &world,
            &format!("token?appid={SHOP}&{secret}"),
            "access_token",
        )
        .await?;
        let path = format!("ticket/getticket?type=jsapi&access_token={token}");
        let ticket = ask(&world, &path, "ticket").await?;
        let landing = format!("{origin}/landing?from=chat");
        let now = format!("{origin}/now?route=1");
        let phone = "config:invalid signature";
        let computer = "config:fail,Error: 系统错误，错误码：63002,invalid signature [";
        for (user_agent, right, wrong, words) in [
            (WECHAT_ANDROID, &now, &landing, phone),
            (WECHAT_IPHONE, &landing, &now, phone),
            (WECHAT_WINDOWS, &now, &landing, computer),
            // Its version begins at 1.0 again, and jweixin tells such clients of no error.
            (WECHAT_HARMONYOS, &now, &landing, ""),
        ] {
            let browser = Browser::with(|look| look.user_agent = Some(user_agent)).await?;
            let configure = async |at: &str| {
                browser.goto(&landing).await?;
                browser.text("p").await?;
                let script = include_str!("jweixin.js");
                let script = format!(
                    "history.pushState(null, '', '/now?route=1#there');
                     const appid = '{SHOP}', ticket = '{ticket}', at = {at:?};\n{script}"
                );
                browser.script(&script).await
            };
            let shares = world.simulator.shares().len();
            let said = configure(wrong).await?;
            let error = said[0]["errMsg"].as_str().unwrap_or_default();
            let is_told = error.starts_with(words) && words.is_empty() == error.is_empty();
            let counted = &said[0]["realAuthUrl"];
            ensure!(is_told && (words.is_empty() || counted == right), "{said}");
            let refused = "the permission value is offline verifying";
            let share = "updateAppMessageShareData";
            ensure!(said[1] == format!("{share}:{refused}"), "{said}");

            let said = configure(right).await?;
            let expected = json!([
                null,
                format!("{share}:ok"),
                format!("hideMenuItems:{refused}"),
                { "scanQRCode": true, "addCard": false },
                "https://example.com/simulated",
            ]);
            ensure!(said == expected, "{said}");
            let [share] = &world.simulator.shares()[shares..] else {
                bail!("not one share");
            };
            ensure!(share.title == "茶" && share.link == *right, "{share:?}");
            // Its report, which no policy of ours keeps in, ends at a name that browsers of journeys do not find.
            for request in browser.requests().await? {
                let report = "https://open.weixin.qq.com/sdk/report?";
                let places = [&*origin, wechat, report];
                let is_known = places.iter().any(|it| request.contains(it));
                ensure!(is_known, "{request}");
            }
            browser.close().await?;
        }
        Ok(())
    });
}
