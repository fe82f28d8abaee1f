//! `GET /sns/oauth2/refresh_token`.

use std::time::Duration;

use serde_json::{Value, json};
use wechat_simulator::GrantedScope;

use crate::support::*;

const PATH: &str = "/sns/oauth2/refresh_token";
const DAY: u64 = 24 * 3600;

async fn tokens(world: &World) -> Value {
    let code = world
        .simulator
        .issue_code(BOOKS, "xiaoming", GrantedScope::Userinfo);
    world.exchange(BOOKS, BOOKS_SECRET, &code).await
}

async fn refresh(world: &World, appid: &str, token: &Value) -> Value {
    let token = token.as_str().unwrap();
    let query = [
        ("appid", appid),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    world.json(PATH, &query).await
}

async fn userinfo(world: &World, tokens: &Value) -> Value {
    let query = ["access_token", "openid"].map(|name| (name, tokens[name].as_str().unwrap()));
    world.json("/sns/userinfo", &query).await
}

// Page of the refresh call: five fields, no unionid. Open Platform pages: before the expiry the same access token is
// extended; the refresh token is observed to be the same.
#[actix_web::test]
async fn refresh_before_expiry_keeps_the_access_token_and_extends_it() {
    let world = World::new().await;
    let first = tokens(&world).await;
    world.simulator.advance_clock(Duration::from_secs(7000));
    let second = refresh(&world, BOOKS, &first["refresh_token"]).await;
    assert_eq!(
        second,
        json!({
            "access_token": first["access_token"], "expires_in": 7200, "refresh_token": first["refresh_token"],
            "openid": first["openid"], "scope": "snsapi_userinfo",
        })
    );
    world.simulator.advance_clock(Duration::from_secs(7000));
    assert_eq!(userinfo(&world, &first).await["nickname"], "小明");
}

// Open Platform pages: after the expiry a new access token.
#[actix_web::test]
async fn refresh_after_expiry_gives_a_new_access_token() {
    let world = World::new().await;
    let first = tokens(&world).await;
    world.simulator.advance_clock(Duration::from_secs(7200));
    assert_eq!(userinfo(&world, &first).await["errcode"], 42001);
    let second = refresh(&world, BOOKS, &first["refresh_token"]).await;
    assert_ne!(second["access_token"], first["access_token"]);
    assert_eq!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(userinfo(&world, &second).await["nickname"], "小明");
    assert_eq!(userinfo(&world, &first).await["errcode"], 42001);
}

// h5: a refresh token lives 30 days; codes: 42002. That a refresh does not start them anew is a choice.
#[actix_web::test]
async fn refresh_token_expires_after_thirty_days_used_or_not() {
    let world = World::new().await;
    let first = tokens(&world).await;
    world.simulator.advance_clock(Duration::from_secs(29 * DAY));
    let second = refresh(&world, BOOKS, &first["refresh_token"]).await;
    assert!(second["access_token"].is_string());
    world.simulator.advance_clock(Duration::from_secs(DAY));
    let third = refresh(&world, BOOKS, &second["refresh_token"]).await;
    assert_eq!(third["errcode"], 42002);
}

// codes: the numbers; observed: 40030 with a rid for a wrong token. The order is a choice; no secret is asked for.
#[actix_web::test]
async fn each_mistake_has_its_errcode() {
    let world = World::new().await;
    let first = tokens(&world).await;
    let token = first["refresh_token"].as_str().unwrap();
    let access_token = first["access_token"].as_str().unwrap();
    let good = [
        ("appid", BOOKS),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    for (name, value, errcode) in [
        ("appid", "", 41002),
        ("refresh_token", "", 41003),
        ("grant_type", "", 40002),
        ("grant_type", "authorization_code", 40002),
        ("appid", "wxffffffffffffffff", 40013),
        ("refresh_token", "nonsense", 40030),
        ("refresh_token", access_token, 40030),
        ("appid", CAFE, 40030),
    ] {
        let changed = good.map(|(key, old)| (key, if key == name { value } else { old }));
        let body = world.json(PATH, &changed).await;
        assert_eq!(body["errcode"], errcode, "{name}");
        assert!(body["errmsg"].as_str().unwrap().contains(", rid: "));
        assert_eq!(world.simulator.requests().pop().unwrap().errcode, errcode);
    }
}

// observed: the content type of the family.
#[actix_web::test]
async fn answers_are_text_plain() {
    let world = World::new().await;
    let got = world.get(PATH).await;
    assert_eq!(got.headers()["content-type"], "text/plain");
}
