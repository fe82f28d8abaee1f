//! Fault rules on the way through the browser. All of it is ours; what it imitates is reported.

use wechat_simulator::{Effect, Endpoint, Fault};

use crate::support::*;

fn order(world: &World, effect: Effect) {
    let fault = Fault::new(Endpoint::Authorize, effect).times(1);
    world.simulator.add_fault(fault);
}

// h5: 10009, the one error of that page that passes by itself.
#[actix_web::test]
async fn an_ordered_number_is_shown_on_the_page_and_passes() {
    let world = World::new().await;
    order(
        &world,
        Effect::Errcode {
            errcode: 10009,
            errmsg: None,
        },
    );
    let good = request(APP, "snsapi_base", "s");
    let response = world.authorize(&good).await;
    assert_eq!(response.status(), 200);
    let page = response.text().await.unwrap();
    assert!(page.contains("操作太频繁了，请稍后重试") && page.contains("错误码：10009"));
    assert!(page.contains("Simulated, not WeChat"));
    assert_eq!(world.simulator.requests().pop().unwrap().errcode, 10009);
    assert_eq!(world.authorize(&good).await.status(), 302);
}

// Ours: an errmsg of a rule is text.
#[actix_web::test]
async fn an_ordered_text_is_escaped_on_the_page() {
    let world = World::new().await;
    order(
        &world,
        Effect::Errcode {
            errcode: 1,
            errmsg: Some("<script>alert(1)</script>".into()),
        },
    );
    let response = world.authorize(&request(APP, "snsapi_base", "s")).await;
    let page = response.text().await.unwrap();
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"));
}

// Ours: the page may fail as every page may.
#[actix_web::test]
async fn the_page_may_be_empty_or_a_gateways_or_never_come() {
    let world = World::new().await;
    let good = request(APP, "snsapi_base", "s");
    order(&world, Effect::HttpStatus { status: 503 });
    assert_eq!(world.authorize(&good).await.status(), 503);
    order(&world, Effect::EmptyBody);
    let empty = world.authorize(&good).await;
    assert_eq!(
        (
            empty.status().as_u16(),
            empty.text().await.unwrap().as_str()
        ),
        (200, "")
    );
    for effect in [Effect::ResetBefore, Effect::ResetAfter] {
        order(&world, effect);
        let url = world.url(&authorize_path(&good));
        assert!(
            world
                .browser
                .get(url)
                .send()
                .await
                .unwrap_err()
                .is_request()
        );
    }
    assert_eq!(world.authorize(&good).await.status(), 302);
}

// Reported: slow servers, menu entries and double taps bring the same code twice.
#[actix_web::test]
async fn callback_twice_is_a_page_that_fetches_the_address_and_then_goes_there() {
    let world = World::new().await;
    let address = "http://127.0.0.1:8080/me?x=1&y=%22";
    order(&world, Effect::CallbackTwice);
    let silent = world.authorize(&request(address, "snsapi_base", "s")).await;
    assert_eq!(silent.status(), 200);
    let policy = silent.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(policy.contains("connect-src http://127.0.0.1:8080;"));
    let page = silent.text().await.unwrap();
    assert!(page.contains(r#"href="http://127.0.0.1:8080/me?x=1&amp;y=%22&amp;code="#));
    assert!(page.contains("fetch(address") && page.contains("location.replace(address)"));

    // After consent too, and the choice of the person is not lost on the way.
    order(&world, Effect::CallbackTwice);
    let consented = world.decide(APP, "xiaohong", "allow").await;
    assert!(consented.status() == 200 && consented.headers().contains_key("set-cookie"));
    let once = world.authorize(&request(APP, "snsapi_base", "s")).await;
    assert_eq!(once.status(), 302);
}

// The same as a switch, for a whole day of development.
#[actix_web::test]
async fn callback_twice_may_be_a_setting() {
    let world = World::new().await;
    let mut settings = world.simulator.settings();
    settings.deliver_twice = true;
    world.simulator.set_settings(settings);
    for _ in 0..2 {
        let response = world.authorize(&request(APP, "snsapi_base", "s")).await;
        assert!(
            response
                .text()
                .await
                .unwrap()
                .contains("同一个 code 送达两次")
        );
    }
}

// Reported: a shared or cached address brings somebody else's old code, hours later.
#[actix_web::test]
async fn stale_code_is_a_used_one_of_another_person() {
    let world = World::new().await;
    order(&world, Effect::StaleCode);
    let response = world.authorize(&request(APP, "snsapi_base", "s9")).await;
    let stale = code_of(&response);
    assert_eq!(
        location(&response),
        format!("http://127.0.0.1:8080/?code={stale}&state=s9")
    );
    let body = world.exchange(BOOKS, BOOKS_SECRET, &stale).await;
    assert_eq!(body["errcode"], 40163);
    let fresh = code_of(&world.authorize(&request(APP, "snsapi_base", "s")).await);
    let body = world.exchange(BOOKS, BOOKS_SECRET, &fresh).await;
    assert!(body["openid"].is_string());
}

// Ours: a rule for one person leaves the phones of others alone.
#[actix_web::test]
async fn delivery_rules_look_at_the_person_and_the_account() {
    let world = World::new().await;
    let fault = Fault::new(Endpoint::Authorize, Effect::StaleCode).for_person("xiaohong");
    world.simulator.add_fault(fault.for_appid(BOOKS));
    let usable = |body: serde_json::Value| body["openid"].is_string();
    let code = code_of(&world.authorize(&request(APP, "snsapi_base", "s")).await);
    assert!(usable(world.exchange(BOOKS, BOOKS_SECRET, &code).await));
    world.simulator.set_current("xiaohong");
    let code = code_of(&world.authorize(&request(APP, "snsapi_base", "s")).await);
    assert!(!usable(world.exchange(BOOKS, BOOKS_SECRET, &code).await));
}
