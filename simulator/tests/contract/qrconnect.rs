//! Website applications: `/connect/qrconnect`.

use std::time::Duration;

use serde_json::Value;

use crate::support::*;

const WEBSITE: &str = "wx00000000000000d1";
const SECRET: &str = "simulator-secret-d1";

fn path(parameters: &[(&str, &str)]) -> String {
    authorize_path(parameters).replace("/oauth2/authorize", "/qrconnect")
}

fn good() -> [(&'static str, &'static str); 5] {
    let mut parameters = request("http://127.0.0.1:8080/in?x=1", "snsapi_login", "s7");
    parameters[0].1 = WEBSITE;
    parameters
}

/// Opens the QR page and gives the address of its scan.
async fn shown(world: &World) -> String {
    let page = world.get(&path(&good())).await.text().await.unwrap();
    assert!(page.contains("<svg") && page.contains("微信登录"), "{page}");
    let start = page.find("/_simulator/scan/").unwrap();
    let end = page[start..].find('"').unwrap();
    page[start..start + end].to_owned()
}

async fn status(world: &World, scan: &str) -> Value {
    world.json(&format!("{scan}/status"), &[]).await
}

async fn decide(world: &World, scan: &str, decision: &str) -> String {
    let form = [("person", "xiaohong"), ("decision", decision)];
    let request = world.browser.post(world.url(scan)).form(&form);
    request.send().await.unwrap().text().await.unwrap()
}

// Website applications page: scan, confirm, then redirect_uri with code and state; the code is exchanged as usual.
#[actix_web::test]
async fn a_confirmed_scan_sends_the_computer_on_with_a_code() {
    let world = World::new().await;
    let scan = shown(&world).await;
    assert_eq!(status(&world, &scan).await["status"], "waiting");
    let phone = world.get(&scan).await.text().await.unwrap();
    assert!(phone.contains("山茶书店网页版") && phone.contains("确认登录"));
    assert_eq!(status(&world, &scan).await["status"], "scanned");

    assert!(decide(&world, &scan, "allow").await.contains("已确认登录"));
    let confirmed = status(&world, &scan).await;
    assert_eq!(confirmed["status"], "confirmed");
    let response = world.get(confirmed["location"].as_str().unwrap()).await;
    assert_eq!(response.status(), 302);
    let code = code_of(&response);
    assert_eq!(
        location(&response),
        format!("http://127.0.0.1:8080/in?x=1&code={code}&state=s7")
    );
    let token = world.exchange(WEBSITE, SECRET, &code).await;
    assert_eq!(token["scope"], "snsapi_login");
    let expected = world.simulator.unionid(BOOKS, "xiaohong");
    assert_eq!(
        token["unionid"].as_str(),
        expected.as_deref(),
        "one open platform"
    );
}

// Website applications page: the code lives ten minutes, twice as long as an official account's.
#[actix_web::test]
async fn a_website_applications_code_lives_ten_minutes() {
    for (age, errcode) in [(590, None), (600, Some(40029))] {
        let world = World::new().await;
        let scan = shown(&world).await;
        decide(&world, &scan, "allow").await;
        let response = world.get(&format!("{scan}/continue")).await;
        world.simulator.advance_clock(Duration::from_secs(age));
        let token = world.exchange(WEBSITE, SECRET, &code_of(&response)).await;
        assert_eq!(token["errcode"].as_i64(), errcode);
    }
}

// Website applications page, current: nothing is redirected after a refusal. Older documents: the state is.
#[actix_web::test]
async fn a_cancelled_scan_redirects_only_if_set_so() {
    let world = World::new().await;
    let scan = shown(&world).await;
    assert!(decide(&world, &scan, "refuse").await.contains("已取消登录"));
    let cancelled = status(&world, &scan).await;
    assert_eq!(
        (&cancelled["status"], &cancelled["location"]),
        (&"cancelled".into(), &Value::Null)
    );

    world
        .simulator
        .set_refusal(wechat_simulator::RefusalBehaviour::RedirectWithState);
    let scan = shown(&world).await;
    decide(&world, &scan, "refuse").await;
    let response = world.get(&format!("{scan}/continue")).await;
    assert_eq!(location(&response), "http://127.0.0.1:8080/in?x=1&state=s7");
}

// Observed: this page has words and no numbers; which words go with an unknown appid is a guess.
#[actix_web::test]
async fn each_mistake_has_the_words_of_this_page_and_no_number() {
    let world = World::new().await;
    for (name, value, text) in [
        (
            "redirect_uri",
            "https://evil.example/",
            "redirect_uri 参数错误",
        ),
        (
            "redirect_uri",
            "javascript:alert(1)",
            "redirect_uri 参数错误",
        ),
        (
            "scope",
            "snsapi_userinfo",
            "Scope 参数错误或没有 Scope 权限",
        ),
        ("appid", BOOKS, "该链接无法访问"),
        ("response_type", "token", "该链接无法访问"),
    ] {
        let changed = good().map(|(key, old)| (key, if key == name { value } else { old }));
        let response = world.get(&path(&changed)).await;
        assert_eq!(response.status(), 200, "{name}");
        let page = response.text().await.unwrap();
        assert!(page.contains(&format!("<h1>{text}</h1>")), "{name}: {page}");
        assert!(
            !page.contains("错误码") && page.contains("怎么改"),
            "{name}"
        );
    }
}

// Choice: a QR code is decided once and can be scanned for ten minutes.
#[actix_web::test]
async fn a_qr_code_is_good_once_and_not_for_ever() {
    let world = World::new().await;
    let scan = shown(&world).await;
    decide(&world, &scan, "allow").await;
    let first = world.get(&format!("{scan}/continue")).await;
    assert!(
        decide(&world, &scan, "allow")
            .await
            .contains("二维码已失效")
    );
    let again = world.get(&format!("{scan}/continue")).await;
    assert_eq!(code_of(&first), code_of(&again));

    let scan = shown(&world).await;
    world.simulator.advance_clock(Duration::from_secs(600));
    assert_eq!(status(&world, &scan).await["status"], "expired");
    assert!(
        world
            .get(&scan)
            .await
            .text()
            .await
            .unwrap()
            .contains("二维码已失效")
    );
    assert!(
        decide(&world, &scan, "allow")
            .await
            .contains("二维码已失效")
    );
}
