//! What fault rules do to the answers of WeChat's server API. All of it is ours; what it imitates is reported.

use std::time::Duration;

use serde_json::Value;
use wechat_simulator::{Effect, Endpoint, Fault, GrantedScope};

use crate::support::*;

const EXCHANGE: &str = "/sns/oauth2/access_token";

fn code(world: &World) -> String {
    world
        .simulator
        .issue_code(BOOKS, "xiaoming", GrantedScope::Userinfo)
}

async fn exchange(world: &World, code: &str) -> reqwest::Result<reqwest::Response> {
    let query = [
        ("appid", BOOKS),
        ("secret", BOOKS_SECRET),
        ("code", code),
        ("grant_type", "authorization_code"),
    ];
    let get = world.browser.get(world.url(EXCHANGE)).query(&query);
    get.send().await
}

fn order(world: &World, effect: Effect) {
    let fault = Fault::new(Endpoint::AccessToken, effect).times(1);
    world.simulator.add_fault(fault);
}

const fn errcode(errcode: i64) -> Effect {
    Effect::Errcode {
        errcode,
        errmsg: None,
    }
}

// codes: the words of each number, and clients look for those of 42001; a rule may bring its own.
#[actix_web::test]
async fn an_ordered_errcode_comes_in_wechats_words_once_and_spends_nothing() {
    let world = World::new().await;
    let code = code(&world);
    for (number, errmsg) in [
        (-1, "system error, rid: "),
        (45009, "reach max api daily quota limit, rid: "),
        (
            45011,
            "api minute-quota reach limit, must slower, retry next minute, rid: ",
        ),
        (42001, "access_token expired, rid: "),
        (48001, "api unauthorized, rid: "),
    ] {
        order(&world, errcode(number));
        let body = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
        assert_eq!(body["errcode"], number);
        assert!(body["errmsg"].as_str().unwrap().starts_with(errmsg));
        assert_eq!(world.simulator.requests().pop().unwrap().errcode, number);
    }
    order(
        &world,
        Effect::Errcode {
            errcode: 99999,
            errmsg: Some("own words".into()),
        },
    );
    let body = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    assert!(
        body["errmsg"]
            .as_str()
            .unwrap()
            .starts_with("own words, rid: ")
    );

    assert!(world.simulator.faults().is_empty());
    let body = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    assert!(body["openid"].is_string());
}

// Reported: a code is often spent although the answer was -1, and the retry says 40163.
#[actix_web::test]
async fn an_error_after_the_work_spends_the_code() {
    let world = World::new().await;
    let code = code(&world);
    let fault = Fault::new(Endpoint::AccessToken, errcode(-1)).times(1);
    world.simulator.add_fault(fault.after_work());
    for errcode in [-1, 40163] {
        let body = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
        assert_eq!(body["errcode"], errcode);
    }
}

// Pasted once: the number as a string and the request id as a field.
#[actix_web::test]
async fn errcode_may_come_as_a_string() {
    let world = World::new().await;
    order(
        &world,
        Effect::StringErrcode {
            errcode: 40029,
            errmsg: None,
        },
    );
    let body = world.exchange(BOOKS, BOOKS_SECRET, "x").await;
    assert_eq!(
        (&body["errcode"], &body["errmsg"]),
        (&"40029".into(), &"invalid code".into())
    );
    assert!(body["rid"].as_str().unwrap().len() == 26);
}

// Ours: what gateways do.
#[actix_web::test]
async fn gateway_answers_come_instead_of_the_work() {
    let world = World::new().await;
    let code = code(&world);
    for (effect, status, body) in [
        (Effect::HttpStatus { status: 502 }, 502, "<html>"),
        (Effect::HttpStatus { status: 500 }, 500, "<html>"),
        (Effect::HtmlBody, 200, "<html>"),
        (Effect::EmptyBody, 200, ""),
    ] {
        order(&world, effect);
        let response = exchange(&world, &code).await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["content-type"], "text/html");
        let text = response.text().await.unwrap();
        assert!(text.starts_with(body) && text.is_empty() == body.is_empty());
        assert_eq!(world.simulator.requests().pop().unwrap().errcode, 1);
    }
    let body = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    assert!(body["openid"].is_string());
}

