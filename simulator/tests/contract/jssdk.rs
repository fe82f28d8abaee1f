//! WeChat's client and servers for pages that use the JS-SDK. What the script makes of the answers is seen in a browser,
//! with jweixin, by the journeys.

use std::collections::BTreeMap;

use reqwest::Method;
use reqwest::header::USER_AGENT;
use serde_json::Value;
use sha1::{Digest as _, Sha1};
use wechat_simulator::Platform;

use crate::account_calls::{ticket, token_of};
use crate::support::*;

/// What the client asks, with this nonce and timestamp; the signature is right.
async fn judged(world: &World, ticket: &str, row: &[String; 5], times: Pair<'_>) -> Value {
    let [client, signed, now, landing, _] = row;
    let (nonce, timestamp) = times;
    let text = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={signed}");
    let digest = Sha1::digest(text);
    let signature: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let user_agent = match &**client {
        "phone" => "Mobile MicroMessenger/8.0.63",
        "iphone" => "(iPhone; U) Mobile MicroMessenger/8.0.46",
        // Whatever phone they play.
        "devtools" => "(iPhone; U) Mobile wechatdevtools/1.06 MicroMessenger/8.0.5",
        _ => "WindowsWechat(0x63090a13) MicroMessenger/7.0.20",
    };
    let query = query_of(&[
        ("n", "7"),
        ("appid", BOOKS),
        ("timestamp", timestamp),
        ("nonce", nonce),
        ("signature", &signature),
        ("now", now),
        ("landing", landing),
    ]);
    let request = world.request(Method::GET, &format!("/_simulator/jssdk/verify?{query}"));
    let response = read(request.header(USER_AGENT, user_agent)).await;
    assert_eq!(
        response.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    let call = response.text().strip_prefix("WeixinJSBridge._answer(7,");
    serde_json::from_str(call.unwrap().strip_suffix(");").unwrap()).unwrap()
}

#[actix_web::test]
async fn a_page_is_judged_by_its_domain_and_the_address_that_its_client_tells() {
    let seed = Platform::DEFAULT_SEED.replace(
        "domains = [\"books.example.com\"]",
        "js_domains = [\"books.example.com\", \"m.example.com\", \"x.example.com/h5\"]",
    );
    let world = World::of(Platform::from_seed(&seed).unwrap()).await;
    let known = ticket(&world, &token_of(&world, BOOKS).await).await;
    let known = known["ticket"].as_str().unwrap();
    let table: BTreeMap<String, Vec<[String; 5]>> =
        toml::from_str(include_str!("jssdk.toml")).unwrap();
    let rows = &table["judged"];
    for row in rows {
        let said = judged(&world, known, row, ("n1", "1")).await;
        assert_eq!(said["errMsg"], row[4], "{row:?}");
        let counted = &row[if row[0] == "iphone" { 3 } else { 2 }];
        let is_told = row[4].contains("invalid signature");
        assert_eq!(said["realAuthUrl"] == **counted, is_told, "{row:?}");
        let logged = world.simulator.requests().pop().unwrap();
        assert_eq!(logged.errcode == 0, row[4] == "config:ok");
        assert_eq!(logged.path, "preVerifyJSAPI");
    }
    let wrong = "config:invalid signature";
    for (known, times) in [
        (known, ("", "1")),
        (known, ("n1", "now")),
        ("", ("n1", "1")),
    ] {
        let said = judged(&world, known, &rows[0], times).await;
        assert_eq!(said["errMsg"], wrong);
    }
    world.advance(7200);
    let said = judged(&world, known, &rows[0], ("n1", "1")).await;
    assert_eq!(said["errMsg"], wrong);
}

// Ours: what pages share is shown, and nothing a page says becomes code.
#[actix_web::test]
async fn shares_are_kept_and_shown() {
    let world = World::new().await;
    let share = "/_simulator/jssdk/share?n=x);alert(1&api=updateAppMessageShareData";
    let page = query_of(&[("title", SCRIPT), ("link", APP), ("appid", BOOKS)]);
    let response = world.get(&format!("{share}&{page}")).await;
    assert_eq!(response.text(), "WeixinJSBridge._answer(0,{});");
    let shares = world.get("/_simulator/shares").await.json();
    assert!(shares[0]["title"] == SCRIPT && shares[0]["link"] == APP);
    let home = world.get("/_simulator").await;
    home.assert_escaped();
    home.assert_has([APP]);
    let logged = world.simulator.requests().pop().unwrap();
    assert!(logged.path == "share" && !format!("{logged:?}").contains(APP));
}

// Ours: a file as browsers load it, or a module as bundlers do; else WeChat's own.
#[actix_web::test]
async fn the_script_brings_the_client_and_jweixin_after_it() {
    let world = World::new().await;
    let [client, wechats] = ["window.WeixinJSBridge = ", "https://res.wx.qq.com/"];
    let script = world.get("/_simulator/jssdk.js").await;
    script.assert_has([client, wechats]);
    let bridge = world.get("/_simulator/bridge.js").await;
    assert!(bridge.contains(client) && !bridge.contains(wechats));
    let mut platform = Platform::default();
    platform.set_jweixin("module.exports = 1;");
    let world = World::of(platform).await;
    world.simulator.reset();
    let script = world.get("/_simulator/jssdk.js").await;
    script.assert_has([client, "module.exports = 1;"]);
    assert!(!script.contains(wechats));
}
