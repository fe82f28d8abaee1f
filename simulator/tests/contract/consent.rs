//! The consent page, its two buttons, and who holds the phone.

use wechat_simulator::RefusalBehaviour;

use crate::support::*;

// h5: snsapi_userinfo asks first.
#[actix_web::test]
async fn snsapi_userinfo_shows_who_asks_for_what_before_any_code_exists() {
    let world = World::new().await;
    let response = world.authorize(&request(APP, "snsapi_userinfo", "s")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    let page = response.text().await.unwrap();
    for part in [
        "山茶书店",
        "获取你的昵称、头像",
        "允许",
        "拒绝",
        "模拟环境 · Simulated, not WeChat",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains(r#"value="xiaoming" checked"#));
}

// h5: after consent the page is redirected to redirect_uri with code and state; the code stands for whom was chosen.
#[actix_web::test]
async fn allowing_redirects_with_a_code_of_the_chosen_person() {
    let world = World::new().await;
    let response = world
        .decide("http://127.0.0.1:8080/me?x=1", "xiaohong", "allow")
        .await;
    assert_eq!(response.status(), 303);
    let code = code_of(&response);
    assert_eq!(
        location(&response),
        format!("http://127.0.0.1:8080/me?x=1&code={code}&state=s7")
    );

    let token = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    assert_eq!(token["scope"], "snsapi_userinfo");
    let (access_token, openid) = (
        token["access_token"].as_str().unwrap(),
        token["openid"].as_str().unwrap(),
    );
    let info = world
        .json(
            "/sns/userinfo",
            &[("access_token", access_token), ("openid", openid)],
        )
        .await;
    assert_eq!(info["nickname"], "小红");
}

// A form cannot ask for what the authorize page would have refused.
#[actix_web::test]
async fn consent_checks_the_request_again() {
    let world = World::new().await;
    let form = [("person", "xiaoming"), ("decision", "allow")];
    let response = world
        .browser
        .post(world.url("/_simulator/consent?appid=x"))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.text().await.unwrap().contains("错误码：10011"));
    assert_eq!(world.decide(APP, "nobody", "allow").await.status(), 404);
    assert_eq!(world.decide(APP, "xiaoming", "maybe").await.status(), 400);
}

// A choice on the consent page holds for this browser's later silent logins, and for this browser only.
#[actix_web::test]
async fn the_chosen_person_keeps_this_browsers_phone() {
    let mut world = World::new().await;
    let xiaoming = world.silent_openid().await;
    let response = world.decide(APP, "xiaohong", "allow").await;
    let cookie = response.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/")
    );
    let xiaohong = world.silent_openid().await;
    assert_ne!(xiaoming, xiaohong);

    // The browser's own choice outlives a change of the default; other browsers follow the default.
    world.simulator.set_current("laozhou");
    assert_eq!(world.silent_openid().await, xiaohong);
    world.browser = browser();
    let laozhou = world.silent_openid().await;
    assert!(laozhou != xiaoming && laozhou != xiaohong);
}

// Observed: no redirect after 拒绝, the previous page comes back. The app's page stays reachable by a link.
#[actix_web::test]
async fn refusing_goes_back_by_default_and_offers_a_way_to_the_app() {
    let world = World::new().await;
    let response = world
        .decide("http://127.0.0.1:8080/me?x=1&y=2#f", "xiaohong", "refuse")
        .await;
    assert_eq!(response.status(), 303);
    let next = location(&response).to_owned();
    assert!(next.starts_with("/_simulator/refused?"));
    let page = world.get(&next).await.text().await.unwrap();
    assert!(page.contains("已拒绝授权") && page.contains("history.go(-2)"));
    assert!(
        page.contains(r#"href="http://127.0.0.1:8080/me?x=1&amp;y=2#f""#),
        "{page}"
    );
}

// Observed on Android: the page stays blank.
#[actix_web::test]
async fn refusing_may_leave_a_blank_page() {
    let world = World::new().await;
    world.simulator.set_refusal(RefusalBehaviour::Blank);
    let response = world.decide(APP, "xiaoming", "refuse").await;
    let page = world.get(location(&response)).await.text().await.unwrap();
    assert!(page.contains("<main></main>") && !page.contains("<script>") && !page.contains("<a "));
}

// Third-party platform page: a refusal is redirected with state and without code.
#[actix_web::test]
async fn refusing_may_redirect_with_state_only() {
    let world = World::new().await;
    world
        .simulator
        .set_refusal(RefusalBehaviour::RedirectWithState);
    let response = world
        .decide("http://127.0.0.1:8080/#/me", "xiaoming", "refuse")
        .await;
    assert_eq!(response.status(), 303);
    assert_eq!(location(&response), "http://127.0.0.1:8080/?state=s7#/me");
}

// The refused page is no way around the check of redirect_uri.
#[actix_web::test]
async fn the_refused_page_links_to_permitted_hosts_only() {
    let world = World::new().await;
    let path = authorize_path(&request("https://evil.example/", "snsapi_userinfo", "s"));
    let query = path.split_once('?').unwrap().1;
    let page = world
        .get(&format!("/_simulator/refused?{query}"))
        .await
        .text()
        .await
        .unwrap();
    assert!(page.contains("错误码：10003") && !page.contains("href=\"https://evil.example"));
}
