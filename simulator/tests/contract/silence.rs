//! Who is asked for consent and who is not.

use std::net::TcpListener;
use std::time::Duration;

use wechat_simulator::{Platform, Settings, Simulator};

use crate::support::*;

// h5: silent for followers who come from the account's menu. Observed: forcePopup changes nothing about it.
#[actix_web::test]
async fn a_follower_from_the_menu_is_not_asked() {
    let world = World::new().await;
    world.simulator.set_current("caidan");
    let mut parameters = request(APP, "snsapi_userinfo", "s").to_vec();
    for _ in 0..2 {
        let response = world.authorize(&parameters).await;
        assert_eq!(response.status(), 302);
        let code = code_of(&response);
        let token = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
        assert_eq!(token["scope"], "snsapi_userinfo");
        parameters.push(("forcePopup", "true"));
    }
}

// Observed: whoever agreed recently may be skipped; how long is not known, so it is a setting. h5: forcePopup asks.
#[actix_web::test]
async fn a_recent_consent_is_remembered_for_as_long_as_the_setting_says() {
    let mut platform = Platform::default();
    platform.set_settings(Settings {
        remember_consent_seconds: 60,
        ..Settings::default()
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let world = World {
        simulator: Simulator::start_on(listener, platform).await.unwrap(),
        browser: browser(),
    };
    let parameters = request(APP, "snsapi_userinfo", "s");
    assert_eq!(world.authorize(&parameters).await.status(), 200);
    world.decide(APP, "xiaoming", "allow").await;
    assert_eq!(world.authorize(&parameters).await.status(), 302);

    let mut popup = parameters.to_vec();
    popup.push(("forcePopup", "true"));
    assert_eq!(world.authorize(&popup).await.status(), 200);
    let mut other_account = parameters;
    other_account[0].1 = CAFE;
    assert_eq!(world.authorize(&other_account).await.status(), 200);
    world.simulator.advance_clock(Duration::from_secs(60));
    assert_eq!(world.authorize(&parameters).await.status(), 200);
}

// Choice: by default everybody is asked each time, so that a developer can choose somebody else.
#[actix_web::test]
async fn consent_is_not_remembered_by_default() {
    let world = World::new().await;
    world.decide(APP, "xiaoming", "allow").await;
    let again = world.authorize(&request(APP, "snsapi_userinfo", "s")).await;
    assert_eq!(again.status(), 200);
}

// The person named 拒绝 refuses without being asked, in whatever way refusals are set to end.
#[actix_web::test]
async fn a_person_named_refusal_refuses() {
    let world = World::new().await;
    world.simulator.set_current("jujue");
    let parameters = request(APP, "snsapi_userinfo", "s7");
    let response = world.authorize(&parameters).await;
    assert_eq!(response.status(), 302);
    let page = world.get(location(&response)).await.text().await.unwrap();
    assert!(page.contains("已拒绝授权") && page.contains("history.go(-1)"));

    world
        .simulator
        .set_refusal(wechat_simulator::RefusalBehaviour::RedirectWithState);
    let response = world.authorize(&parameters).await;
    assert_eq!(location(&response), "http://127.0.0.1:8080/?state=s7");
    let response = world.decide(APP, "jujue", "allow").await;
    assert_eq!(location(&response), "http://127.0.0.1:8080/?state=s7");
    // snsapi_base asks nobody, so there is nothing to refuse.
    let base = world.authorize(&request(APP, "snsapi_base", "s")).await;
    assert!(location(&base).contains("code="));
}
