//! The authorize page where developers report more than the documents say.

use reqwest::header::HeaderValue;
use wechat_simulator::{Effect, Endpoint, Fault, Settings};

use crate::support::*;

const UNVERIFIED: &str = "wx00000000000000e2";
const NO_PERMISSION: &str = "<h1>此公众号并没有这些scope的权限</h1>";

async fn world_with(settings: Settings) -> World {
    let world = World::new().await;
    world.simulator.set_settings(settings);
    world
}

async fn page(world: &World, parameters: &[(&str, &str)]) -> String {
    let response = world.authorize(parameters).await;
    assert_eq!(response.status(), 200, "{parameters:?}");
    response.text().await.unwrap()
}

// One report: a phone lets a long state pass.
#[actix_web::test]
async fn a_long_state_may_pass() {
    let world = world_with(Settings {
        long_state: true,
        ..Settings::default()
    })
    .await;
    let state = "a".repeat(1000);
    let response = world.authorize(&request(APP, "snsapi_base", &state)).await;
    assert!(location(&response).ends_with(&format!("&state={state}")));
}

// h5: 10005 for an account without the permission; older accounts of another kind and unverified ones report it.
#[actix_web::test]
async fn an_account_without_a_permission_gets_10005() {
    let world = World::new().await;
    for scope in ["snsapi_base", "snsapi_userinfo"] {
        let mut parameters = request(APP, scope, "s");
        parameters[0].1 = UNVERIFIED;
        let refused = page(&world, &parameters).await;
        assert!(refused.contains(NO_PERMISSION) && refused.contains("错误码：10005"));
    }
}

// Third-party page: scopes are a list with commas. That the answer lists them as WeChat writes such lists is a choice.
#[actix_web::test]
async fn a_list_of_scopes_is_asked_for_and_granted_as_one() {
    let world = World::new().await;
    let list = "snsapi_userinfo,snsapi_base";
    let consent = page(&world, &request(APP, list, "s")).await;
    assert!(consent.contains("允许"), "{consent}");
    world.simulator.set_current("caidan");
    let response = world.authorize(&request(APP, list, "s")).await;
    let body = world
        .exchange(BOOKS, BOOKS_SECRET, &code_of(&response))
        .await;
    assert_eq!(body["scope"], "snsapi_base,snsapi_userinfo");
    assert!(body["unionid"].is_string());
    let unknown = page(&world, &request(APP, "snsapi_base,snsapi_login", "s")).await;
    assert!(unknown.contains(NO_PERMISSION));
}

// Observed: addresses on the way have one more parameter, which a permanent redirect adds.
#[actix_web::test]
async fn the_page_may_redirect_to_itself_once() {
    let world = world_with(Settings {
        connect_redirect: true,
        strict_order: true,
        ..Settings::default()
    })
    .await;
    let fault = Fault::new(Endpoint::Authorize, Effect::Delay { millis: 1 }).times(1);
    world.simulator.add_fault(fault);
    let path = authorize_path(&request("http://127.0.0.1/?a=%2F茶", "snsapi_base", "s1"));
    let hop = world.get(&path).await;
    assert_eq!(hop.status(), 301);
    assert_eq!(hop.headers()["cache-control"], "no-store");
    assert_eq!(location(&hop), format!("{path}&connect_redirect=1"));
    assert_eq!(world.simulator.faults().len(), 1, "rules wait for the page");
    let page = world.get(location(&hop)).await;
    assert_eq!(page.status(), 302);
    assert!(location(&page).ends_with("&state=s1"));
    let empty = world.get(&format!("{path}&connect_redirect=")).await;
    assert_eq!(empty.status(), 302, "once is enough");
}

// Ours: phones have Chinese names, and some say so in their user agent; other apps' cookies may be none.
#[actix_web::test]
async fn odd_headers_of_a_phone_hide_nothing() {
    let world = world_with(Settings {
        require_wechat: true,
        ..Settings::default()
    })
    .await;
    let url = world.url(&authorize_path(&request(APP, "snsapi_base", "s")));
    let agent = HeaderValue::from_bytes("Android; 小米 MicroMessenger/8.0".as_bytes()).unwrap();
    let cookie =
        HeaderValue::from_bytes(b"\xff=1; lone; wechat_simulator_person=xiaohong").unwrap();
    let request = world.browser.get(url).header("user-agent", agent);
    let response = request.header("cookie", cookie).send().await.unwrap();
    assert_eq!(response.status(), 302);
    let body = world
        .exchange(BOOKS, BOOKS_SECRET, &code_of(&response))
        .await;
    assert_eq!(body["openid"], world.simulator.openid(BOOKS, "xiaohong"));
}
