//! Snapshot pages (网页快照) in the browser, and what a server sees of them.

use serde_json::{Value, json};
use wechat_simulator::{GrantedScope, Person, SnapshotMode};

use crate::support::*;

async fn browse(world: &World, query: &str) -> Response {
    let path = format!("/_simulator/snapshot?{query}");
    world.post(&path, &[]).await
}

/// What a server learns of a person's snapshot.
async fn virtual_user(world: &World, person: &str) -> Value {
    let code = world.simulator.issue_snapshot_code(BOOKS, person);
    world.exchange(BOOKS, &code).await
}

// Announcement of 2022-05-09: a snapshot first, then by 使用完整服务 consent and the real page. That this brings a new code
// and no flag is our reading of it.
#[actix_web::test]
async fn a_virtual_user_comes_first_and_the_real_one_after_full_service() {
    let world = World::new().await;
    world.simulator.set_current("kuaizhao");
    let page = world.authorize(&asking()).await;
    assert_eq!(page.status, 200);
    assert!(page.contains("使用完整服务") && page.contains("Simulated, not WeChat"));
    assert!(!page.contains("允许"), "the consent pop-up is suppressed");

    let query = query_of(&asking());
    let first = browse(&world, &query).await;
    assert!(first.status == 303 && first.location().ends_with("&state=s7"));
    let virtual_user = world.exchange(BOOKS, &first.code()).await;
    assert_eq!(virtual_user["is_snapshotuser"], 1);

    let path = format!("/_simulator/full-service?{query}");
    let page = world.get(&path).await;
    assert!(page.contains("允许") && page.contains("name=\"full_service\""));
    let form = pairs("person=kuaizhao decision=allow full_service=yes");
    let path = format!("/_simulator/consent?{query}");
    let second = world.post(&path, &form).await;
    let real_user = world.exchange(BOOKS, &second.code()).await;
    assert_eq!(real_user.get("is_snapshotuser"), None);
    let openid = world.simulator.openid(BOOKS, "kuaizhao");
    assert!(real_user["openid"] == openid && virtual_user["openid"] != openid);
}

// Whoever is chosen on the consent page sees what they would have seen. h5: forceSnapShot=true opens the snapshot; token
// page: only snsapi_userinfo is ever marked. The page in between is ours; a test may do without.
#[actix_web::test]
async fn force_snap_shot_and_choosing_somebody_make_a_snapshot_of_userinfo_only() {
    let world = World::new().await;
    let response = world.decide(APP, "kuaizhao", "allow").await;
    let next = response.location();
    assert!(next.starts_with("/connect/oauth2/authorize?") && next.ends_with("#wechat_redirect"));
    assert!(world.get(next).await.contains("使用完整服务"));

    let world = World::new().await;
    let forced = and(&asking(), "forceSnapShot", "true");
    let page = world.authorize(&forced).await;
    assert!(page.status == 200 && page.contains("使用完整服务"));
    let silent = with(&forced, "scope", "snsapi_base");
    assert_eq!(world.authorize(&silent).await.status, 302);
    world.simulator.set_current("caidan");
    let status = world.authorize(&forced).await.status;
    assert_eq!(status, 302, "silent logic wins");

    world.set(|settings| settings.snapshot_at_once = true);
    world.simulator.set_current("kuaizhao");
    let response = world.authorize(&asking()).await;
    assert_eq!(response.status, 302);
    let tokens = world.exchange(BOOKS, &response.code()).await;
    assert_eq!(tokens["is_snapshotuser"], 1);
}

// Nobody gets a virtual user's code, nor skips a check, by calling the pages behind the buttons.
#[actix_web::test]
async fn the_buttons_of_a_snapshot_check_the_request_again() {
    let world = World::new().await;
    let ordinary = browse(&world, &query_of(&asking())).await;
    let next = ordinary.location();
    assert!(next.starts_with("/connect/oauth2/authorize?"));
    let evil = query_of(&with(&asking(), "redirect_uri", "https://evil.example/"));
    let full_service = format!("/_simulator/full-service?{evil}");
    for refused in [browse(&world, &evil).await, world.get(&full_service).await] {
        assert_eq!(refused.status, 200);
        assert!(refused.contains("错误码：10003"));
    }
}

// access_token: is_snapshotuser is 1 for a virtual user; announcement of 2022-05-09: openid, unionid, nickname and
// picture are virtual. Reported: userinfo has no such flag. Name and picture of virtual users are a choice.
#[actix_web::test]
async fn virtual_user_is_flagged_and_shares_no_id_with_the_person() {
    let world = World::new().await;
    let tokens = virtual_user(&world, "xiaoming").await;
    assert_eq!(tokens["is_snapshotuser"], 1);
    let info = world.ask(USERINFO, &tokens).await;
    let unionid = world.simulator.unionid(BOOKS, "xiaoming").unwrap();
    assert_ne!(tokens["openid"], world.simulator.openid(BOOKS, "xiaoming"));
    assert_ne!(tokens["unionid"], unionid);
    let expected = json!({
        "openid": tokens["openid"], "nickname": "微信用户", "sex": 0, "language": "", "city": "", "province": "",
        "country": "", "headimgurl": "", "privilege": [], "unionid": tokens["unionid"],
    });
    assert_eq!(info, expected);
    assert!(!info.to_string().contains("xiaoming"));
}

// One report: many snapshot users had one unionid and an openid each. Reported in 2022: 48001 for snapshot users.
#[actix_web::test]
async fn virtual_users_may_share_a_unionid_and_have_no_userinfo() {
    let world = World::new().await;
    for is_shared in [false, true] {
        world.set(|settings| settings.shared_snapshot_unionid = is_shared);
        let one = virtual_user(&world, "xiaoming").await;
        let other = virtual_user(&world, "xiaohong").await;
        assert_eq!(one["unionid"] == other["unionid"], is_shared);
        assert_ne!(one["openid"], other["openid"]);
    }
    world.set(|settings| settings.snapshot_userinfo_forbidden = true);
    let tokens = virtual_user(&world, "xiaoming").await;
    assert_eq!(world.ask(USERINFO, &tokens).await["errcode"], 48001);
    let tokens = world.tokens("xiaoming", GrantedScope::Userinfo).await;
    assert_eq!(world.ask(USERINFO, &tokens).await["nickname"], "小明");
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
    let missing = virtual_user(&world, "noflag").await;
    assert!(missing.get("is_snapshotuser").is_none());
    assert_ne!(missing["openid"], world.simulator.openid(BOOKS, "noflag"));

    let wrong = world.tokens("wrongflag", GrantedScope::Userinfo).await;
    assert_eq!(wrong["is_snapshotuser"], 1);
    assert_eq!(wrong["openid"], world.simulator.openid(BOOKS, "wrongflag"));
    let silent = world.tokens("wrongflag", GrantedScope::Base).await;
    assert!(silent.get("is_snapshotuser").is_none());
}
