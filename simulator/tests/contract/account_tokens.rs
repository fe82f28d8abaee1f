//! `GET /cgi-bin/token` and `POST /cgi-bin/stable_token`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::*;

const GOOD: [(&str, &str); 3] = [
    ("grant_type", "client_credential"),
    ("appid", BOOKS),
    ("secret", BOOKS_SECRET),
];

async fn token(world: &World) -> String {
    let body = world.json("/cgi-bin/token", &GOOD).await;
    assert_eq!(body["expires_in"], 7200);
    body["access_token"].as_str().unwrap().to_owned()
}

async fn post(world: &World, body: String) -> reqwest::Response {
    let url = world.url("/cgi-bin/stable_token");
    world.browser.post(url).body(body).send().await.unwrap()
}

async fn stable(world: &World, changes: Value) -> Value {
    let mut body =
        json!({ "grant_type": "client_credential", "appid": BOOKS, "secret": BOOKS_SECRET });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    let response = post(world, body.to_string()).await;
    assert_eq!(response.status(), 200);
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

// Page of /cgi-bin/token: the previous token works for about five minutes more.
#[actix_web::test]
async fn a_new_account_token_ends_the_one_before_within_five_minutes() {
    let world = World::new().await;
    let (first, second) = (token(&world).await, token(&world).await);
    assert_ne!(first, second);
    let works = |token: &str| world.simulator.account_token_works(BOOKS, token);
    world.simulator.advance_clock(Duration::from_secs(290));
    assert!(works(&first) && works(&second));
    world.simulator.advance_clock(Duration::from_secs(10));
    assert!(!works(&first) && works(&second));
}

// Page of /cgi-bin/stable_token: normal mode gives everybody the same token and disturbs no other; force replaces it.
#[actix_web::test]
async fn the_stable_token_is_the_same_for_everybody_until_forced() {
    let world = World::new().await;
    let plain = token(&world).await;
    let first = stable(&world, json!({})).await;
    let second = stable(&world, json!({ "force_refresh": false })).await;
    assert_eq!(first["access_token"], second["access_token"]);
    let works = |token: &Value| {
        let token = token["access_token"].as_str().unwrap();
        world.simulator.account_token_works(BOOKS, token)
    };
    let forced = stable(&world, json!({ "force_refresh": true })).await;
    assert!(works(&forced) && !works(&first));
    assert!(world.simulator.account_token_works(BOOKS, &plain) && forced["access_token"] != plain);
}

// Page of /cgi-bin/stable_token: force works 20 times a day.
#[actix_web::test]
async fn force_is_refused_from_the_21st_time_on_a_day() {
    let world = World::new().await;
    let mut last = Value::Null;
    for _ in 0..20 {
        let body = stable(&world, json!({ "force_refresh": true })).await;
        assert_eq!(body["expires_in"], 7200);
        assert_ne!(body["access_token"], last);
        last = body["access_token"].clone();
        // Within thirty seconds it is the same token, and does not count.
        let again = stable(&world, json!({ "force_refresh": true })).await;
        assert_eq!(again["access_token"], last);
        world.simulator.advance_clock(Duration::from_secs(30));
    }
    let body = stable(&world, json!({ "force_refresh": true })).await;
    assert_eq!(body["errcode"], 45009);
    world
        .simulator
        .advance_clock(Duration::from_secs(24 * 3600));
    let body = stable(&world, json!({ "force_refresh": true })).await;
    assert!(body["access_token"].is_string());
}

// codes: the numbers; observed: no comma before the rid here. The order is a choice, and so is 40125 for the secret of another account.
#[actix_web::test]
async fn credentials_are_checked_alike_by_both() {
    let world = World::new().await;
    for (name, value, errcode) in [
        ("appid", "", 41002),
        ("secret", "", 41004),
        ("grant_type", "", 40002),
        ("grant_type", "authorization_code", 40002),
        ("appid", "wxffffffffffffffff", 40013),
        ("secret", "wrong", 40125),
        ("secret", CAFE_SECRET, 40125),
    ] {
        let changed = GOOD.map(|(key, old)| (key, if key == name { value } else { old }));
        let plain = world.json("/cgi-bin/token", &changed).await;
        let stable = stable(&world, json!({ name: value })).await;
        for body in [plain, stable] {
            assert_eq!(body["errcode"], errcode, "{name}");
            let errmsg = body["errmsg"].as_str().unwrap();
            assert!(errmsg.contains(" rid: ") && !errmsg.contains(", rid: "));
        }
    }
}

// Observed: this family calls itself JSON with `encoding`; codes: 43002, 44002, 47001.
#[actix_web::test]
async fn methods_and_bodies_are_checked_and_the_content_type_is_odd() {
    let world = World::new().await;
    let posted = world.browser.post(world.url("/cgi-bin/token"));
    let got = world.get("/cgi-bin/stable_token").await;
    for (response, errcode) in [
        (posted.send().await.unwrap(), 41002),
        (got, 43002),
        (post(&world, String::new()).await, 44002),
        (post(&world, "appid=x".into()).await, 47001),
        (post(&world, r#"{"appid": 1}"#.into()).await, 47001),
    ] {
        assert_eq!(response.status(), 200);
        assert_eq!(
            response.headers()["content-type"],
            "application/json; encoding=utf-8"
        );
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(body["errcode"], errcode);
    }
}

// Ours: the secret in a posted body is no more in the log than one in an address.
#[actix_web::test]
async fn posted_credentials_are_in_the_log_and_masked() {
    let world = World::new().await;
    stable(&world, json!({})).await;
    let logged = world.simulator.requests().pop().unwrap();
    assert_eq!(logged.appid.as_deref(), Some(BOOKS));
    assert_eq!((logged.method.as_str(), logged.errcode), ("POST", 0));
    assert!(!format!("{logged:?}").contains(BOOKS_SECRET));
}
