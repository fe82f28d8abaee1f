//! Steering by programs. All of it is ours: WeChat has nothing like it.

use reqwest::Method;
use serde_json::{Value, json};
use wechat_simulator::GrantedScope;

use crate::support::*;

const REAL_LOOKING_SECRET: &str = "0123456789abcdef0123456789abcdef";

async fn send(world: &World, method: Method, path: &str, body: Value) -> (u16, Value) {
    let request = world.browser.request(method, world.url(path)).json(&body);
    read(request.send().await.unwrap()).await
}

async fn read(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

async fn get(world: &World, path: &str) -> Value {
    read(world.get(path).await).await.1
}

#[actix_web::test]
async fn a_person_put_by_request_can_log_in_and_be_replaced() {
    let world = World::new().await;
    let path = "/_simulator/personas/xinren";
    let (status, person) = send(&world, Method::PUT, path, json!({ "nickname": "新人" })).await;
    assert_eq!(
        (status, &person["id"], &person["unionid"]),
        (201, &json!("xinren"), &json!(true))
    );
    assert_eq!(get(&world, path).await, person);
    let (status, _) = send(
        &world,
        Method::PUT,
        path,
        json!({ "nickname": "旧人", "habit": "slow" }),
    )
    .await;
    assert_eq!(status, 200);
    assert_eq!(get(&world, path).await["nickname"], "旧人");
    let everybody = get(&world, "/_simulator/personas").await;
    let ids: Vec<_> = everybody
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["id"].clone())
        .collect();
    assert_eq!(
        (&ids[0], ids.last().unwrap()),
        (&json!("xiaoming"), &json!("xinren"))
    );
    assert!(
        world
            .simulator
            .issue_code(BOOKS, "xinren", GrantedScope::Base)
            .len()
            == 32
    );
}

#[actix_web::test]
async fn a_wrong_person_is_refused_with_what_to_do() {
    let world = World::new().await;
    let taken = world.simulator.openid(BOOKS, "xiaoming");
    for body in [
        json!({ "nickname": 7 }),
        json!({ "name": "x" }),
        json!({ "id": "another" }),
        json!({ "habit": "sings" }),
        json!({ "pinned_openids": { BOOKS: taken } }),
        json!(["xinren"]),
    ] {
        let (status, answer) = send(
            &world,
            Method::PUT,
            "/_simulator/personas/xinren",
            body.clone(),
        )
        .await;
        assert_eq!(status, 400, "{body}");
        assert!(
            answer["error"].is_string() && answer["fix"].is_string(),
            "{answer}"
        );
    }
    let (status, _) = send(&world, Method::PUT, "/_simulator/personas/a%20b", json!({})).await;
    assert_eq!(status, 400);
    let response = world.get("/_simulator/personas/xinren").await;
    let (status, answer) = read(response).await;
    assert!(
        status == 404
            && answer["known"]
                .as_array()
                .unwrap()
                .contains(&json!("xiaoming"))
    );
}

