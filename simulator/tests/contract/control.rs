//! Steering by programs under `/_simulator`. All of it is ours: WeChat has nothing like it.

use reqwest::Method;
use serde_json::{Value, json};
use wechat_simulator::{GrantedScope, Platform};

use crate::support::*;

/// Method, path and body of what is refused.
type Refused = Vec<(String, String, String)>;

const CLOCK: &str = "/_simulator/clock";
const CURRENT: &str = "/_simulator/current";
const SETTINGS: &str = "/_simulator/settings";
const REQUESTS: &str = "/_simulator/requests";
const RESET: &str = "/_simulator/reset";
const XINREN: &str = "/_simulator/personas/xinren";

async fn put(world: &World, path: &str, body: Value) -> Response {
    world.send(Method::PUT, path, &body).await
}

async fn get(world: &World, path: &str) -> Value {
    world.get(path).await.json()
}

#[actix_web::test]
async fn health_says_ok_and_an_unknown_address_that_it_is_simulated() {
    let world = World::new().await;
    let health = world.get("/_simulator/health").await;
    assert_eq!((health.status, health.text()), (200, "ok"));
    let unknown = world.get("/cgi-bin/nothing").await;
    assert!(unknown.status == 404 && unknown.contains("Simulated, not WeChat"));
    let patched = world.call(Method::PATCH, SETTINGS).await;
    assert!(patched.status == 405 && patched.json()["fix"].is_string());
}

#[actix_web::test]
async fn the_phone_changes_hands_by_request() {
    let world = World::new().await;
    let xiaoming = world.silent_openid().await;
    let changed = put(&world, CURRENT, json!({ "persona": "ahua" })).await;
    assert_eq!(changed.status, 204);
    let ahua = world.silent_openid().await;
    assert_ne!(xiaoming, ahua);

    let unknown = put(&world, CURRENT, json!({ "persona": "nobody" })).await;
    assert!(unknown.status == 404 && unknown.contains("xiaoming"));
    assert_eq!(world.silent_openid().await, ahua);
}

