//! Who is asked for consent and who is not, the consent page's two buttons, and who holds the phone.

use wechat_simulator::RefusalBehaviour;

use crate::support::*;

// h5: snsapi_userinfo asks first.
#[actix_web::test]
async fn snsapi_userinfo_shows_who_asks_for_what_before_any_code_exists() {
    let world = World::new().await;
    let page = world.authorize(&asking()).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    page.assert_has(["山茶书店", "获取你的昵称、头像", "允许", "拒绝"]);
    page.assert_has(["模拟环境 · Simulated, not WeChat"]);
    page.assert_has([r#"value="xiaoming" checked"#]);
}

// h5: after consent the page is redirected to redirect_uri with code and state; the code stands for whom was chosen.
#[actix_web::test]
async fn allowing_redirects_with_a_code_of_the_chosen_person() {
    let world = World::new().await;
    let uri = "http://127.0.0.1:8080/me?x=1";
    let response = world.decide(uri, "xiaohong", "allow").await;
    assert_eq!(response.status, 303);
    let code = response.code();
    assert_eq!(response.location(), format!("{uri}&code={code}&state=s7"));
    let tokens = world.exchange(BOOKS, &code).await;
    assert_eq!(tokens["scope"], "snsapi_userinfo");
    assert_eq!(world.ask(USERINFO, &tokens).await["nickname"], "小红");
}

// A form cannot ask for what the authorize page would have refused, and the refused page links to permitted hosts only.
#[actix_web::test]
async fn the_pages_of_a_consent_check_the_request_again() {
    let world = World::new().await;
    let form = [("person", "xiaoming"), ("decision", "allow")];
    let refused = world.post("/_simulator/consent?appid=x", &form).await;
    refused.assert_refused("redirect_uri不能为空", Some(10011), "only an appid");
    assert_eq!(world.decide(APP, "nobody", "allow").await.status, 404);
    assert_eq!(world.decide(APP, "xiaoming", "maybe").await.status, 400);
    let query = query_of(&with(&asking(), "redirect_uri", "https://evil.example/"));
    let page = world.get(&format!("/_simulator/refused?{query}")).await;
    assert!(page.contains("错误码：10003") && !page.contains("href=\"https://evil.example"));
}

// A choice on the consent page holds for this browser's later silent logins, and for this browser only.
#[actix_web::test]
async fn the_chosen_person_keeps_this_browsers_phone() {
    let mut world = World::new().await;
    let xiaoming = world.silent_openid().await;
    let response = world.decide(APP, "xiaohong", "allow").await;
    let cookie = response.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part}");
    }
    let xiaohong = world.silent_openid().await;
    assert_ne!(xiaoming, xiaohong);

    // The browser's own choice outlives a change of the default; other browsers follow the default.
    world.simulator.set_current("laozhou");
    assert_eq!(world.silent_openid().await, xiaohong);
    world.browser = browser();
    let laozhou = world.silent_openid().await;
    assert!(laozhou != xiaoming && laozhou != xiaohong);
}

// Observed: no redirect after 拒绝, the previous page comes back; on Android the page stays blank. The app's page stays
// reachable by a link. Third-party platform page: a refusal is redirected with state and without code.
#[actix_web::test]
async fn refusing_goes_back_and_may_leave_a_blank_page_or_redirect_with_state_only() {
    let world = World::new().await;
    let uri = "http://127.0.0.1:8080/me?x=1&y=2#f";
    let response = world.decide(uri, "xiaohong", "refuse").await;
    assert_eq!(response.status, 303);
    assert!(response.location().starts_with("/_simulator/refused?"));
    let page = world.get(response.location()).await;
    assert!(page.contains("已拒绝授权") && page.contains("history.go(-2)"));
    assert!(page.contains(r#"href="http://127.0.0.1:8080/me?x=1&amp;y=2#f""#));

    world.simulator.set_refusal(RefusalBehaviour::Blank);
    let response = world.decide(APP, "xiaoming", "refuse").await;
    let page = world.get(response.location()).await;
    assert!(page.contains("<main></main>") && !page.contains("<script>") && !page.contains("<a "));

    let redirect = RefusalBehaviour::RedirectWithState;
    world.simulator.set_refusal(redirect);
    let uri = "http://127.0.0.1:8080/#/me";
    let response = world.decide(uri, "xiaoming", "refuse").await;
    assert_eq!(response.status, 303);
    assert_eq!(response.location(), "http://127.0.0.1:8080/?state=s7#/me");
}

// h5: silent for followers who come from the account's menu. Observed: forcePopup changes nothing about it.
#[actix_web::test]
async fn a_follower_from_the_menu_is_not_asked() {
    let world = World::new().await;
    world.simulator.set_current("caidan");
    for parameters in [&asking()[..], &and(&asking(), "forcePopup", "true")] {
        let response = world.authorize(parameters).await;
        assert_eq!(response.status, 302, "{parameters:?}");
        let tokens = world.exchange(BOOKS, &response.code()).await;
        assert_eq!(tokens["scope"], "snsapi_userinfo", "{parameters:?}");
    }
}

// Observed: whoever agreed recently may be skipped; how long is not known, so it is a setting. h5: forcePopup asks.
// Choice: by default everybody is asked each time, so that a developer can choose somebody else.
#[actix_web::test]
async fn a_recent_consent_is_remembered_for_as_long_as_the_setting_says() {
    let world = World::new().await;
    let asked = async |parameters: &Pairs<'_>| match world.authorize(parameters).await.status {
        200 => true,
        302 => false,
        other => panic!("{other}"),
    };
    world.decide(APP, "xiaoming", "allow").await;
    assert!(asked(&asking()).await, "the default");

    world.set(|settings| settings.remember_consent_seconds = 60);
    world.advance(60);
    assert!(asked(&asking()).await, "too long ago");
    world.decide(APP, "xiaoming", "allow").await;
    assert!(!asked(&asking()).await);
    assert!(asked(&and(&asking(), "forcePopup", "true")).await);
    assert!(asked(&with(&asking(), "appid", CAFE)).await);
    world.advance(60);
    assert!(asked(&asking()).await, "too long ago");
}

// The person named 拒绝 refuses without being asked, in whatever way refusals are set to end.
#[actix_web::test]
async fn a_person_named_refusal_refuses() {
    let world = World::new().await;
    world.simulator.set_current("jujue");
    let response = world.authorize(&asking()).await;
    assert_eq!(response.status, 302);
    let page = world.get(response.location()).await;
    assert!(page.contains("已拒绝授权") && page.contains("history.go(-1)"));

    let redirect = RefusalBehaviour::RedirectWithState;
    world.simulator.set_refusal(redirect);
    let response = world.authorize(&asking()).await;
    assert_eq!(response.location(), "http://127.0.0.1:8080/?state=s7");
    let response = world.decide(APP, "jujue", "allow").await;
    assert_eq!(response.location(), "http://127.0.0.1:8080/?state=s7");
    // snsapi_base asks nobody, so there is nothing to refuse.
    assert!(!world.silent(APP).await.code().is_empty());
}
