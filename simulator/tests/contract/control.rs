//! What is ours under `/_simulator`.

use serde_json::{Value, json};
use wechat_simulator::GrantedScope;

use crate::support::*;

async fn send(
    world: &World,
    method: reqwest::Method,
    path: &str,
    body: &Value,
) -> reqwest::Response {
    world
        .browser
        .request(method, world.url(path))
        .json(body)
        .send()
        .await
        .unwrap()
}

#[actix_web::test]
async fn health_says_ok() {
    let world = World::new().await;
    let response = world.get("/_simulator/health").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.text().await.unwrap(), "ok");
}

#[actix_web::test]
async fn the_clock_moves_by_request() {
    let world = World::new().await;
    let code = world
        .simulator
        .issue_code(BOOKS, "xiaoming", GrantedScope::Base);
    let body = json!({ "advance_seconds": 300 });
    assert_eq!(
        send(&world, reqwest::Method::POST, "/_simulator/clock", &body)
            .await
            .status(),
        204
    );
    assert_eq!(
        world.exchange(BOOKS, BOOKS_SECRET, &code).await["errcode"],
        40029
    );
    for wrong in [
        json!({}),
        json!({ "advance_seconds": -1 }),
        json!({ "advance_seconds": 1, "other": 1 }),
    ] {
        assert_eq!(
            send(&world, reqwest::Method::POST, "/_simulator/clock", &wrong)
                .await
                .status(),
            400
        );
    }
}

#[actix_web::test]
async fn the_phone_changes_hands_by_request() {
    let world = World::new().await;
    let xiaoming = world.silent_openid().await;
    let put = |persona: &str| json!({ "persona": persona });
    let changed = send(
        &world,
        reqwest::Method::PUT,
        "/_simulator/current",
        &put("ahua"),
    )
    .await;
    assert_eq!(changed.status(), 204);
    let ahua = world.silent_openid().await;
    assert_ne!(xiaoming, ahua);

    let unknown = send(
        &world,
        reqwest::Method::PUT,
        "/_simulator/current",
        &put("nobody"),
    )
    .await;
    assert_eq!(unknown.status(), 404);
    assert!(unknown.text().await.unwrap().contains("xiaoming"));
    assert_eq!(world.silent_openid().await, ahua);
}

#[actix_web::test]
async fn the_log_counts_wechats_requests_and_masks_secrets() {
    let world = World::new().await;
    let openid = world.silent_openid().await;
    world.get("/_simulator").await;
    let logged = world.simulator.requests();
    let lines: Vec<_> = logged
        .iter()
        .map(|r| (r.method.as_str(), r.path.as_str(), r.errcode))
        .collect();
    assert_eq!(
        lines,
        [
            ("GET", "/connect/oauth2/authorize", 0),
            ("GET", "/sns/oauth2/access_token", 0)
        ]
    );
    assert_eq!(logged[1].appid.as_deref(), Some(BOOKS));

    let text = world
        .get("/_simulator/requests")
        .await
        .text()
        .await
        .unwrap();
    assert_eq!(serde_json::from_str::<Vec<Value>>(&text).unwrap().len(), 2);
    assert!(
        text.contains(r#"{"name":"secret","value":"***"}"#)
            && text.contains(r#"{"name":"code","value":"***"}"#)
    );
    assert!(!text.contains(BOOKS_SECRET) && !text.contains(&openid));
}

#[actix_web::test]
async fn the_page_for_people_hands_the_phone_over() {
    let world = World::new().await;
    let xiaoming = world.silent_openid().await;
    let form = [("person", "xiaohong")];
    let response = world
        .browser
        .post(world.url("/_simulator/phone"))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (response.status().as_u16(), location(&response)),
        (303, "/_simulator")
    );
    assert_ne!(world.silent_openid().await, xiaoming);

    let page = world.get("/_simulator").await.text().await.unwrap();
    for part in [
        BOOKS,
        CAFE,
        FLOWERS,
        "小红",
        "正拿着手机",
        "Simulated, not WeChat",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("&lt;b&gt;小&amp;") && !page.contains("<b>小"));
    assert!(!page.contains(BOOKS_SECRET));
    let unknown = [("person", "nobody")];
    let response = world
        .browser
        .post(world.url("/_simulator/phone"))
        .form(&unknown)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
}

#[actix_web::test]
async fn an_unknown_address_is_a_404_that_says_it_is_simulated() {
    let world = World::new().await;
    let response = world.get("/cgi-bin/nothing").await;
    assert_eq!(response.status(), 404);
    assert!(
        response
            .text()
            .await
            .unwrap()
            .contains("Simulated, not WeChat")
    );
}
