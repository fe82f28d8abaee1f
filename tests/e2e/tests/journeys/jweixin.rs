//! WeChat's own script for pages, unmodified from npm, on a page of its own, with the simulator as WeChat's client.

use std::net::TcpListener;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{bail, ensure};
use e2e::user_agents::{WECHAT_ANDROID, WECHAT_HARMONYOS, WECHAT_IPHONE, WECHAT_WINDOWS};
use e2e::{Browser, SHOP, World, WorldOptions, journey};
use serde_json::{Value, json};

/// Signs the address in `at` and configures jweixin with it. Gives what `wx.error` heard, what was shared and what was
/// not in the list, as soon as all has been heard, and which functions the client has.
const CONFIGURE: &str = "const text = 'jsapi_ticket=' + ticket + '&noncestr=n1&timestamp=1414587457&url=' + at.split('#')[0];
    const hash = crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
    const jsApiList = ['updateAppMessageShareData', 'onMenuShareTimeline', 'scanQRCode'];
    return hash.then(hash => new Promise(done => {
        const signature = Array.from(new Uint8Array(hash), it => it.toString(16).padStart(2, '0')).join('');
        const said = { error: null };
        wx.config({ appId: appid, timestamp: 1414587457, nonceStr: 'n1', signature, jsApiList });
        wx.error(error => { said.error = error; });
        wx.ready(() => {
            wx.updateAppMessageShareData({
                title: '茶', desc: 'd', link: at, imgUrl: '', complete: it => {
                    said.shared = it.errMsg;
                    wx.hideMenuItems({ menuList: [], complete: it => {
                        said.unlisted = it.errMsg;
                        wx.checkJsApi({ jsApiList: ['scanQRCode', 'addCard'], complete: it => {
                            said.known = it.checkResult || it.errMsg;
                            wx.scanQRCode({ needResult: 1, complete: it => {
                                said.scanned = it.resultStr;
                                done(said);
                            } });
                        } });
                    } });
                }
            });
        });
    }));";

/// A page with a strict policy that loads the simulator's script; `/moved` leads there.
fn serve(wechat: &str) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let origin = format!("http://{}", listener.local_addr()?);
    let html = format!(
        "<!doctype html><html lang=zh><title>t</title><p>page</p><script src='{wechat}/_simulator/jssdk.js'></script>"
    );
    let policy =
        format!("default-src 'none'; script-src {wechat}; img-src https://open.weixin.qq.com");
    std::thread::spawn(move || {
        let server = HttpServer::new(move || {
            let (html, policy) = (html.clone(), policy.clone());
            let page = move || {
                let response = HttpResponse::Ok()
                    .content_type("text/html; charset=utf-8")
                    .insert_header((CONTENT_SECURITY_POLICY, &*policy))
                    .body(html.clone());
                std::future::ready(response)
            };
            let moved = async || {
                let landing = (LOCATION, "/landing?from=moved");
                HttpResponse::Found().insert_header(landing).finish()
            };
            App::new()
                .route("/moved", web::get().to(moved))
                .default_service(web::to(page))
        });
        let server = server.workers(1).disable_signals().listen(listener);
        actix_web::rt::System::new().block_on(async { server?.run().await })
    });
    Ok(origin)
}

/// What `wx.config` with the signature of this address, a JavaScript expression, comes to.
async fn configure(browser: &Browser, ticket: &str, at: &str) -> anyhow::Result<Value> {
    let constants = format!("const appid = '{SHOP}', ticket = '{ticket}', at = {at};");
    browser.script(&format!("{constants} {CONFIGURE}")).await
}

async fn ticket(world: &World) -> anyhow::Result<String> {
    let wechat = &world.wechat;
    let secret = "simulator-secret-a1";
    let token: Value = reqwest::get(format!(
        "{wechat}/cgi-bin/token?grant_type=client_credential&appid={SHOP}&secret={secret}"
    ))
    .await?
    .json()
    .await?;
    let token = token["access_token"].as_str().unwrap_or_default();
    let asked = format!("{wechat}/cgi-bin/ticket/getticket?access_token={token}&type=jsapi");
    let ticket: Value = reqwest::get(asked).await?.json().await?;
    Ok(ticket["ticket"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_config_is_judged_by_its_signature_and_by_the_address_that_each_client_tells() {
    // `make test` says in its table where there is none.
    if test_support::jweixin().is_none() {
        return;
    }
    let options = WorldOptions::with(|it| it.jweixin = true);
    journey(options, async |world| {
        let origin = serve(&world.wechat)?;
        let ticket = ticket(&world).await?;
        let landing = format!("{origin}/landing?from=moved");
        let now = format!("{origin}/now?route=1");
        let [phone, computer] = [
            "config:invalid signature",
            "config:fail,Error: 系统错误，错误码：63002,invalid signature [",
        ];
        for (user_agent, right, wrong, words) in [
            (WECHAT_ANDROID, &now, &landing, phone),
            (WECHAT_IPHONE, &landing, &now, phone),
            (WECHAT_WINDOWS, &now, &landing, computer),
            // Its version begins at 1.0 again, and jweixin tells such clients of no error.
            (WECHAT_HARMONYOS, &now, &landing, ""),
        ] {
            let browser = Browser::with(|look| look.user_agent = Some(user_agent)).await?;
            browser.goto(&format!("{origin}/moved")).await?;
            browser.text("p").await?;
            browser
                .script("history.pushState(null, '', '/now?route=1#there')")
                .await?;
            let said = configure(&browser, &ticket, &json!(wrong).to_string()).await?;
            let error = said["error"]["errMsg"].as_str().unwrap_or_default();
            ensure!(
                error.starts_with(words) && words.is_empty() == error.is_empty(),
                "{said}"
            );
            let counted = &said["error"]["realAuthUrl"];
            ensure!(words.is_empty() || counted == right, "{said}");
            let refused = "the permission value is offline verifying";
            ensure!(
                said["shared"] == format!("updateAppMessageShareData:{refused}"),
                "{said}"
            );
            let shared = world.simulator.shares().len();

            // Anew, for jweixin remembers the failure.
            browser.goto(&format!("{origin}/moved")).await?;
            browser.text("p").await?;
            browser
                .script("history.pushState(null, '', '/now?route=1#there')")
                .await?;
            let said = configure(&browser, &ticket, &json!(right).to_string()).await?;
            ensure!(said["error"] == Value::Null, "{said}");
            ensure!(said["shared"] == "updateAppMessageShareData:ok", "{said}");
            ensure!(
                said["unlisted"] == format!("hideMenuItems:{refused}"),
                "{said}"
            );
            ensure!(
                said["known"] == json!({ "scanQRCode": true, "addCard": false }),
                "{said}"
            );
            ensure!(said["scanned"] == "https://example.com/simulated", "{said}");
            let shares = world.simulator.shares();
            let [share] = &shares[shared..] else {
                bail!("not one share: {shares:?}");
            };
            ensure!(share.title == "茶" && share.link == *right, "{share:?}");
            // Its report, which no policy of ours keeps in, ends at a name that browsers of journeys do not find.
            for request in browser.requests().await? {
                let places = [
                    &*origin,
                    &world.wechat,
                    "https://open.weixin.qq.com/sdk/report?",
                ];
                let is_known = places.iter().any(|it| request.contains(it));
                ensure!(is_known, "{request}");
            }
            browser.close().await?;
        }
        Ok(())
    });
}
