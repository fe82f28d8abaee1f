//! Tokens of people: `GET /sns/oauth2/refresh_token` and `GET /sns/auth`; tokens of accounts: `GET /cgi-bin/token` and
//! `POST /cgi-bin/stable_token`.

use reqwest::Method;
use serde_json::{Value, json};
use wechat_simulator::GrantedScope;

use crate::support::*;

const DAY: u64 = 24 * 3600;

async fn tokens(world: &World) -> Value {
    world.tokens("xiaoming", GrantedScope::Userinfo).await
}

async fn refresh(world: &World, tokens: &Value) -> Value {
    world.json(REFRESH, &refresh_query(tokens)).await
}

// Page of the refresh call: five fields, no unionid. Open Platform pages: before the expiry the same access token is
// extended; the refresh token is observed to be the same.
#[actix_web::test]
async fn refresh_before_expiry_keeps_the_access_token_and_extends_it() {
    let world = World::new().await;
    let first = tokens(&world).await;
    world.advance(7000);
    let second = refresh(&world, &first).await;
    let mut expected = first.clone();
    expected.as_object_mut().unwrap().remove("unionid");
    assert_eq!(second, expected);
    assert!(second["expires_in"] == 7200 && second["scope"] == "snsapi_userinfo");
    world.advance(7000);
    assert_eq!(world.ask(USERINFO, &first).await["nickname"], "小明");
}

// access_token: expires_in 7200; codes: 42001. Open Platform pages: after the expiry a new access token.
#[actix_web::test]
async fn a_token_expires_after_two_hours_and_refresh_gives_a_new_one() {
    let world = World::new().await;
    let first = tokens(&world).await;
    world.advance(7190);
    assert_eq!(world.ask(USERINFO, &first).await["nickname"], "小明");
    assert_eq!(world.ask(AUTH, &first).await["errcode"], 0);
    world.advance(10);
    for path in [USERINFO, AUTH] {
        let body = world.ask(path, &first).await;
        assert_eq!(body["errcode"], 42001, "{path}");
    }
    let second = refresh(&world, &first).await;
    assert_ne!(second["access_token"], first["access_token"]);
    assert_eq!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(world.ask(USERINFO, &second).await["nickname"], "小明");
    assert_eq!(world.ask(USERINFO, &first).await["errcode"], 42001);
}

// h5: a refresh token lives 30 days; codes: 42002. That a refresh does not start them anew is a choice.
#[actix_web::test]
async fn refresh_token_expires_after_thirty_days_used_or_not() {
    let world = World::new().await;
    let first = tokens(&world).await;
    world.advance(29 * DAY);
    let second = refresh(&world, &first).await;
    assert!(second["access_token"].is_string());
    world.advance(DAY);
    assert_eq!(refresh(&world, &second).await["errcode"], 42002);
}

// Page of the call: errcode 0 and "ok", the only success that has an errcode. Any scope will do.
#[actix_web::test]
async fn a_valid_token_of_any_scope_is_ok_without_a_rid() {
    let world = World::new().await;
    for scope in [GrantedScope::Base, GrantedScope::Userinfo] {
        let tokens = world.tokens("xiaoming", scope).await;
        let body = world.ask(AUTH, &tokens).await;
        assert_eq!(body, json!({ "errcode": 0, "errmsg": "ok" }));
        assert_eq!(world.simulator.requests().pop().unwrap().errcode, 0);
    }
}

async fn token(world: &World) -> String {
    let body = world.json(TOKEN, &CREDENTIALS).await;
    assert_eq!(body["expires_in"], 7200);
    body["access_token"].as_str().unwrap().to_owned()
}

async fn post(world: &World, body: String) -> Response {
    read(world.request(Method::POST, STABLE_TOKEN).body(body)).await
}

async fn stable(world: &World, name: &str, value: impl Into<Value>) -> Value {
    let mut body =
        json!({ "grant_type": "client_credential", "appid": BOOKS, "secret": BOOKS_SECRET });
    body[name] = value.into();
    let response = post(world, body.to_string()).await;
    assert_eq!(response.status, 200);
    response.json()
}

async fn forced(world: &World) -> Value {
    stable(world, "force_refresh", true).await
}

// Page of /cgi-bin/token: the previous token works for about five minutes more.
#[actix_web::test]
async fn a_new_account_token_ends_the_one_before_within_five_minutes() {
    let world = World::new().await;
    let (first, second) = (token(&world).await, token(&world).await);
    assert_ne!(first, second);
    let works = |token: &str| world.simulator.account_token_works(BOOKS, token);
    world.advance(290);
    assert!(works(&first) && works(&second));
    world.advance(10);
    assert!(!works(&first) && works(&second));
}

// Page of /cgi-bin/stable_token: normal mode gives everybody the same token and disturbs no other; force replaces it.
#[actix_web::test]
async fn the_stable_token_is_the_same_for_everybody_until_forced() {
    let world = World::new().await;
    let plain = Value::from(token(&world).await);
    let first = stable(&world, "appid", BOOKS).await["access_token"].clone();
    let second = stable(&world, "force_refresh", false).await;
    assert_eq!(first, second["access_token"]);
    let forced = forced(&world).await["access_token"].clone();
    assert_ne!(forced, plain);
    for (token, works) in [(&plain, true), (&first, false), (&forced, true)] {
        let token = token.as_str().unwrap();
        assert_eq!(world.simulator.account_token_works(BOOKS, token), works);
    }
}

// Page of /cgi-bin/stable_token: force works 20 times a day.
#[actix_web::test]
async fn force_is_refused_from_the_21st_time_on_a_day() {
    let world = World::new().await;
    let mut last = Value::Null;
    for _ in 0..20 {
        let body = forced(&world).await;
        assert_eq!(body["expires_in"], 7200);
        assert_ne!(body["access_token"], last);
        last = body["access_token"].clone();
        // Within thirty seconds it is the same token, and does not count.
        assert_eq!(forced(&world).await["access_token"], last);
        world.advance(30);
    }
    assert_eq!(forced(&world).await["errcode"], 45009);
    // The day has begun with the clock, and the twenty took ten minutes of it.
    world.advance(DAY - 660);
    assert_eq!(forced(&world).await["errcode"], 45009);
    world.advance(60);
    assert!(forced(&world).await["access_token"].is_string());
}

// Observed: this family calls itself JSON with `encoding`; codes: 43002, 44002, 47001. Ours: the secret in
// a posted body is no more in the log than one in an address.
#[actix_web::test]
async fn methods_and_bodies_are_checked_and_the_content_type_is_odd() {
    let world = World::new().await;
    for (response, errcode) in [
        (world.call(Method::POST, TOKEN).await, 41002),
        (world.get(STABLE_TOKEN).await, 43002),
        (post(&world, String::new()).await, 44002),
        (post(&world, "appid=x".into()).await, 47001),
        (post(&world, r#"{"appid": 1}"#.into()).await, 47001),
    ] {
        assert_eq!(response.status, 200, "{errcode}");
        let content_type = response.header("content-type");
        assert_eq!(content_type, "application/json; encoding=utf-8");
        assert_eq!(response.json()["errcode"], errcode);
    }
    stable(&world, "appid", BOOKS).await;
    let logged = world.simulator.requests().pop().unwrap();
    assert_eq!(logged.appid.as_deref(), Some(BOOKS));
    assert_eq!((logged.method.as_str(), logged.errcode), ("POST", 0));
    assert!(!format!("{logged:?}").contains(BOOKS_SECRET));
}
