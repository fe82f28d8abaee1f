//! `GET /sns/userinfo`.

use std::time::Duration;

use serde_json::{Value, json};
use wechat_simulator::{GrantedScope, Settings};

use crate::support::*;

const PATH: &str = "/sns/userinfo";

/// A token and the openid it belongs to.
async fn token(
    world: &World,
    appid: &str,
    secret: &str,
    person: &str,
    scope: GrantedScope,
) -> (String, String) {
    let code = world.simulator.issue_code(appid, person, scope);
    let body = world.exchange(appid, secret, &code).await;
    (
        body["access_token"].as_str().unwrap().to_owned(),
        body["openid"].as_str().unwrap().to_owned(),
    )
}

async fn books_token(world: &World, person: &str, scope: GrantedScope) -> (String, String) {
    token(world, BOOKS, BOOKS_SECRET, person, scope).await
}

async fn ask(world: &World, token: &str, openid: &str) -> Value {
    world
        .json(
            PATH,
            &[
                ("access_token", token),
                ("openid", openid),
                ("lang", "zh_CN"),
            ],
        )
        .await
}

// userinfo: the fields; announcement of 2021-10-20: sex is 0 and regions are empty; observed: language, slashes.
#[actix_web::test]
async fn todays_answer_has_empty_regions_and_escaped_slashes() {
    let world = World::new().await;
    let (token, openid) = books_token(&world, "xiaoming", GrantedScope::Userinfo).await;
    let query = [("access_token", &*token), ("openid", &*openid)];
    let response = world
        .browser
        .get(world.url(PATH))
        .query(&query)
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "text/plain");
    let text = String::from_utf8(response.bytes().await.unwrap().to_vec()).unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    let picture = world.url("/_simulator/avatar/xiaoming/132");
    assert_eq!(
        body,
        json!({
            "openid": openid, "nickname": "小明", "sex": 0, "language": "", "city": "", "province": "",
            "country": "", "headimgurl": picture, "privilege": [], "unionid": body["unionid"],
        })
    );
    assert!(text.contains("小明") && text.contains("http:\\/\\/") && !text.contains("http://"));
    let order = [
        "openid",
        "nickname",
        "sex",
        "language",
        "city",
        "province",
        "country",
        "headimgurl",
        "privilege",
    ];
    assert!(
        order
            .map(|field| text.find(&format!("\"{field}\":")).unwrap())
            .is_sorted()
    );
}

// Choice: pictures are the simulator's own, so nothing is fetched from anywhere.
#[actix_web::test]
async fn headimgurl_is_a_picture_on_the_simulator_under_the_name_it_was_asked_by() {
    let world = World::new().await;
    let (token, openid) = books_token(&world, "xiaoming", GrantedScope::Userinfo).await;
    let query = [("access_token", &*token), ("openid", &*openid)];
    let get = world
        .browser
        .get(world.url(PATH))
        .header("host", "localhost:8082")
        .query(&query);
    let body: Value =
        serde_json::from_slice(&get.send().await.unwrap().bytes().await.unwrap()).unwrap();
    assert_eq!(
        body["headimgurl"],
        "http://localhost:8082/_simulator/avatar/xiaoming/132"
    );

    let picture = world.get("/_simulator/avatar/xiaoming/132").await;
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    assert!(picture.text().await.unwrap().contains(">小</text>"));
    assert_eq!(world.get("/_simulator/avatar/nobody").await.status(), 404);
    assert_eq!(
        world
            .get("/_simulator/avatar/xiaoming/99999")
            .await
            .status(),
        404
    );
}

// userinfo: headimgurl is empty without a picture. Names are any Unicode, also none.
#[actix_web::test]
async fn odd_names_and_missing_pictures_arrive_as_they_are() {
    let world = World::new().await;
    for (person, nickname, has_picture) in [
        ("ahua", "🌸阿花🌸", true),
        ("layla", "ليلى", true),
        ("aqiang", "\u{E415}阿强\u{E056}", true),
        ("biaoqian", "<b>小&\"白\"</b>", true),
        ("wuming", "", true),
        ("laozhou", "老周", false),
    ] {
        let (token, openid) = books_token(&world, person, GrantedScope::Userinfo).await;
        let body = ask(&world, &token, &openid).await;
        assert_eq!(body["nickname"], nickname);
        assert_eq!(
            body["headimgurl"].as_str().unwrap().is_empty(),
            !has_picture,
            "{person}"
        );
    }
}

// userinfo: unionid only if the account is bound to an open platform.
#[actix_web::test]
async fn unbound_account_never_gets_a_unionid() {
    let world = World::new().await;
    let (flowers, openid) = token(
        &world,
        FLOWERS,
        FLOWERS_SECRET,
        "xiaoming",
        GrantedScope::Userinfo,
    )
    .await;
    let body = ask(&world, &flowers, &openid).await;
    assert!(body["nickname"] == "小明" && body.get("unionid").is_none());
    let (books, openid) = books_token(&world, "xiaoming", GrantedScope::Userinfo).await;
    assert_eq!(
        ask(&world, &books, &openid).await["unionid"]
            .as_str()
            .unwrap()
            .len(),
        28
    );
}

