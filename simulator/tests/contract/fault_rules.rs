//! `GET|POST|DELETE /_simulator/faults`, and the same in Rust.

use serde_json::{Value, json};
use wechat_simulator::{Effect, Endpoint, Fault};

use crate::support::*;

const PATH: &str = "/_simulator/faults";

async fn post(world: &World, rule: Value) -> (u16, Value) {
    let post = world.browser.post(world.url(PATH)).json(&rule);
    let response = post.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn list(world: &World) -> Vec<Value> {
    world.get(PATH).await.json().await.unwrap()
}

async fn delete(world: &World, path: &str) -> u16 {
    let deleted = world.browser.delete(world.url(path)).send().await;
    deleted.unwrap().status().as_u16()
}

// Ours: what was ordered can be read back, with what is left of it.
#[actix_web::test]
async fn a_rule_is_added_listed_counted_down_and_removed() {
    let world = World::new().await;
    let rule = json!({
        "endpoint": "userinfo", "appid": BOOKS, "person": "xiaoming", "count": 2, "probability": 1.0, "seed": 7,
        "after_work": false, "effect": { "kind": "errcode", "errcode": 45011 },
    });
    let (status, added) = post(&world, rule.clone()).await;
    let mut expected = rule;
    (expected["id"], expected["left"]) = (json!(1), json!(2));
    assert_eq!((status, &added), (201, &expected));
    post(
        &world,
        json!({ "endpoint": "auth", "effect": { "kind": "empty_body" } }),
    )
    .await;
    let everlasting = json!({
        "id": 2, "endpoint": "auth", "effect": { "kind": "empty_body" }, "probability": 1.0, "seed": 0,
        "after_work": false, "left": null,
    });
    assert_eq!(list(&world).await, [expected, everlasting]);

    assert_eq!(delete(&world, "/_simulator/faults/1").await, 204);
    assert_eq!(delete(&world, "/_simulator/faults/1").await, 404);
    assert_eq!(delete(&world, "/_simulator/faults/nonsense").await, 404);
    assert_eq!(list(&world).await.len(), 1);
    assert_eq!(delete(&world, PATH).await, 204);
    assert!(list(&world).await.is_empty());
}

// Ours: the documented spelling of every effect.
#[actix_web::test]
async fn every_effect_has_its_spelling() {
    let world = World::new().await;
    for (endpoint, effect) in [
        ("authorize", json!({ "kind": "callback_twice" })),
        ("authorize", json!({ "kind": "stale_code" })),
        ("authorize", json!({ "kind": "errcode", "errcode": 10009 })),
        (
            "access_token",
            json!({ "kind": "errcode", "errcode": -1, "errmsg": "x" }),
        ),
        (
            "refresh_token",
            json!({ "kind": "string_errcode", "errcode": 40030 }),
        ),
        ("userinfo", json!({ "kind": "http_status", "status": 502 })),
        ("auth", json!({ "kind": "html_body" })),
        ("token", json!({ "kind": "truncated_json" })),
        ("stable_token", json!({ "kind": "wrong_charset" })),
        ("access_token", json!({ "kind": "delay", "millis": 300 })),
        ("access_token", json!({ "kind": "reset_before" })),
        ("access_token", json!({ "kind": "reset_after" })),
    ] {
        let rule = json!({ "endpoint": endpoint, "effect": effect });
        let (status, added) = post(&world, rule).await;
        assert_eq!((status, &added["effect"]), (201, &effect), "{added}");
    }
    assert_eq!(world.simulator.faults().len(), 12);
}

// Ours: a rule that could never strike proves nothing, so it is refused with a way to mend it.
#[actix_web::test]
async fn rules_that_cannot_be_meant_are_refused_with_a_fix() {
    let world = World::new().await;
    let empty = json!({ "kind": "empty_body" });
    for (rule, error) in [
        (json!({}), "endpoint"),
        (
            json!({ "endpoint": "login", "effect": empty }),
            "stable_token",
        ),
        (
            json!({ "endpoint": "auth", "effect": { "kind": "empty_body", "y": 2 } }),
            "`y`",
        ),
        (
            json!({ "endpoint": "auth", "effect": { "kind": "fire" } }),
            "reset_after",
        ),
        (
            json!({ "endpoint": "auth", "effect": empty, "times": 1 }),
            "times",
        ),
        (
            json!({ "endpoint": "auth", "effect": empty, "count": 0 }),
            "count",
        ),
        (
            json!({ "endpoint": "auth", "effect": empty, "count": -1 }),
            "-1",
        ),
        (
            json!({ "endpoint": "auth", "effect": empty, "probability": 2 }),
            "probability",
        ),
        (
            json!({ "endpoint": "auth", "effect": empty, "appid": "wx1" }),
            "wx1",
        ),
        (
            json!({ "endpoint": "auth", "effect": empty, "person": "nobody" }),
            "nobody",
        ),
        (
            json!({ "endpoint": "token", "effect": empty, "person": "xiaoming" }),
            "person",
        ),
        (
            json!({ "endpoint": "auth", "effect": { "kind": "stale_code" } }),
            "callback",
        ),
        (
            json!({ "endpoint": "auth", "effect": { "kind": "errcode", "errcode": 0 } }),
            "errcode",
        ),
        (
            json!({ "endpoint": "auth", "effect": { "kind": "delay", "millis": 60_001 } }),
            "60001",
        ),
        (
            json!({ "endpoint": "auth", "effect": { "kind": "http_status", "status": 200 } }),
            "200",
        ),
    ] {
        let (status, body) = post(&world, rule.clone()).await;
        assert_eq!(status, 400, "{rule}");
        let said = body["error"].as_str().unwrap();
        assert!(said.contains(error), "{rule}: {said}");
        assert!(!body["fix"].as_str().unwrap().is_empty());
    }
    assert!(list(&world).await.is_empty());
}

// Ours: one API in two languages, and a reset ends everything.
#[actix_web::test]
async fn rust_and_http_see_the_same_rules_and_reset_ends_them() {
    let world = World::new().await;
    let id = world
        .simulator
        .add_fault(Fault::new(Endpoint::Userinfo, Effect::EmptyBody).times(3));
    assert_eq!(list(&world).await[0]["id"], id);
    assert!(world.simulator.remove_fault(id) && list(&world).await.is_empty());
    world
        .simulator
        .add_fault(Fault::new(Endpoint::Userinfo, Effect::EmptyBody));
    world.simulator.reset();
    assert!(world.simulator.faults().is_empty());
}

#[actix_web::test]
#[should_panic(expected = "person: there is no person \"nobody\"")]
async fn an_impossible_rule_is_the_tests_mistake() {
    let fault = Fault::new(Endpoint::Userinfo, Effect::EmptyBody).for_person("nobody");
    World::new().await.simulator.add_fault(fault);
}
