//! People for whom the server API says no, or says less.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use wechat_simulator::{GrantedScope, Habit, Person};

use crate::support::*;

/// A world with somebody who is not like the others.
async fn world_with(change: impl FnOnce(&mut Person)) -> World {
    let world = World::new().await;
    let mut person = Person::new("someone", "某人");
    change(&mut person);
    world.simulator.add_person(person);
    world
}

async fn exchange(world: &World, person: &str) -> Value {
    world.tokens(person, GrantedScope::Userinfo).await
}

// codes: 42007 after a change of the password. That the exchange still works is a choice.
#[actix_web::test]
async fn changed_password_kills_both_tokens_with_42007() {
    let world = world_with(|person| person.habit = Some(Habit::PasswordChanged)).await;
    let tokens = exchange(&world, "someone").await;
    assert!(tokens["openid"].is_string());
    for path in [USERINFO, AUTH] {
        assert_eq!(world.ask(path, &tokens).await["errcode"], 42007, "{path}");
    }
    let refreshed = world.json(REFRESH, &refresh_query(&tokens)).await;
    assert_eq!(refreshed["errcode"], 42007);
}

// codes: 50002, and 40226 which is documented for mini programs; that they stop the exchange is a choice. A
// user may become limited after it.
#[actix_web::test]
async fn limited_and_high_risk_users_and_dead_codes_stop_at_the_exchange() {
    for (habit, errcode) in [
        (Habit::Limited, 50002),
        (Habit::HighRisk, 40226),
        (Habit::CodeExpires, 40029),
    ] {
        let world = world_with(|person| person.habit = Some(habit)).await;
        let body = exchange(&world, "someone").await;
        assert_eq!(body["errcode"], errcode, "{habit:?}");
    }
    // Limited after the exchange.
    let world = World::new().await;
    let tokens = exchange(&world, "xiaohong").await;
    let mut xiaohong = Person::new("xiaohong", "小红");
    xiaohong.habit = Some(Habit::Limited);
    world.simulator.add_person(xiaohong);
    assert_eq!(world.ask(USERINFO, &tokens).await["errcode"], 50002);
}

// Ours: 慢 is a person for whom clients must have a timeout.
#[actix_web::test]
async fn slow_people_keep_their_caller_waiting_and_nobody_else() {
    let world = world_with(|person| person.habit = Some(Habit::Slow)).await;
    let code = world.code("someone", GrantedScope::Base);
    let query = exchange_query(BOOKS, BOOKS_SECRET, &code);
    let get = world.request(Method::GET, EXCHANGE).query(&query);
    let waited = get.timeout(Duration::from_millis(300)).send().await;
    assert!(waited.unwrap_err().is_timeout());
    assert!(exchange(&world, "xiaoming").await["openid"].is_string());
}

// userinfo: unionid is not always there, whatever the account is bound to. Ours: a developer's database may hold ids that
// are not derived.
#[actix_web::test]
async fn every_call_tells_pinned_ids_and_no_unionid_of_those_who_have_none() {
    let without = world_with(|person| person.unionid = false).await;
    let openid = "oPinnedOpenid00000000000000A";
    let unionid = "oPinnedUnionid0000000000000A";
    let pinned = world_with(|person| {
        let (openids, unionids) = (&mut person.pinned_openids, &mut person.pinned_unionids);
        openids.insert(BOOKS.into(), openid.into());
        unionids.insert("platform-a".into(), unionid.into());
    })
    .await;
    let derived = without.simulator.openid(BOOKS, "someone");
    for (world, openid, unionid) in [
        (without, &*derived, None),
        (pinned, openid, Some(&Value::from(unionid))),
    ] {
        let tokens = exchange(&world, "someone").await;
        let info = world.ask(USERINFO, &tokens).await;
        assert_eq!(info["nickname"], "某人");
        for body in [tokens, info] {
            assert_eq!(body["openid"], openid);
            assert_eq!(body.get("unionid"), unionid);
        }
    }
}