// codes: 48001 for a call the scope does not cover.
#[actix_web::test]
async fn silent_token_gets_48001() {
    let world = World::new().await;
    let (token, openid) = books_token(&world, "xiaoming", GrantedScope::Base).await;
    assert_eq!(ask(&world, &token, &openid).await["errcode"], 48001);
}

// userinfo: 40003 for an openid that is not the token's.
#[actix_web::test]
async fn openid_of_another_person_gets_40003() {
    let world = World::new().await;
    let (token, _) = books_token(&world, "xiaoming", GrantedScope::Userinfo).await;
    let (_, other) = books_token(&world, "xiaohong", GrantedScope::Userinfo).await;
    assert_eq!(ask(&world, &token, &other).await["errcode"], 40003);
}

// codes: 41001, 41009, 40014, 40001. Where WeChat draws the line between the last two is a choice.
#[actix_web::test]
async fn missing_malformed_and_unknown_tokens_are_told_apart() {
    let world = World::new().await;
    let (token, openid) = books_token(&world, "xiaoming", GrantedScope::Userinfo).await;
    let never_issued = format!("86_{}", "x".repeat(100));
    for (token, openid, errcode) in [
        ("", &*openid, 41001),
        (&*token, "", 41009),
        ("nonsense", &*openid, 40014),
        (&*never_issued, &*openid, 40001),
    ] {
        assert_eq!(ask(&world, token, openid).await["errcode"], errcode);
    }
}

// access_token: expires_in 7200; codes: 42001.
#[actix_web::test]
async fn token_expires_after_two_hours() {
    let world = World::new().await;
    let (token, openid) = books_token(&world, "xiaoming", GrantedScope::Userinfo).await;
    world.simulator.advance_clock(Duration::from_secs(7190));
    assert_eq!(ask(&world, &token, &openid).await["nickname"], "小明");
    world.simulator.advance_clock(Duration::from_secs(10));
    assert_eq!(ask(&world, &token, &openid).await["errcode"], 42001);
}

// Clients in wide use parse leniently because of such names: a control character stands raw in the JSON.
#[actix_web::test]
async fn control_characters_of_a_name_are_not_escaped() {
    let world = World::new().await;
    world
        .simulator
        .add_person(wechat_simulator::Person::new("someone", "a\u{1}b"));
    let (token, openid) = books_token(&world, "someone", GrantedScope::Userinfo).await;
    let query = [("access_token", &*token), ("openid", &*openid)];
    let get = world.browser.get(world.url(PATH)).query(&query);
    let text = get.send().await.unwrap().text().await.unwrap();
    assert!(text.contains("\"nickname\":\"a\u{1}b\""));
    assert!(serde_json::from_str::<Value>(&text).is_err());
}

// Reported: names that are cut by bytes. The simulator's ends in half a character, and the JSON goes on behind it.
#[actix_web::test]
async fn a_name_may_be_no_utf8() {
    let world = World::new().await;
    let (token, openid) = books_token(&world, "canque", GrantedScope::Userinfo).await;
    let query = [("access_token", &*token), ("openid", &*openid)];
    let get = world.browser.get(world.url(PATH)).query(&query);
    let bytes = get.send().await.unwrap().bytes().await.unwrap();
    assert!(std::str::from_utf8(&bytes).is_err());
    let body: Value = serde_json::from_str(&String::from_utf8_lossy(&bytes)).unwrap();
    assert_eq!(body["nickname"], "残缺\u{FFFD}");
    assert_eq!(body["unionid"].as_str().unwrap().len(), 28);
}

// Reported: who has consented once is known to a silent token too. The documents say 48001, and so does the default.
#[actix_web::test]
async fn a_silent_token_may_open_the_profile_of_somebody_who_consented_before() {
    let world = World::new().await;
    world.simulator.set_settings(Settings {
        silent_profile_after_consent: true,
        ..Settings::default()
    });
    let silent = async |person| {
        let (token, openid) = books_token(&world, person, GrantedScope::Base).await;
        ask(&world, &token, &openid).await
    };
    assert_eq!(silent("xiaohong").await["errcode"], 48001);
    assert_eq!(world.decide(APP, "xiaohong", "allow").await.status(), 303);
    assert_eq!(silent("xiaohong").await["nickname"], "小红");
    assert_eq!(silent("xiaoming").await["errcode"], 48001);
    world.simulator.set_settings(Settings::default());
    assert_eq!(silent("xiaohong").await["errcode"], 48001);
}
