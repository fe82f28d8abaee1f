//! What a server sees of a snapshot (网页快照).

use serde_json::{Value, json};
use wechat_simulator::{GrantedScope, Person, Settings, SnapshotMode};

use crate::support::*;

async fn userinfo(world: &World, tokens: &Value) -> Value {
    let query = ["access_token", "openid"].map(|name| (name, tokens[name].as_str().unwrap()));
    world.json("/sns/userinfo", &query).await
}

// access_token: is_snapshotuser is 1 for a virtual user; announcement of 2022-05-09: openid, unionid, nickname and
// picture are virtual. Reported: userinfo has no such flag. Name and picture of virtual users are a choice.
#[actix_web::test]
async fn virtual_user_is_flagged_and_shares_no_id_with_the_person() {
    let world = World::new().await;
    let code = world.simulator.issue_snapshot_code(BOOKS, "xiaoming");
    let tokens = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    assert_eq!(tokens["is_snapshotuser"], 1);
    let info = userinfo(&world, &tokens).await;
    let (openid, unionid) = (
        world.simulator.openid(BOOKS, "xiaoming"),
        world.simulator.unionid(BOOKS, "xiaoming").unwrap(),
    );
    assert!(tokens["openid"] != openid && tokens["unionid"] != unionid);
    assert_eq!(
        info,
        json!({
            "openid": tokens["openid"], "nickname": "微信用户", "sex": 0, "language": "", "city": "", "province": "",
            "country": "", "headimgurl": "", "privilege": [], "unionid": tokens["unionid"],
        })
    );
    assert!(!info.to_string().contains("xiaoming"));
}

// Reported in 2022: 48001 for snapshot users.
#[actix_web::test]
async fn userinfo_of_a_virtual_user_may_be_forbidden_by_a_switch() {
    let world = World::new().await;
    let mut settings = world.simulator.settings();
    settings.snapshot_userinfo_forbidden = true;
    world.simulator.set_settings(settings);
    let code = world.simulator.issue_snapshot_code(BOOKS, "xiaoming");
    let tokens = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    assert_eq!(userinfo(&world, &tokens).await["errcode"], 48001);
    let code = world
        .simulator
        .issue_code(BOOKS, "xiaoming", GrantedScope::Userinfo);
    let tokens = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    assert_eq!(userinfo(&world, &tokens).await["nickname"], "小明");
}

// One report: many snapshot users had one unionid and an openid each.
#[actix_web::test]
async fn virtual_users_may_share_a_unionid() {
    let world = World::new().await;
    for (shared_snapshot_unionid, is_shared) in [(false, false), (true, true)] {
        world.simulator.set_settings(Settings {
            shared_snapshot_unionid,
            ..Settings::default()
        });
        let mut tokens = Vec::new();
        for person in ["xiaoming", "xiaohong"] {
            let code = world.simulator.issue_snapshot_code(BOOKS, person);
            tokens.push(world.exchange(BOOKS, BOOKS_SECRET, &code).await);
        }
        assert_eq!(tokens[0]["unionid"] == tokens[1]["unionid"], is_shared);
        assert_ne!(tokens[0]["openid"], tokens[1]["openid"]);
    }
}

// Reported: the flag is missing at first; the flag is there for a real user. access_token: never with snsapi_base.
#[actix_web::test]
async fn the_flag_may_be_missing_or_wrong() {
    let world = World::new().await;
    for (id, snapshot) in [
        ("noflag", SnapshotMode::Unflagged),
        ("wrongflag", SnapshotMode::RealFlagged),
    ] {
        let mut person = Person::new(id, id);
        person.snapshot = snapshot;
        world.simulator.add_person(person);
    }
    let code = world.simulator.issue_snapshot_code(BOOKS, "noflag");
    let missing = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    assert!(missing.get("is_snapshotuser").is_none());
    assert_ne!(missing["openid"], world.simulator.openid(BOOKS, "noflag"));

    let issue = |scope| world.simulator.issue_code(BOOKS, "wrongflag", scope);
    let wrong = world
        .exchange(BOOKS, BOOKS_SECRET, &issue(GrantedScope::Userinfo))
        .await;
    assert_eq!(wrong["is_snapshotuser"], 1);
    assert_eq!(wrong["openid"], world.simulator.openid(BOOKS, "wrongflag"));
    let silent = world
        .exchange(BOOKS, BOOKS_SECRET, &issue(GrantedScope::Base))
        .await;
    assert!(silent.get("is_snapshotuser").is_none());
}
