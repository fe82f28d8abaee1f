//! People for whom the server API says no, or says less.

use std::time::Duration;

use serde_json::Value;
use wechat_simulator::{GrantedScope, Habit, Person};

use crate::support::*;

async fn exchange(world: &World, person: &str) -> Value {
    let code = world
        .simulator
        .issue_code(BOOKS, person, GrantedScope::Userinfo);
    world.exchange(BOOKS, BOOKS_SECRET, &code).await
}

async fn ask(world: &World, path: &str, tokens: &Value) -> Value {
    let query = ["access_token", "openid"].map(|name| (name, tokens[name].as_str().unwrap()));
    world.json(path, &query).await
}

fn introduce(world: &World, habit: Habit) {
    let mut person = Person::new("someone", "某人");
    person.habit = Some(habit);
    world.simulator.add_person(person);
}

// codes: 42007 after a change of the password. That the exchange still works is a choice.
#[actix_web::test]
async fn changed_password_kills_both_tokens_with_42007() {
    let world = World::new().await;
    introduce(&world, Habit::PasswordChanged);
    let tokens = exchange(&world, "someone").await;
    assert!(tokens["openid"].is_string());
    for path in ["/sns/userinfo", "/sns/auth"] {
        assert_eq!(ask(&world, path, &tokens).await["errcode"], 42007);
    }
    let query = [
        ("appid", BOOKS),
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let refreshed = world.json("/sns/oauth2/refresh_token", &query).await;
    assert_eq!(refreshed["errcode"], 42007);
}

// codes: 50002, and 40226 which is documented for mini programs; that they stop the exchange is a choice.
#[actix_web::test]
async fn limited_and_high_risk_users_and_dead_codes_stop_at_the_exchange() {
    for (habit, errcode) in [
        (Habit::Limited, 50002),
        (Habit::HighRisk, 40226),
        (Habit::CodeExpires, 40029),
    ] {
        let world = World::new().await;
        introduce(&world, habit);
        let body = exchange(&world, "someone").await;
        assert_eq!(body["errcode"], errcode, "{habit:?}");
    }
}

// codes: a user may become limited after the exchange.
#[actix_web::test]
async fn a_user_limited_later_gets_50002_from_tokens_too() {
    let world = World::new().await;
    let tokens = exchange(&world, "xiaohong").await;
    let mut xiaohong = Person::new("xiaohong", "小红");
    xiaohong.habit = Some(Habit::Limited);
    world.simulator.add_person(xiaohong);
    assert_eq!(
        ask(&world, "/sns/userinfo", &tokens).await["errcode"],
        50002
    );
}

// Ours: 慢 is a person for whom clients must have a timeout.
#[actix_web::test]
async fn slow_people_keep_their_caller_waiting_and_nobody_else() {
    let world = World::new().await;
    introduce(&world, Habit::Slow);
    let code = world
        .simulator
        .issue_code(BOOKS, "someone", GrantedScope::Base);
    let query = [
        ("appid", BOOKS),
        ("secret", BOOKS_SECRET),
        ("code", &*code),
        ("grant_type", "authorization_code"),
    ];
    let get = world.browser.get(world.url("/sns/oauth2/access_token"));
    let waited = get
        .query(&query)
        .timeout(Duration::from_millis(300))
        .send()
        .await;
    assert!(waited.unwrap_err().is_timeout());
    assert!(exchange(&world, "xiaoming").await["openid"].is_string());
}

// userinfo: unionid is not always there, whatever the account is bound to.
#[actix_web::test]
async fn person_without_unionid_has_none_anywhere() {
    let world = World::new().await;
    let mut person = Person::new("someone", "某人");
    person.unionid = false;
    world.simulator.add_person(person);
    let tokens = exchange(&world, "someone").await;
    let info = ask(&world, "/sns/userinfo", &tokens).await;
    assert!(tokens["openid"].is_string() && tokens.get("unionid").is_none());
    assert!(info["nickname"] == "某人" && info.get("unionid").is_none());
}

// Ours: a developer's database may hold ids that are not derived.
#[actix_web::test]
async fn pinned_ids_are_told_by_every_call() {
    let world = World::new().await;
    let mut person = Person::new("someone", "某人");
    let (openid, unionid) = (
        "oPinnedOpenid00000000000000A",
        "oPinnedUnionid0000000000000A",
    );
    person.pinned_openids.insert(BOOKS.into(), openid.into());
    person
        .pinned_unionids
        .insert("platform-a".into(), unionid.into());
    world.simulator.add_person(person);
    let tokens = exchange(&world, "someone").await;
    let info = ask(&world, "/sns/userinfo", &tokens).await;
    for body in [tokens, info] {
        assert_eq!(
            (&body["openid"], &body["unionid"]),
            (&openid.into(), &unionid.into())
        );
    }
}
