//! The server API for a website application, after its QR code was scanned.

use std::time::Duration;

use wechat_simulator::GrantedScope;

use crate::support::*;

const WEBSITE: &str = "wx00000000000000d1";
const WEBSITE_SECRET: &str = "simulator-secret-d1";

// Page on website applications: the same calls, scope snsapi_login, which tells profile and unionid.
#[actix_web::test]
async fn snsapi_login_tells_profile_and_unionid() {
    let world = World::new().await;
    let code = world
        .simulator
        .issue_code(WEBSITE, "xiaoming", GrantedScope::Login);
    let tokens = world.exchange(WEBSITE, WEBSITE_SECRET, &code).await;
    assert_eq!(tokens["scope"], "snsapi_login");
    let unionid = world.simulator.unionid(WEBSITE, "xiaoming");
    assert!(unionid.is_some() && tokens["unionid"] == unionid.clone().unwrap());
    assert_eq!(unionid, world.simulator.unionid(BOOKS, "xiaoming"));
    let query = ["access_token", "openid"].map(|name| (name, tokens[name].as_str().unwrap()));
    let info = world.json("/sns/userinfo", &query).await;
    assert_eq!(
        (&info["nickname"], &info["unionid"]),
        (&"小明".into(), &tokens["unionid"])
    );
}

// Page on website applications: their codes live ten minutes, those of official accounts five.
#[actix_web::test]
async fn a_code_of_a_website_application_outlives_one_of_an_official_account() {
    let world = World::new().await;
    let issue = |appid, scope| world.simulator.issue_code(appid, "xiaoming", scope);
    let website = issue(WEBSITE, GrantedScope::Login);
    let official = issue(BOOKS, GrantedScope::Userinfo);
    world.simulator.advance_clock(Duration::from_secs(590));
    let refused = world.exchange(BOOKS, BOOKS_SECRET, &official).await;
    assert_eq!(refused["errcode"], 40029);
    let tokens = world.exchange(WEBSITE, WEBSITE_SECRET, &website).await;
    assert!(tokens["openid"].is_string());
}
