//! The refusals of the authorize page that need a certain account, person or setting.

use std::net::TcpListener;

use wechat_simulator::{Platform, Settings, Simulator};

use crate::support::*;

const TEST_ACCOUNT: &str = "wx00000000000000c1";
const WEBSITE: &str = "wx00000000000000d1";
const BANNED: &str = "wx00000000000000e1";
const HTTPS_ONLY: &str = "wx00000000000000f1";
const COMPONENT: &str = "wx00000000000000f2";

async fn world_with(settings: Settings) -> World {
    let mut platform = Platform::default();
    platform.set_settings(settings);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    World {
        simulator: Simulator::start_on(listener, platform).await.unwrap(),
        browser: browser(),
    }
}

fn of_account<'a>(appid: &'a str, redirect_uri: &'a str) -> [(&'a str, &'a str); 5] {
    let mut parameters = request(redirect_uri, "snsapi_base", "s");
    parameters[0].1 = appid;
    parameters
}

async fn page(world: &World, parameters: &[(&str, &str)]) -> String {
    let response = world.authorize(parameters).await;
    assert_eq!(response.status(), 200, "{parameters:?}");
    response.text().await.unwrap()
}

fn says(page: &str, text: &str, number: Option<i64>) {
    assert!(page.contains(&format!("<h1>{text}</h1>")), "{text}: {page}");
    match number {
        Some(number) => assert!(page.contains(&format!("错误码：{number}")), "{page}"),
        None => assert!(!page.contains("错误码"), "{page}"),
    }
    assert!(page.contains("怎么改"), "{page}");
}

// h5: 10004.
#[actix_web::test]
async fn a_banned_account_gets_10004() {
    let world = World::new().await;
    let page = page(&world, &of_account(BANNED, APP)).await;
    says(&page, "此公众号被封禁", Some(10004));
}

// h5: 10016; observed: an appid of the Open Platform gets it.
#[actix_web::test]
async fn a_website_applications_appid_gets_10016() {
    let world = World::new().await;
    let page = page(&world, &of_account(WEBSITE, APP)).await;
    says(
        &page,
        "不支持微信开放平台的Appid，请使用公众号Appid",
        Some(10016),
    );
    assert!(page.contains("/connect/qrconnect"));
}

// h5: 10015.
#[actix_web::test]
async fn an_account_without_its_third_party_platform_gets_10015() {
    let world = World::new().await;
    let refused = page(&world, &of_account(COMPONENT, APP)).await;
    says(
        &refused,
        "公众号未授权第三方平台，请检查授权状态",
        Some(10015),
    );
    let mut parameters = of_account(BOOKS, APP).to_vec();
    parameters.push(("component_appid", COMPONENT));
    let refused = page(&world, &parameters).await;
    says(
        &refused,
        "公众号未授权第三方平台，请检查授权状态",
        Some(10015),
    );
}

// h5: 10006; developers report that a test account demands it of everybody.
#[actix_web::test]
async fn a_stranger_to_a_test_account_gets_10006_and_a_follower_does_not() {
    let world = World::new().await;
    let parameters = of_account(TEST_ACCOUNT, "http://192.168.1.9:8080/x");
    assert_eq!(world.authorize(&parameters).await.status(), 302);
    world.simulator.set_current("moshengren");
    says(
        &page(&world, &parameters).await,
        "必须关注此测试号",
        Some(10006),
    );
}

// Observed: 10039 where https is configured, cured by https.
#[actix_web::test]
async fn http_where_https_is_configured_gets_10039() {
    let world = World::new().await;
    let refused = page(
        &world,
        &of_account(HTTPS_ONLY, "http://secure.example.com/"),
    )
    .await;
    says(&refused, "redirect_uri协议与后台配置不一致", Some(10039));
    let secure = world
        .authorize(&of_account(HTTPS_ONLY, "https://secure.example.com/"))
        .await;
    assert_eq!(secure.status(), 302);
}

