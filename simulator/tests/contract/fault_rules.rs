//! Fault rules, ordered by `GET|POST|DELETE /_simulator/faults` and in Rust, and what they do on the way through the browser.
//! All of it is ours; what it imitates is reported.

use reqwest::Method;
use serde_json::{Value, json};
use wechat_simulator::{Effect, Endpoint, Fault, Platform};

use crate::support::*;

const PATH: &str = "/_simulator/faults";

async fn post(world: &World, rule: &Value) -> (u16, Value) {
    let response = world.send(Method::POST, PATH, rule).await;
    (response.status, response.json())
}

async fn list(world: &World) -> Value {
    world.get(PATH).await.json()
}

// Ours: what was ordered can be read back, with what is left of it, over HTTP and in Rust; a reset ends everything.
#[actix_web::test]
async fn a_rule_is_added_listed_counted_down_and_removed() {
    let world = World::new().await;
    let rule = json!({
        "endpoint": "userinfo", "appid": BOOKS, "person": "xiaoming", "count": 2, "probability": 1.0, "seed": 7,
        "after_work": false, "effect": { "kind": "errcode", "errcode": 45011 },
    });
    let added = post(&world, &rule).await;
    let mut expected = rule;
    (expected["id"], expected["left"]) = (json!(1), json!(2));
    assert_eq!(added, (201, expected.clone()));
    let short = json!({ "endpoint": "auth", "effect": { "kind": "empty_body" } });
    post(&world, &short).await;
    let everlasting = json!({
        "id": 2, "endpoint": "auth", "effect": { "kind": "empty_body" }, "probability": 1.0, "seed": 0,
        "after_work": false, "left": null,
    });
    assert_eq!(list(&world).await, json!([expected, everlasting.clone()]));

    for (path, status, left) in [
        ("/_simulator/faults/1", 204, json!([everlasting.clone()])),
        ("/_simulator/faults/1", 404, json!([everlasting.clone()])),
        ("/_simulator/faults/nonsense", 404, json!([everlasting])),
        (PATH, 204, json!([])),
    ] {
        let deleted = world.call(Method::DELETE, path).await;
        assert_eq!(deleted.status, status, "{path}");
        assert_eq!(list(&world).await, left, "{path}");
    }

    // One API in two languages.
    let fault = || Fault::new(Endpoint::Userinfo, Effect::EmptyBody);
    let id = world.simulator.add_fault(fault().times(3));
    assert_eq!(list(&world).await[0]["id"], id);
    assert!(world.simulator.remove_fault(id));
    assert_eq!(list(&world).await, json!([]));
    world.simulator.add_fault(fault());
    world.simulator.reset();
    assert!(world.simulator.faults().is_empty());
}

// Ours: the documented spelling of every effect. A rule that could never strike proves nothing, so it is refused with a way
// to mend it.
#[actix_web::test]
async fn every_effect_has_its_spelling_and_rules_that_cannot_be_meant_are_refused() {
    let world = World::new().await;
    let mut tables: toml::Table = toml::from_str(include_str!("steering.toml")).unwrap();
    let mut table = |name| -> Vec<(String, String)> {
        let rows = tables.remove(name).unwrap();
        rows.try_into().unwrap()
    };
    let effects = table("effects");
    for (endpoint, effect) in &effects {
        let effect: Value = serde_json::from_str(effect).unwrap();
        let rule = json!({ "endpoint": endpoint, "effect": effect });
        let (status, added) = post(&world, &rule).await;
        assert_eq!((status, &added["effect"]), (201, &effect), "{added}");
    }
    for (rule, error) in table("impossible_rules") {
        let (status, body) = post(&world, &serde_json::from_str(&rule).unwrap()).await;
        assert_eq!(status, 400, "{rule}");
        let said = body["error"].as_str().unwrap();
        assert!(said.contains(&error), "{rule}: {said}");
        assert_ne!(body["fix"].as_str().unwrap(), "", "{rule}");
    }
    assert_eq!(world.simulator.faults().len(), effects.len());
    // JSON cannot say this.
    let fault = Fault::new(Endpoint::Auth, Effect::EmptyBody).with_probability(f64::NAN, 0);
    assert!(Platform::default().add_fault(fault).is_err());
}

