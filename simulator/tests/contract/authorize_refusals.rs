//! The refusals of the authorize page, which the app never learns of.

use reqwest::Method;
use serde_json::json;

use crate::support::*;

const TEST_ACCOUNT: &str = "wx00000000000000c1";
const UNVERIFIED: &str = "wx00000000000000e2";
const HTTPS_ONLY: &str = "wx00000000000000f1";

const UNREACHABLE: &str = "该链接无法访问";
const WRONG_HOST: &str = "redirect_uri域名与后台配置不一致";

fn good() -> [(&'static str, &'static str); 5] {
    request(APP, "snsapi_base", "s")
}

fn of_account<'a>(appid: &'a str, redirect_uri: &'a str) -> Vec<(&'a str, &'a str)> {
    with(&request(redirect_uri, "snsapi_base", "s"), "appid", appid)
}

// h5: 10005 for an account without the permission. Observed: 10039 where https is configured, cured by https. h5: letter
// case of the parameters matters. 10006; developers report that a test account demands it of everybody. A page that prints what
// was sent must not run it.
#[actix_web::test]
async fn permissions_schemes_strangers_and_letter_case_count_and_nothing_sent_is_run() {
    let world = World::new().await;
    let unverified = with(&request(APP, "snsapi_userinfo", "s"), "appid", UNVERIFIED);
    let refused = world.authorize(&unverified).await;
    let text = "此公众号并没有这些scope的权限";
    refused.assert_refused(text, Some(10005), "snsapi_userinfo");
    let http = of_account(HTTPS_ONLY, "http://secure.example.com/");
    let refused = world.authorize(&http).await;
    refused.assert_refused("redirect_uri协议与后台配置不一致", Some(10039), "http");
    let https = of_account(HTTPS_ONLY, "https://secure.example.com/");
    assert_eq!(world.authorize(&https).await.status, 302);
    let follower = of_account(TEST_ACCOUNT, "http://192.168.1.9:8080/x");
    assert_eq!(world.authorize(&follower).await.status, 302);
    world.simulator.set_current("moshengren");
    let refused = world.authorize(&follower).await;
    refused.assert_refused("必须关注此测试号", Some(10006), "stranger");
    let mut wrong = good();
    wrong[0].0 = "appId";
    let refused = world.authorize(&wrong).await;
    refused.assert_refused("appid不能为空", Some(10012), "appId");
    let attack = of_account(SCRIPT, APP);
    world.authorize(&attack).await.assert_escaped();
}

// h5: the registered host must match as a whole, scheme free; a path may be registered; the console takes ports from
// test accounts only.
#[actix_web::test]
async fn registered_hosts_paths_and_ports_decide_about_10003() {
    let world = World::new().await;
    // The nearest miss is the one that is told.
    let (other_host, port, path) = ("不是这个服务号登记的", "地址里带了端口", "目录之下");
    for (appid, redirect_uri, miss) in [
        (BOOKS, "https://books.example.com/any/path", ""),
        (BOOKS, "http://BOOKS.example.com", ""),
        (BOOKS, "https://books.example.com:443/x", port),
        (BOOKS, "https://a.books.example.com/", other_host),
        (BOOKS, "https://example.com/", other_host),
        (BOOKS, "https://books.example.com.evil.example/", other_host),
        // Another account's domain.
        (BOOKS, "https://cafe.example.com/", other_host),
        (BOOKS, "http://localhost/", ""),
        (BOOKS, "http://[::1]:1/", ""),
        (BOOKS, "http://127.0.0.2/", other_host),
        (BOOKS, "http://localhost.evil.example/", other_host),
        (CAFE, "https://www.example.com/cafe", ""),
        (CAFE, "https://www.example.com/cafe/menu", ""),
        (CAFE, "https://www.example.com/cafe?x", ""),
        (CAFE, "https://www.example.com/cafeteria", path),
        (CAFE, "https://www.example.com/cafe/../admin", path),
        (CAFE, "https://www.example.com/cafe/%2e%2E/admin", path),
        (CAFE, "https://www.example.com/", path),
        (TEST_ACCOUNT, "http://192.168.1.9:8080/x", ""),
        (TEST_ACCOUNT, "http://192.168.1.9/x", port),
        (TEST_ACCOUNT, "http://192.168.1.9:8081/x", port),
        (TEST_ACCOUNT, "http://192.168.1.10:8080/x", other_host),
        (HTTPS_ONLY, "HTTPS://secure.example.com/", ""),
        (HTTPS_ONLY, "http://127.0.0.1/", ""),
    ] {
        let parameters = of_account(appid, redirect_uri);
        let response = world.authorize(&parameters).await;
        if miss.is_empty() {
            assert_eq!(response.status, 302, "{redirect_uri}");
        } else {
            response.assert_refused(WRONG_HOST, Some(10003), redirect_uri);
            response.assert_has([miss]);
        }
    }
}

