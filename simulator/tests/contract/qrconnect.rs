//! Website applications: `/connect/qrconnect`, and the server API after the scan.

use serde_json::Value;
use wechat_simulator::{GrantedScope, RefusalBehaviour};

use crate::support::*;

fn path(parameters: &Pairs<'_>) -> String {
    format!("/connect/qrconnect?{}", query_of(parameters))
}

fn good() -> Vec<(&'static str, &'static str)> {
    let parameters = request("http://127.0.0.1:8080/in?x=1", "snsapi_login", "s7");
    with(&parameters, "appid", WEBSITE)
}

/// Opens the QR page and gives the address of its scan.
async fn shown(world: &World) -> String {
    let page = world.get(&path(&good())).await;
    assert!(page.contains("<svg") && page.contains("微信登录"));
    let (_, scan) = page.text().split_once("/_simulator/scan/").unwrap();
    format!("/_simulator/scan/{}", scan.split('"').next().unwrap())
}

async fn status(world: &World, scan: &str) -> Value {
    world.json(&format!("{scan}/status"), &[]).await
}

async fn decide(world: &World, scan: &str, decision: &str) -> Response {
    let form = [("person", "xiaohong"), ("decision", decision)];
    world.post(scan, &form).await
}

// Website applications page: scan, confirm, then redirect_uri with code and state; the code is exchanged as usual.
#[actix_web::test]
async fn a_confirmed_scan_sends_the_computer_on_with_a_code() {
    let world = World::new().await;
    let scan = shown(&world).await;
    assert_eq!(status(&world, &scan).await["status"], "waiting");
    let phone = world.get(&scan).await;
    assert!(phone.contains("山茶书店网页版") && phone.contains("确认登录"));
    assert_eq!(status(&world, &scan).await["status"], "scanned");

    let decided = decide(&world, &scan, "allow").await;
    assert!(decided.contains("已确认登录"));
    let confirmed = status(&world, &scan).await;
    assert_eq!(confirmed["status"], "confirmed");
    let response = world.get(confirmed["location"].as_str().unwrap()).await;
    assert_eq!(response.status, 302);
    let code = response.code();
    let expected = format!("http://127.0.0.1:8080/in?x=1&code={code}&state=s7");
    assert_eq!(response.location(), expected);
    let token = world.exchange(WEBSITE, &code).await;
    assert_eq!(token["scope"], "snsapi_login");
    let expected = world.simulator.unionid(BOOKS, "xiaohong").unwrap();
    assert_eq!(token["unionid"], expected, "one open platform");
}

// Page on website applications: the same calls, scope snsapi_login, which tells profile and unionid.
#[actix_web::test]
async fn snsapi_login_tells_profile_and_unionid() {
    let world = World::new().await;
    let scope = GrantedScope::Login;
    let tokens = world.tokens_of(WEBSITE, "xiaoming", scope).await;
    assert_eq!(tokens["scope"], "snsapi_login");
    let info = world.ask(USERINFO, &tokens).await;
    assert_eq!(info["nickname"], "小明");
    for appid in [WEBSITE, BOOKS] {
        let unionid = world.simulator.unionid(appid, "xiaoming").unwrap();
        assert!(tokens["unionid"] == unionid && info["unionid"] == unionid);
    }
}

// Website applications page: the code lives ten minutes, twice as long as an official account's.
#[actix_web::test]
async fn a_website_applications_code_lives_ten_minutes() {
    for (age, errcode) in [(590, None), (600, Some(40029))] {
        let world = World::new().await;
        let scan = shown(&world).await;
        decide(&world, &scan, "allow").await;
        let response = world.get(&format!("{scan}/continue")).await;
        let official = world.code("xiaoming", GrantedScope::Userinfo);
        world.advance(age);
        assert_eq!(world.exchange(BOOKS, &official).await["errcode"], 40029);
        let token = world.exchange(WEBSITE, &response.code()).await;
        assert_eq!(token["errcode"].as_i64(), errcode);
        assert_eq!(token["openid"].is_string(), errcode.is_none());
    }
}

// Website applications page, current: nothing is redirected after a refusal. Older documents: the state is.
#[actix_web::test]
async fn a_cancelled_scan_redirects_only_if_set_so() {
    let world = World::new().await;
    let scan = shown(&world).await;
    let decided = decide(&world, &scan, "refuse").await;
    assert!(decided.contains("已取消登录"));
    let cancelled = status(&world, &scan).await;
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(cancelled["location"], Value::Null);

    let redirect = RefusalBehaviour::RedirectWithState;
    world.simulator.set_refusal(redirect);
    let scan = shown(&world).await;
    decide(&world, &scan, "refuse").await;
    let response = world.get(&format!("{scan}/continue")).await;
    assert_eq!(response.location(), "http://127.0.0.1:8080/in?x=1&state=s7");
}

// Choice: a QR code is decided once and can be scanned for ten minutes.
#[actix_web::test]
async fn a_qr_code_is_good_once_and_not_for_ever() {
    let world = World::new().await;
    let is_over = |response: Response| response.contains("二维码已失效");
    let scan = shown(&world).await;
    decide(&world, &scan, "allow").await;
    let first = world.get(&format!("{scan}/continue")).await;
    assert!(is_over(decide(&world, &scan, "allow").await));
    let again = world.get(&format!("{scan}/continue")).await;
    assert_eq!(first.code(), again.code());

    let scan = shown(&world).await;
    world.advance(600);
    assert_eq!(status(&world, &scan).await["status"], "expired");
    assert!(is_over(world.get(&scan).await));
    assert!(is_over(decide(&world, &scan, "allow").await));
}
