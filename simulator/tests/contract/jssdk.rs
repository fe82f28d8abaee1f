//! WeChat's client and servers for pages that use the JS-SDK. What the script makes of the answers is seen in a browser,
//! with jweixin, by the journeys.

use reqwest::header::USER_AGENT;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use wechat_simulator::Platform;

use crate::account_calls::{ticket, token_of};
use crate::support::*;

const PAGE: &str = "https://books.example.com/order?id=1";
const PHONE: &str = "Mobile MicroMessenger/8.0.63";
const IPHONE: &str = "(iPhone; U) Mobile MicroMessenger/8.0.46";
const COMPUTER: &str = "WindowsWechat(0x63090a13) MicroMessenger/7.0.20";

/// What the client asks: the address that was signed, the present one, and that of the last load.
async fn judged(
    world: &World,
    ticket: &str,
    user_agent: &str,
    [signed, now, landing]: [&str; 3],
) -> Value {
    let text = format!("jsapi_ticket={ticket}&noncestr=n1&timestamp=1&url={signed}");
    let digest = Sha1::digest(text);
    let signature: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let query = [
        ("n", "7"),
        ("appid", BOOKS),
        ("timestamp", "1"),
        ("nonce", "n1"),
        ("signature", &signature),
        ("now", now),
        ("landing", landing),
    ];
    asked(world, user_agent, &query).await
}

async fn asked(world: &World, user_agent: &str, query: &Pairs<'_>) -> Value {
    let request = world.request(reqwest::Method::GET, "/_simulator/jssdk/verify");
    let response = read(request.query(query).header(USER_AGENT, user_agent)).await;
    assert!(
        response
            .header("content-type")
            .starts_with("text/javascript")
    );
    let call = response.text().strip_prefix("WeixinJSBridge._answer(7,");
    serde_json::from_str(call.unwrap().strip_suffix(");").unwrap()).unwrap()
}

// JS-SDK guide: the address without its fragment; developers, and WeChat's staff for iOS, say which one each client tells.
#[actix_web::test]
async fn a_page_is_judged_by_the_address_that_its_client_tells() {
    let world = World::new().await;
    let token = token_of(&world, BOOKS).await;
    let known = ticket(&world, &token).await;
    let known = known["ticket"].as_str().unwrap();
    let other = "https://books.example.com/other";
    let fragment = &format!("{PAGE}#there");
    for (user_agent, addresses, is_ok) in [
        (PHONE, [PAGE, fragment, other], true),
        (PHONE, [PAGE, other, PAGE], false),
        (IPHONE, [PAGE, other, fragment], true),
        (IPHONE, [PAGE, PAGE, other], false),
        (COMPUTER, [PAGE, PAGE, other], true),
    ] {
        let said = judged(&world, known, user_agent, addresses).await;
        assert_eq!(said["errMsg"] == "config:ok", is_ok, "{said}");
        let errcode = world.simulator.requests().pop().unwrap().errcode;
        assert_eq!(errcode == 0, is_ok);
    }
    // The words of phones and of computers, which put in the time.
    let said = judged(&world, known, IPHONE, [PAGE, PAGE, other]).await;
    let expected =
        json!({ "errMsg": "config:invalid signature", "realAuthUrl": other, "subscribed": true });
    assert_eq!(said, expected);
    let said = judged(&world, known, COMPUTER, [PAGE, other, PAGE]).await;
    let words = "config:fail,Error: 系统错误，错误码：63002,invalid signature [{time}][]";
    assert_eq!(said["errMsg"], words);
    let logged = world.simulator.requests().pop().unwrap();
    assert_eq!((&*logged.path, logged.errcode), ("preVerifyJSAPI", 63002));

    for query in ["", "timestamp=now", "nonce="] {
        let query = pairs(
            "n=7 appid=wx00000000000000a1 timestamp=1 nonce=n1 signature=0 now=http://localhost/",
        )
        .into_iter()
        .chain(query.split_once('='))
        .collect::<Vec<_>>();
        assert_eq!(
            asked(&world, PHONE, &query).await["errMsg"],
            "config:invalid signature"
        );
    }
    world.advance(7200);
    let said = judged(&world, known, PHONE, [PAGE, PAGE, PAGE]).await;
    assert_eq!(said["errMsg"], "config:invalid signature");
}

// JS-SDK guide: hosts of their own list, up to three; observed: the words. That they are looked at first is a choice.
#[actix_web::test]
async fn a_page_elsewhere_than_the_js_domains_is_refused() {
    let seed = Platform::DEFAULT_SEED.replace(
        "domains = [\"books.example.com\"]",
        "domains = []\njs_domains = [\"books.example.com\", \"m.example.com\", \"x.example.com/h5\"]",
    );
    let world = World::of(Platform::from_seed(&seed).unwrap()).await;
    let token = token_of(&world, BOOKS).await;
    let known = ticket(&world, &token).await;
    let known = known["ticket"].as_str().unwrap();
    for (page, is_ok) in [
        ("https://m.example.com/", true),
        ("https://x.example.com/h5/a", true),
        ("https://x.example.com/", false),
        ("https://m.example.com:8443/", false),
        ("http://127.0.0.1:8080/", true),
        ("about:blank", false),
    ] {
        let said = judged(&world, known, PHONE, [page; 3]).await;
        let words = if is_ok {
            "config:ok"
        } else {
            "config:invalid url domain"
        };
        assert_eq!(said["errMsg"], words, "{page}");
    }
    let said = judged(&world, known, COMPUTER, ["https://evil.example/"; 3]).await;
    let words = "config:fail,Error: 系统错误，错误码：40048,invalid url domain [{time}][wx00000000000000a1]";
    assert_eq!(said["errMsg"], words);
}

// Ours: what pages share is shown, and nothing a page says becomes code.
#[actix_web::test]
async fn shares_are_kept_and_shown() {
    let world = World::new().await;
    let share = "/_simulator/jssdk/share?n=x);alert(1&api=updateAppMessageShareData";
    let page = query_of(&[("title", SCRIPT), ("link", PAGE), ("appid", BOOKS)]);
    let response = world.get(&format!("{share}&{page}")).await;
    assert_eq!(response.text(), "WeixinJSBridge._answer(0,{});");
    let shares = world.get("/_simulator/shares").await.json();
    assert!(shares[0]["title"] == SCRIPT && shares[0]["link"] == PAGE);
    assert_eq!(world.simulator.shares().len(), 1);
    let home = world.get("/_simulator").await;
    home.assert_escaped();
    home.assert_has([PAGE]);
    let logged = world.simulator.requests().pop().unwrap();
    assert!(logged.path == "share" && !format!("{logged:?}").contains(PAGE));
}

// Ours: a file as browsers load it, or a module as bundlers do; else WeChat's own.
#[actix_web::test]
async fn the_script_brings_the_client_and_jweixin_after_it() {
    let world = World::new().await;
    let script = world.get("/_simulator/jssdk.js").await;
    script.assert_has([
        "window.WeixinJSBridge",
        "https://res.wx.qq.com/open/js/jweixin-1.6.0.js",
    ]);
    let bridge = world.get("/_simulator/bridge.js").await;
    assert!(bridge.contains("window.WeixinJSBridge") && !bridge.contains("res.wx.qq.com"));
    let mut platform = Platform::default();
    platform.set_jweixin("module.exports = 1;");
    let world = World::of(platform).await;
    world.simulator.reset();
    let script = world.get("/_simulator/jssdk.js").await;
    script.assert_has(["window.WeixinJSBridge", "module.exports = 1;"]);
    assert!(!script.contains("res.wx.qq.com"));
}