// h5: 10009, the only error that passes, and 10013 for an empty state, which it calls optional; a wrong order makes the
// page unreachable, and phones are reported to be lenient. Observed: the page outside WeChat, which is known by
// its user agent; WeCom says MicroMessenger as well. All of them are settings.
#[actix_web::test]
async fn each_switch_refuses_what_passes_without_it() {
    let (too_frequent, not_wechat) = ("操作太频繁了，请稍后重试", "请在微信客户端打开链接");
    let (no_state, empty_state) = ("state不能为空", with(&good(), "state", ""));
    let mut swapped = good();
    swapped.swap(3, 4);
    let behind_another = [&[("forcePopup", "true")], &good()[..]].concat();
    for (switch, parameters, text, number) in [
        ("too_frequent", &good()[..], too_frequent, Some(10009)),
        ("require_state", &empty_state, no_state, Some(10013)),
        ("require_state", &good()[..4], no_state, Some(10013)),
        ("strict_order", &swapped, UNREACHABLE, None),
        ("strict_order", &behind_another, UNREACHABLE, None),
        ("require_wechat", &good(), not_wechat, None),
    ] {
        let world = World::new().await;
        let passed = world.authorize(parameters).await;
        assert_eq!(passed.status, 302, "{switch}");
        let switches = json!({ switch: true });
        world
            .send(Method::PUT, "/_simulator/settings", &switches)
            .await;
        let refused = world.authorize(parameters).await;
        refused.assert_refused(text, number, switch);
    }
    let strict = World::with(|settings| {
        settings.require_state = true;
        settings.strict_order = true;
    })
    .await;
    let behind = and(&good(), "forcePopup", "true");
    assert_eq!(strict.authorize(&behind).await.status, 302);
    strict.set(|settings| settings.require_state = false);
    assert_eq!(strict.authorize(&good()[..4]).await.status, 302);
    let picky = World::with(|settings| settings.require_wechat = true).await;
    for (user_agent, status) in [
        (
            "Mozilla/5.0 (Linux) MicroMessenger/8.0.63.2920(0x28003F3C)",
            302,
        ),
        ("Mozilla/5.0 micromessenger/6", 302),
        ("Mozilla/5.0 wxwork/5.0.1 MicroMessenger/7.0.1", 200),
    ] {
        let get = picky.request(Method::GET, &authorize_path(&good()));
        let response = read(get.header("user-agent", user_agent)).await;
        assert_eq!(response.status, status, "{user_agent}");
    }
}

// Whoever is lenient says so.
#[actix_web::test]
async fn the_consent_page_warns_of_a_wrong_order_and_of_a_missing_fragment() {
    let world = World::new().await;
    let right = request(APP, "snsapi_userinfo", "s");
    let mut swapped = right;
    swapped.swap(0, 1);
    let warned = world.authorize(&swapped).await;
    assert!(warned.status == 200 && warned.contains("参数顺序与微信文档不一致"));
    let right = world.authorize(&right).await;
    assert!(!right.contains("参数顺序与微信文档不一致"));
    // A fragment never reaches a server: the box is there and a script shows it.
    assert!(right.contains("id=\"no-fragment\" hidden") && right.contains("location.hash"));
}