#[actix_web::test]
async fn whatever_looks_like_a_real_secret_is_refused_and_not_repeated() {
    let world = World::new().await;
    for (method, path, body) in [
        (
            Method::PUT,
            "/_simulator/personas/xinren",
            json!({ "note": REAL_LOOKING_SECRET }),
        ),
        (
            Method::PUT,
            "/_simulator/current",
            json!({ "persona": REAL_LOOKING_SECRET }),
        ),
        (
            Method::PUT,
            "/_simulator/settings",
            json!({ REAL_LOOKING_SECRET: true }),
        ),
        (
            Method::POST,
            "/_simulator/clock",
            json!({ "advance_seconds": REAL_LOOKING_SECRET }),
        ),
    ] {
        let (status, answer) = send(&world, method, path, body).await;
        assert_eq!(status, 400, "{path}");
        let text = answer.to_string();
        assert!(
            text.contains("AppSecret") && !text.contains(REAL_LOOKING_SECRET),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn a_body_that_is_not_declared_as_json_is_refused_so_that_no_other_site_can_steer() {
    let world = World::new().await;
    let clock = world.browser.post(world.url("/_simulator/clock"));
    let (status, answer) = read(clock.body(r#"{"advance_seconds":1}"#).send().await.unwrap()).await;
    assert!(status == 415 && answer["fix"].as_str().unwrap().contains("application/json"));
    let reset = world.browser.post(world.url("/_simulator/reset"));
    let response = reset
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 403);
}

#[actix_web::test]
async fn settings_are_read_and_set_as_a_whole() {
    let world = World::new().await;
    let before = get(&world, "/_simulator/settings").await;
    assert_eq!(
        (&before["require_state"], &before["refusal"]),
        (&json!(false), &json!("go_back"))
    );
    let body = json!({ "require_state": true, "refusal": "blank" });
    let (status, after) = send(&world, Method::PUT, "/_simulator/settings", body).await;
    assert!(status == 200 && after["require_state"] == true && after["refusal"] == "blank");
    let page = world.authorize(&request(APP, "snsapi_base", "")[..4]).await;
    assert!(page.text().await.unwrap().contains("错误码：10013"));
    let (status, _) = send(
        &world,
        Method::PUT,
        "/_simulator/settings",
        json!({ "strict": true }),
    )
    .await;
    assert_eq!(status, 400);
    assert_eq!(get(&world, "/_simulator/settings").await, after);
}

#[actix_web::test]
async fn the_log_is_cleared_by_request() {
    let world = World::new().await;
    world.silent_openid().await;
    assert_eq!(
        get(&world, "/_simulator/requests")
            .await
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let cleared = world.browser.delete(world.url("/_simulator/requests"));
    assert_eq!(cleared.send().await.unwrap().status(), 204);
    assert_eq!(get(&world, "/_simulator/requests").await, json!([]));
    world.silent_openid().await;
    assert_eq!(get(&world, "/_simulator/requests").await[0]["number"], 3);
}

#[actix_web::test]
async fn a_reset_forgets_everything_since_the_start() {
    let world = World::new().await;
    let code = world
        .simulator
        .issue_code(BOOKS, "xiaoming", GrantedScope::Base);
    send(
        &world,
        Method::PUT,
        "/_simulator/personas/xinren",
        json!({}),
    )
    .await;
    send(
        &world,
        Method::PUT,
        "/_simulator/current",
        json!({ "persona": "ahua" }),
    )
    .await;
    send(
        &world,
        Method::PUT,
        "/_simulator/settings",
        json!({ "require_state": true }),
    )
    .await;
    let reset = world.browser.post(world.url("/_simulator/reset"));
    assert_eq!(reset.send().await.unwrap().status(), 204);
    assert_eq!(get(&world, "/_simulator/requests").await, json!([]));
    assert_eq!(world.get("/_simulator/personas/xinren").await.status(), 404);
    assert_eq!(
        get(&world, "/_simulator/settings").await["require_state"],
        false
    );
    assert_eq!(
        world.exchange(BOOKS, BOOKS_SECRET, &code).await["errcode"],
        40029
    );
    assert_eq!(
        world.silent_openid().await,
        world.simulator.openid(BOOKS, "xiaoming")
    );
}

#[actix_web::test]
async fn a_method_that_is_not_known_says_where_to_look() {
    let world = World::new().await;
    let response = world.browser.patch(world.url("/_simulator/settings"));
    let (status, answer) = read(response.send().await.unwrap()).await;
    assert!(status == 405 && answer["fix"].is_string());
}

#[actix_web::test]
async fn a_persons_ids_are_those_that_logins_bring() {
    let world = World::new().await;
    let ids = get(&world, "/_simulator/personas/xiaoming/ids").await;
    assert_eq!(
        ids[BOOKS]["openid"],
        world.simulator.openid(BOOKS, "xiaoming")
    );
    assert_eq!(
        ids[BOOKS]["unionid"],
        json!(world.simulator.unionid(BOOKS, "xiaoming"))
    );
    // Not bound to an open platform.
    assert_eq!(ids["wx00000000000000b1"]["unionid"], Value::Null);
    // WeChat never tells this person's unionid.
    let ids = get(&world, "/_simulator/personas/wuunionid/ids").await;
    assert_eq!(ids[BOOKS]["unionid"], Value::Null);
    let answer = world.get("/_simulator/personas/nobody/ids").await;
    assert_eq!(answer.status(), 404);
}
