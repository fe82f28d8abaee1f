//! `GET /sns/userinfo`.

use reqwest::Method;
use serde_json::{Value, json};
use wechat_simulator::{GrantedScope, Person, Platform};

use crate::support::*;

/// The whole response about a person who has consented.
async fn response_about(world: &World, person: &str) -> Response {
    let tokens = world.tokens(person, GrantedScope::Userinfo).await;
    let get = world.request(Method::GET, USERINFO);
    read(get.query(&bearer(&tokens)).query(&[("lang", "zh_CN")])).await
}

// userinfo: the fields; announcement of 2021-10-20: sex is 0 and regions are empty; observed: language, slashes.
#[actix_web::test]
async fn todays_answer_has_empty_regions_and_escaped_slashes() {
    let world = World::new().await;
    let response = response_about(&world, "xiaoming").await;
    assert_eq!(response.header("content-type"), "text/plain");
    let (text, body) = (response.text(), response.json());
    let expected = json!({
        "openid": world.simulator.openid(BOOKS, "xiaoming"), "nickname": "小明", "sex": 0, "language": "", "city": "",
        "province": "", "country": "", "headimgurl": world.url("/_simulator/avatar/xiaoming/132"), "privilege": [],
        "unionid": world.simulator.unionid(BOOKS, "xiaoming"),
    });
    assert_eq!(body, expected);
    assert!(text.contains("小明") && text.contains("http:\\/\\/") && !text.contains("http://"));
    let order = "openid nickname sex language city province country headimgurl privilege";
    assert!(response.has_in_order(order));
}

// Choice: pictures are the simulator's own, so nothing is fetched from anywhere. A public URL addresses them.
#[actix_web::test]
async fn headimgurl_is_a_picture_on_the_simulator_under_the_name_it_was_asked_by() {
    let world = World::new().await;
    let tokens = world.tokens("xiaoming", GrantedScope::Userinfo).await;
    let own = world.simulator.base_url();
    for (host, origin) in [
        ("localhost:8082", "http://localhost:8082"),
        ("[::1]:8082", "http://[::1]:8082"),
        // What could turn the address into another one is not repeated.
        ("evil.example&x", &own),
    ] {
        let get = world.request(Method::GET, USERINFO).query(&bearer(&tokens));
        let body = read(get.header("host", host)).await.json();
        let expected = format!("{origin}/_simulator/avatar/xiaoming/132");
        assert_eq!(body["headimgurl"], expected);
    }

    let picture = world.get("/_simulator/avatar/xiaoming/132").await;
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(picture.contains(">小</text>"));
    for missing in ["nobody", "xiaoming/99999"] {
        let path = format!("/_simulator/avatar/{missing}");
        assert_eq!(world.get(&path).await.status, 404, "{missing}");
    }

    let mut platform = Platform::default();
    platform.set_public_url("https://wx.example.com/");
    let body = response_about(&World::of(platform).await, "xiaoming")
        .await
        .json();
    let expected = "https://wx.example.com/_simulator/avatar/xiaoming/132";
    assert_eq!(body["headimgurl"], expected);
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
        let body = response_about(&world, person).await.json();
        assert_eq!(body["nickname"], nickname);
        assert_eq!(body["headimgurl"] != "", has_picture, "{person}");
    }
}

// userinfo: unionid only if the account is bound to an open platform.
#[actix_web::test]
async fn unbound_account_never_gets_a_unionid() {
    let world = World::new().await;
    for (appid, length) in [(FLOWERS, None), (BOOKS, Some(28))] {
        let scope = GrantedScope::Userinfo;
        let tokens = world.tokens_of(appid, "xiaoming", scope).await;
        let body = world.ask(USERINFO, &tokens).await;
        assert_eq!(body["nickname"], "小明");
        let unionid = body.get("unionid").and_then(Value::as_str);
        assert_eq!(unionid.map(str::len), length, "{appid}");
        assert_eq!(body.get("unionid").is_some(), length.is_some());
    }
}

// codes: 48001 for a call the scope does not cover. Reported: who has consented once is known to a silent token too. The
// documents say 48001, and so does the default.
#[actix_web::test]
async fn silent_token_gets_48001_unless_set_so_for_those_who_consented_before() {
    let world = World::new().await;
    let silent = async |person| {
        let tokens = world.tokens(person, GrantedScope::Base).await;
        world.ask(USERINFO, &tokens).await
    };
    assert_eq!(silent("xiaoming").await["errcode"], 48001);
    world.set(|settings| settings.silent_profile_after_consent = true);
    assert_eq!(silent("xiaohong").await["errcode"], 48001);
    assert_eq!(world.decide(APP, "xiaohong", "allow").await.status, 303);
    assert_eq!(silent("xiaohong").await["nickname"], "小红");
    assert_eq!(silent("xiaoming").await["errcode"], 48001);
    world.set(|settings| settings.silent_profile_after_consent = false);
    assert_eq!(silent("xiaohong").await["errcode"], 48001);
}

// Clients in wide use parse leniently because of such names: a control character stands raw in the JSON. Reported: names
// that are cut by bytes. The simulator's ends in half a character, and the JSON goes on behind it.
#[actix_web::test]
async fn a_name_may_be_no_json_and_no_utf8() {
    let world = World::new().await;
    let someone = Person::new("someone", "a\u{1}b");
    world.simulator.add_person(someone);
    let raw = response_about(&world, "someone").await;
    assert!(raw.contains("\"nickname\":\"a\u{1}b\""));
    assert!(serde_json::from_slice::<Value>(&raw.body).is_err());

    let cut = response_about(&world, "canque").await.body;
    assert!(std::str::from_utf8(&cut).is_err());
    let body: Value = serde_json::from_str(&String::from_utf8_lossy(&cut)).unwrap();
    assert_eq!(body["nickname"], "残缺\u{FFFD}");
    assert_eq!(body["unionid"].as_str().unwrap().len(), 28);
}