// Ours: half an answer is no JSON, and its code is spent.
#[actix_web::test]
async fn truncated_json_breaks_off_and_spends_the_code() {
    let world = World::new().await;
    let code = code(&world);
    order(&world, Effect::TruncatedJson);
    let text = exchange(&world, &code).await.unwrap().text().await.unwrap();
    assert!(text.starts_with(r#"{"access_token":"#));
    assert!(serde_json::from_str::<Value>(&text).is_err());
    let body = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    assert_eq!(body["errcode"], 40163);
}

// Reported: a body of WeChat under charset=gbk. Clients that believe it garble the names.
#[actix_web::test]
async fn wrong_charset_is_utf8_that_calls_itself_gbk() {
    let world = World::new().await;
    let tokens = world.exchange(BOOKS, BOOKS_SECRET, &code(&world)).await;
    let fault = Fault::new(Endpoint::Userinfo, Effect::WrongCharset).times(1);
    world.simulator.add_fault(fault);
    let query = ["access_token", "openid"].map(|name| (name, tokens[name].as_str().unwrap()));
    let get = world.browser.get(world.url("/sns/userinfo")).query(&query);
    let response = get.send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; charset=gbk"
    );
    let bytes = response.bytes().await.unwrap();
    assert!(std::str::from_utf8(&bytes).unwrap().contains("小明"));
}

// Ours: the difference a client cannot see, and must survive.
#[actix_web::test]
async fn a_reset_connection_says_nothing_about_whether_the_code_is_spent() {
    for (effect, is_spent) in [(Effect::ResetBefore, false), (Effect::ResetAfter, true)] {
        let world = World::new().await;
        let code = code(&world);
        order(&world, effect);
        let error = exchange(&world, &code).await.unwrap_err();
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
        let body = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
        assert_eq!(body["errcode"] == 40163, is_spent);
        assert_eq!(body["openid"].is_string(), !is_spent);
    }
}

// Ours: a delay is the right answer, later; others do not wait for it.
#[actix_web::test]
async fn a_delay_holds_up_its_own_request_only() {
    let world = World::new().await;
    let (slow, fast) = (code(&world), code(&world));
    order(&world, Effect::Delay { millis: 2_000 });
    let delayed = world.exchange(BOOKS, BOOKS_SECRET, &slow);
    let other = async {
        // The first request has met the rule by then, which is used up.
        while !world.simulator.faults().is_empty() {
            actix_web::rt::time::sleep(Duration::from_millis(5)).await;
        }
        world.exchange(BOOKS, BOOKS_SECRET, &fast).await
    };
    tokio::pin!(delayed);
    let other = tokio::select! {
        early = &mut delayed => panic!("not held up: {early}"),
        other = other => other,
    };
    assert!(other["openid"].is_string());
    assert!(delayed.await["openid"].is_string());
}

// Ours: every endpoint of the server API can be struck.
#[actix_web::test]
async fn each_endpoint_has_its_own_rules() {
    let world = World::new().await;
    let paths = [
        (Endpoint::AccessToken, EXCHANGE),
        (Endpoint::RefreshToken, "/sns/oauth2/refresh_token"),
        (Endpoint::Userinfo, "/sns/userinfo"),
        (Endpoint::Auth, "/sns/auth"),
        (Endpoint::Token, "/cgi-bin/token"),
    ];
    for (endpoint, path) in paths {
        let fault = Fault::new(endpoint, errcode(45011)).times(1);
        world.simulator.add_fault(fault);
        let body = world.json(path, &[]).await;
        assert_eq!(body["errcode"], 45011, "{path}");
        let comma = if path.starts_with("/sns/") { "," } else { "" };
        let words = format!("retry next minute{comma} rid: ");
        assert!(body["errmsg"].as_str().unwrap().contains(&words), "{body}");
        assert_ne!(world.json(path, &[]).await["errcode"], 45011, "{path}");
    }
    let fault = Fault::new(Endpoint::StableToken, errcode(40164)).times(1);
    world.simulator.add_fault(fault);
    let post = world.browser.post(world.url("/cgi-bin/stable_token"));
    let response = post.body("{}").send().await.unwrap();
    let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(body["errcode"], 40164);
    let words = "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: ";
    assert!(body["errmsg"].as_str().unwrap().starts_with(words));
}

// Ours: a rule for somebody finds the person behind a code and behind a token.
#[actix_web::test]
async fn rules_find_the_person_behind_codes_and_tokens() {
    let world = World::new().await;
    for endpoint in [Endpoint::AccessToken, Endpoint::Auth] {
        let fault = Fault::new(endpoint, errcode(50002)).for_person("xiaohong");
        world.simulator.add_fault(fault.for_appid(BOOKS));
    }
    let xiaohong = world
        .simulator
        .issue_code(BOOKS, "xiaohong", GrantedScope::Base);
    let refused = world.exchange(BOOKS, BOOKS_SECRET, &xiaohong).await;
    assert_eq!(refused["errcode"], 50002);
    let tokens = world.exchange(BOOKS, BOOKS_SECRET, &code(&world)).await;
    let query = ["access_token", "openid"].map(|name| (name, tokens[name].as_str().unwrap()));
    assert_eq!(world.json("/sns/auth", &query).await["errcode"], 0);
    let elsewhere = world
        .simulator
        .issue_code(CAFE, "xiaohong", GrantedScope::Base);
    let tokens = world.exchange(CAFE, CAFE_SECRET, &elsewhere).await;
    let query = ["access_token", "openid"].map(|name| (name, tokens[name].as_str().unwrap()));
    assert_eq!(world.json("/sns/auth", &query).await["errcode"], 0);
}