#[actix_web::test]
#[should_panic(expected = "person: there is no person \"nobody\"")]
async fn an_impossible_rule_is_the_tests_mistake() {
    let fault = Fault::new(Endpoint::Userinfo, Effect::EmptyBody).for_person("nobody");
    World::new().await.simulator.add_fault(fault);
}

fn order(world: &World, effect: Effect) {
    world.order(Endpoint::Authorize, effect);
}

// h5: 10009, the one error of that page that passes by itself. Ours: an errmsg of a rule is text.
#[actix_web::test]
async fn an_ordered_number_is_shown_on_the_page_and_passes() {
    let world = World::new().await;
    order(&world, errcode(10009));
    let response = world.silent(APP).await;
    let text = "操作太频繁了，请稍后重试";
    response.assert_refused(text, Some(10009), "ordered");
    assert_eq!(world.simulator.requests().pop().unwrap().errcode, 10009);
    assert_eq!(world.silent(APP).await.status, 302);

    let (errcode, errmsg) = (1, Some(SCRIPT.into()));
    order(&world, Effect::Errcode { errcode, errmsg });
    world.silent(APP).await.assert_escaped();
}

// Ours: the page may fail as every page may.
#[actix_web::test]
async fn the_page_may_be_empty_or_a_gateways_or_never_come() {
    let world = World::new().await;
    order(&world, Effect::HttpStatus { status: 503 });
    assert_eq!(world.silent(APP).await.status, 503);
    order(&world, Effect::EmptyBody);
    let empty = world.silent(APP).await;
    assert_eq!((empty.status, empty.text()), (200, ""));
    let path = authorize_path(&request(APP, "snsapi_base", "s"));
    for effect in [Effect::ResetBefore, Effect::ResetAfter] {
        order(&world, effect);
        let reset = world.request(Method::GET, &path).send().await;
        assert!(reset.unwrap_err().is_request());
    }
    assert_eq!(world.silent(APP).await.status, 302);
}

// Reported: slow servers, menu entries and double taps bring the same code twice. The same may be a switch, for a whole
// day of development.
#[actix_web::test]
async fn callback_twice_is_a_page_that_fetches_the_address_and_then_goes_there() {
    let world = World::new().await;
    order(&world, Effect::CallbackTwice);
    let page = world.silent("http://127.0.0.1:8080/me?x=1&y=%22").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("connect-src http://127.0.0.1:8080;"));
    page.assert_has(["fetch(address", "location.replace(address)"]);
    page.assert_has([r#"href="http://127.0.0.1:8080/me?x=1&amp;y=%22&amp;code="#]);

    // After consent too, and the choice of the person is not lost on the way.
    order(&world, Effect::CallbackTwice);
    let consented = world.decide(APP, "xiaohong", "allow").await;
    assert!(consented.status == 200 && consented.headers.contains_key("set-cookie"));
    assert_eq!(world.silent(APP).await.status, 302);

    world.set(|settings| settings.deliver_twice = true);
    for _ in 0..2 {
        let page = world.silent(APP).await;
        assert!(page.contains("同一个 code 送达两次"));
    }
}

// Reported: a shared or cached address brings somebody else's old code, hours later. Ours: a rule for
// one person leaves the phones of others alone.
#[actix_web::test]
async fn stale_code_is_a_used_one_of_another_person() {
    let world = World::new().await;
    order(&world, Effect::StaleCode);
    let response = world.silent(APP).await;
    let stale = response.code();
    let expected = format!("http://127.0.0.1:8080/?code={stale}&state=s");
    assert_eq!(response.location(), expected);
    assert_eq!(world.exchange(BOOKS, &stale).await["errcode"], 40163);
    let fresh = world.silent(APP).await.code();
    assert!(world.is_usable(&fresh).await);

    let fault = Fault::new(Endpoint::Authorize, Effect::StaleCode).for_person("xiaohong");
    world.simulator.add_fault(fault.for_appid(BOOKS));
    for (person, is_usable) in [("xiaoming", true), ("xiaohong", false)] {
        world.simulator.set_current(person);
        let code = world.silent(APP).await.code();
        assert_eq!(world.is_usable(&code).await, is_usable, "{person}");
    }
}