#[actix_web::test]
async fn the_log_counts_wechats_requests_masks_secrets_and_is_cleared_by_request() {
    let world = World::new().await;
    let openid = world.silent_openid().await;
    world.get("/_simulator").await;
    let logged = world.simulator.requests();
    let lines = logged.iter().map(|r| (&*r.method, &*r.path, r.errcode));
    let expected = [
        ("GET", "/connect/oauth2/authorize", 0),
        ("GET", EXCHANGE, 0),
    ];
    assert_eq!(lines.collect::<Vec<_>>(), expected);
    assert_eq!(logged[1].appid.as_deref(), Some(BOOKS));

    let log = world.get(REQUESTS).await;
    assert_eq!(log.json().as_array().unwrap().len(), 2);
    for name in ["secret", "code"] {
        let masked = format!(r#"{{"name":"{name}","value":"***"}}"#);
        assert!(log.contains(&masked), "{name}");
    }
    assert!(!log.contains(BOOKS_SECRET) && !log.contains(&openid));

    let cleared = world.call(Method::DELETE, REQUESTS).await;
    assert_eq!(cleared.status, 204);
    assert_eq!(get(&world, REQUESTS).await, json!([]));
    world.silent_openid().await;
    assert_eq!(get(&world, REQUESTS).await[0]["number"], 3);
}

#[actix_web::test]
async fn a_person_put_by_request_can_log_in_and_be_replaced() {
    let world = World::new().await;
    // A digit less than a real secret has.
    let body = json!({ "nickname": "新人", "note": "123456789abcdef0123456789abcdef" });
    let added = put(&world, XINREN, body).await;
    let person = added.json();
    assert_eq!((added.status, &person["id"]), (201, &json!("xinren")));
    assert_eq!(person["unionid"], true);
    assert_eq!(get(&world, XINREN).await, person);
    let body = json!({ "nickname": "旧人", "habit": "slow" });
    assert_eq!(put(&world, XINREN, body).await.status, 200);
    assert_eq!(get(&world, XINREN).await["nickname"], "旧人");
    let everybody = get(&world, "/_simulator/personas").await;
    let everybody = everybody.as_array().unwrap();
    assert_eq!(everybody[0]["id"], "xiaoming");
    assert_eq!(everybody.last().unwrap()["id"], "xinren");
    assert_eq!(world.code("xinren", GrantedScope::Base).len(), 32);
}

#[actix_web::test]
async fn what_is_wrong_is_refused_with_what_to_do_and_no_secret_repeated() {
    let world = World::new().await;
    let mut tables: toml::Table = toml::from_str(include_str!("steering.toml")).unwrap();
    let refused: Refused = tables.remove("refused").unwrap().try_into().unwrap();
    let settings = get(&world, SETTINGS).await;
    let openid = world.simulator.openid(BOOKS, "xiaohong");
    for (method, path, body) in refused {
        let body = body.replace("$openid_of_another", &openid);
        let (method, path) = (method.parse().unwrap(), format!("/_simulator/{path}"));
        let value = serde_json::from_str(&body).unwrap();
        let refused = world.send(method, &path, &value).await;
        let (case, answer) = (format!("{path} {body}"), refused.json());
        assert_eq!(refused.status, 400, "{case}");
        for part in ["error", "fix"] {
            assert!(answer[part].is_string(), "{case}: {answer}");
        }
        let secret = "0123456789abcdef0123456789abcdef";
        let is_secret = body.contains(secret);
        assert_eq!(refused.contains("AppSecret"), is_secret, "{case}: {answer}");
        assert!(!refused.contains(secret), "{case}");
    }
    assert_eq!(get(&world, SETTINGS).await, settings);
    for path in [XINREN, "/_simulator/personas/nobody/ids"] {
        let unknown = world.get(path).await;
        assert_eq!(unknown.status, 404, "{path}");
    }
    let known = &world.get(XINREN).await.json()["known"];
    assert!(known.as_array().unwrap().contains(&json!("xiaoming")));
}

#[actix_web::test]
async fn the_clock_moves_and_switches_are_set_by_request() {
    let world = World::new().await;
    let code = world.code("xiaoming", GrantedScope::Base);
    let body = json!({ "advance_seconds": 300 });
    let moved = world.send(Method::POST, CLOCK, &body).await;
    assert_eq!(moved.status, 204);
    assert_eq!(world.exchange(BOOKS, &code).await["errcode"], 40029);

    let before = get(&world, SETTINGS).await;
    assert_eq!(before["require_state"], false);
    assert_eq!(before["refusal"], "go_back");
    let body = json!({ "require_state": true, "refusal": "blank" });
    let changed = put(&world, SETTINGS, body).await;
    let after = changed.json();
    assert!(after["require_state"] == true && after["refusal"] == "blank");
    assert_eq!(changed.status, 200);
    assert_eq!(get(&world, SETTINGS).await, after);
    let page = world.authorize(&request(APP, "snsapi_base", "")[..4]).await;
    page.assert_refused("state不能为空", Some(10013), "no state");
}

#[actix_web::test]
async fn no_other_site_can_steer() {
    let world = World::new().await;
    // A body that is not declared as JSON is what a page of another site may send unasked.
    let clock = world.request(Method::POST, CLOCK);
    let refused = read(clock.body(r#"{"advance_seconds":1}"#)).await;
    assert_eq!(refused.status, 415);
    let fix = refused.json()["fix"].clone();
    assert!(fix.as_str().unwrap().contains("application/json"));
    let own = world.simulator.base_url();
    for (header, value, status) in [
        ("sec-fetch-site", "cross-site", 403),
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("origin", &*own, 204),
    ] {
        let reset = world.request(Method::POST, RESET);
        let response = read(reset.header(header, value)).await;
        assert_eq!(response.status, status, "{header}: {value}");
    }
    let spelt = world.request(Method::POST, &RESET.replace('_', "%5F"));
    let response = read(spelt.header("sec-fetch-site", "cross-site")).await;
    assert_eq!(response.status, 403);
}

#[actix_web::test]
async fn a_name_that_a_site_may_lead_here_reaches_wechats_paths_alone() {
    let mut platform = Platform::default();
    platform.permit_host("phone.example");
    let world = World::of(platform).await;
    let ask = |path: &str, host: &str, accept: &str| {
        let request = world.request(Method::GET, path);
        read(request.header("host", host).header("accept", accept))
    };
    for path in [
        "/_simulator",
        "/_simulator/requests",
        "/%5Fsimulator/people",
    ] {
        let refused = ask(path, "evil.example:8082", "*/*").await;
        assert_eq!(refused.status, 403, "{path}");
        let fix = refused.json()["fix"].clone();
        assert!(fix.as_str().unwrap().contains("--permit-host"));
    }
    let page = ask("/_simulator", "evil.example", "text/html").await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("--permit-host"));
    for host in ["phone.example:8082", "localhost", "simulator:8082"] {
        assert_eq!(ask(REQUESTS, host, "*/*").await.status, 200, "{host}");
    }
    // Also after everything began anew.
    assert_eq!(world.call(Method::POST, RESET).await.status, 204);
    assert_eq!(ask(REQUESTS, "phone.example", "*/*").await.status, 200);
    let authorize = authorize_path(&request(APP, "snsapi_base", "s"));
    assert_eq!(ask(&authorize, "wechat.example", "*/*").await.status, 302);
}

#[actix_web::test]
async fn a_reset_forgets_everything_since_the_start() {
    let world = World::new().await;
    let code = world.code("xiaoming", GrantedScope::Base);
    put(&world, XINREN, json!({})).await;
    put(&world, CURRENT, json!({ "persona": "ahua" })).await;
    put(&world, SETTINGS, json!({ "require_state": true })).await;
    let reset = world.call(Method::POST, RESET).await;
    assert_eq!(reset.status, 204);
    assert_eq!(get(&world, REQUESTS).await, json!([]));
    assert_eq!(world.get(XINREN).await.status, 404);
    assert_eq!(get(&world, SETTINGS).await["require_state"], false);
    assert_eq!(world.exchange(BOOKS, &code).await["errcode"], 40029);
    let openid = world.silent_openid().await;
    assert_eq!(openid, world.simulator.openid(BOOKS, "xiaoming"));
}

#[actix_web::test]
async fn a_persons_ids_are_those_that_logins_bring() {
    let world = World::new().await;
    let path = |person: &str| format!("/_simulator/personas/{person}/ids");
    let ids = get(&world, &path("xiaoming")).await;
    let unionid = world.simulator.unionid(BOOKS, "xiaoming");
    let openid = world.simulator.openid(BOOKS, "xiaoming");
    assert_eq!(ids[BOOKS]["openid"], openid);
    assert_eq!(ids[BOOKS]["unionid"], json!(unionid));
    // Not bound to an open platform.
    assert_eq!(ids[FLOWERS]["unionid"], Value::Null);
    // WeChat never tells this person's unionid.
    let ids = get(&world, &path("wuunionid")).await;
    assert_eq!(ids[BOOKS]["unionid"], Value::Null);
}
