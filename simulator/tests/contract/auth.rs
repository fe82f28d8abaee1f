//! `GET /sns/auth`.

use std::time::Duration;

use serde_json::json;
use wechat_simulator::GrantedScope;

use crate::support::*;

const PATH: &str = "/sns/auth";

// Page of the call: errcode 0 and "ok", the only success that has an errcode. Any scope will do.
#[actix_web::test]
async fn a_valid_token_of_any_scope_is_ok_without_a_rid() {
    let world = World::new().await;
    for scope in [GrantedScope::Base, GrantedScope::Userinfo] {
        let code = world.simulator.issue_code(BOOKS, "xiaoming", scope);
        let tokens = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
        let query = ["access_token", "openid"].map(|name| (name, tokens[name].as_str().unwrap()));
        let body = world.json(PATH, &query).await;
        assert_eq!(body, json!({ "errcode": 0, "errmsg": "ok" }));
        assert_eq!(world.simulator.requests().pop().unwrap().errcode, 0);
    }
}

// Page of the call: 40003; codes: the others.
#[actix_web::test]
async fn each_mistake_has_its_errcode() {
    let world = World::new().await;
    let code = world
        .simulator
        .issue_code(BOOKS, "xiaoming", GrantedScope::Base);
    let tokens = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    let [token, openid] = ["access_token", "openid"].map(|name| tokens[name].as_str().unwrap());
    let other = world.simulator.openid(BOOKS, "xiaohong");
    let never_issued = format!("86_{}", "x".repeat(100));
    for (token, openid, errcode) in [
        ("", openid, 41001),
        (token, "", 41009),
        ("nonsense", openid, 40014),
        (&*never_issued, openid, 40001),
        (token, &*other, 40003),
    ] {
        let query = [("access_token", token), ("openid", openid)];
        assert_eq!(world.json(PATH, &query).await["errcode"], errcode);
    }
    world.simulator.advance_clock(Duration::from_secs(7200));
    let query = [("access_token", token), ("openid", openid)];
    assert_eq!(world.json(PATH, &query).await["errcode"], 42001);
}