// h5: the whole host matches, a path may be registered; the console takes ports from test accounts only.
#[actix_web::test]
async fn registered_hosts_paths_and_ports_decide_about_10003() {
    let world = World::new().await;
    for (appid, redirect_uri, permitted) in [
        (BOOKS, "https://books.example.com/x", true),
        (BOOKS, "https://books.example.com:443/x", false),
        (BOOKS, "https://a.books.example.com/", false),
        (BOOKS, "https://example.com/", false),
        (CAFE, "https://www.example.com/cafe/menu", true),
        (CAFE, "https://www.example.com/cafeteria", false),
        (CAFE, "https://www.example.com/cafe/../admin", false),
        (CAFE, "https://www.example.com/", false),
        (TEST_ACCOUNT, "http://192.168.1.9:8080/x", true),
        (TEST_ACCOUNT, "http://192.168.1.9/x", false),
        (TEST_ACCOUNT, "http://192.168.1.10:8080/x", false),
    ] {
        let response = world.authorize(&of_account(appid, redirect_uri)).await;
        if permitted {
            assert_eq!(response.status(), 302, "{redirect_uri}");
        } else {
            assert_eq!(response.status(), 200, "{redirect_uri}");
            let page = response.text().await.unwrap();
            says(&page, "redirect_uri域名与后台配置不一致", Some(10003));
        }
    }
}

// h5: 10009, the only one that passes. Here it is a setting.
#[actix_web::test]
async fn too_frequent_is_10009() {
    let world = world_with(Settings {
        too_frequent: true,
        ..Settings::default()
    })
    .await;
    let page = page(&world, &of_account(BOOKS, APP)).await;
    says(&page, "操作太频繁了，请稍后重试", Some(10009));
}

// h5 calls state optional and has 10013 for an empty one: a setting.
#[actix_web::test]
async fn an_empty_state_may_be_refused_with_10013() {
    let world = world_with(Settings {
        require_state: true,
        ..Settings::default()
    })
    .await;
    for state in [
        &request(APP, "snsapi_base", "")[..],
        &of_account(BOOKS, APP)[..4],
    ] {
        says(&page(&world, state).await, "state不能为空", Some(10013));
    }
    assert_eq!(world.authorize(&of_account(BOOKS, APP)).await.status(), 302);
}

// h5: a wrong order makes the page unreachable; developers report phones to be lenient.
#[actix_web::test]
async fn a_wrong_order_is_refused_only_if_strict() {
    let mut swapped = of_account(BOOKS, APP);
    swapped.swap(3, 4);
    assert_eq!(World::new().await.authorize(&swapped).await.status(), 302);

    let strict = world_with(Settings {
        strict_order: true,
        ..Settings::default()
    })
    .await;
    says(&page(&strict, &swapped).await, "该链接无法访问", None);
    let mut parameters = of_account(BOOKS, APP).to_vec();
    parameters.push(("forcePopup", "true"));
    assert_eq!(strict.authorize(&parameters).await.status(), 302);
}

// Whoever is lenient says so.
#[actix_web::test]
async fn the_consent_page_warns_of_a_wrong_order_and_of_a_missing_fragment() {
    let world = World::new().await;
    let mut swapped = request(APP, "snsapi_userinfo", "s");
    swapped.swap(0, 1);
    let warned = page(&world, &swapped).await;
    assert!(warned.contains("参数顺序与微信文档不一致"));
    let right = page(&world, &request(APP, "snsapi_userinfo", "s")).await;
    assert!(!right.contains("参数顺序与微信文档不一致"));
    // A fragment never reaches a server: the box is there and a script shows it.
    assert!(right.contains("id=\"no-fragment\" hidden") && right.contains("location.hash"));
}

// Observed: the page outside WeChat; WeCom says MicroMessenger as well.
#[actix_web::test]
async fn a_browser_that_is_not_wechat_may_be_turned_away() {
    let world = world_with(Settings {
        require_wechat: true,
        ..Settings::default()
    })
    .await;
    says(
        &page(&world, &of_account(BOOKS, APP)).await,
        "请在微信客户端打开链接",
        None,
    );
    let open = |user_agent: &str| {
        let url = world.url(&authorize_path(&of_account(BOOKS, APP)));
        world
            .browser
            .get(url)
            .header("user-agent", user_agent)
            .send()
    };
    let wechat = "Mozilla/5.0 (Linux; Android 16) MicroMessenger/8.0.63.2920(0x28003F3C)";
    assert_eq!(open(wechat).await.unwrap().status(), 302);
    let wecom = "Mozilla/5.0 wxwork/5.0.1 MicroMessenger/7.0.1";
    assert_eq!(open(wecom).await.unwrap().status(), 200);
}

// Observed twice: a parameter named openId does not come back.
#[actix_web::test]
async fn a_parameter_named_openid_may_get_lost() {
    let world = world_with(Settings {
        drop_openid_parameter: true,
        ..Settings::default()
    })
    .await;
    let response = world
        .authorize(&of_account(BOOKS, "http://127.0.0.1/p?openId=1&a=2"))
        .await;
    assert!(location(&response).starts_with("http://127.0.0.1/p?a=2&code="));
}
