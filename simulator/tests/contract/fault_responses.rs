//! What fault rules do to the responses of WeChat's server API. All of it is ours; what it imitates is reported.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use wechat_simulator::{Effect, Endpoint, Fault, GrantedScope};

use crate::support::*;

fn code(world: &World) -> String {
    world.code("xiaoming", GrantedScope::Userinfo)
}

fn exchange(world: &World, code: &str) -> RequestBuilder {
    let query = exchange_query(BOOKS, BOOKS_SECRET, code);
    world.request(Method::GET, EXCHANGE).query(&query)
}

// codes: the words of each number, and clients look for those of 42001; a rule may bring its own. Pasted once:
// the number as a string and the request id as a field.
#[actix_web::test]
async fn an_ordered_errcode_comes_in_wechats_words_once_and_spends_nothing() {
    let world = World::new().await;
    let code = code(&world);
    let minute = "api minute-quota reach limit, must slower, retry next minute";
    for (number, own_words, words) in [
        (-1, None, "system error"),
        (45009, None, "reach max api daily quota limit"),
        (45011, None, minute),
        (42001, None, "access_token expired"),
        (48001, None, "api unauthorized"),
        (99999, Some("own words"), "own words"),
    ] {
        let (errcode, errmsg) = (number, own_words.map(str::to_owned));
        world.order(Endpoint::AccessToken, Effect::Errcode { errcode, errmsg });
        let body = world.exchange(BOOKS, &code).await;
        assert_eq!(body["errcode"], number);
        let said = body["errmsg"].as_str().unwrap();
        assert!(said.starts_with(&format!("{words}, rid: ")), "{said}");
        assert_eq!(world.simulator.requests().pop().unwrap().errcode, number);
    }
    assert!(world.simulator.faults().is_empty());
    assert!(world.is_usable(&code).await);

    let (errcode, errmsg) = (40029, None);
    world.order(
        Endpoint::AccessToken,
        Effect::StringErrcode { errcode, errmsg },
    );
    let body = world.exchange(BOOKS, "x").await;
    assert!(body["errcode"] == "40029" && body["errmsg"] == "invalid code");
    assert_eq!(body["rid"].as_str().unwrap().len(), 26);
}

// Reported: a code is often spent although the answer was -1, and the retry says 40163.
#[actix_web::test]
async fn an_error_after_the_work_spends_the_code() {
    let world = World::new().await;
    let code = code(&world);
    let fault = Fault::new(Endpoint::AccessToken, errcode(-1)).times(1);
    world.simulator.add_fault(fault.after_work());
    for errcode in [-1, 40163] {
        assert_eq!(world.exchange(BOOKS, &code).await["errcode"], errcode);
    }
}

// Ours: what gateways do instead of the work; and half an answer, which is no JSON, and its code is spent.
#[actix_web::test]
async fn gateway_answers_come_instead_of_the_work_and_half_an_answer_spends_the_code() {
    let world = World::new().await;
    let code = code(&world);
    let half = r#"{"access_token":"#;
    for (effect, status, content_type, body) in [
        (
            Effect::HttpStatus { status: 502 },
            502,
            "text/html",
            "<html>",
        ),
        (
            Effect::HttpStatus { status: 500 },
            500,
            "text/html",
            "<html>",
        ),
        (Effect::HtmlBody, 200, "text/html", "<html>"),
        (Effect::EmptyBody, 200, "text/html", ""),
        (Effect::TruncatedJson, 200, "text/plain", half),
    ] {
        world.order(Endpoint::AccessToken, effect);
        let response = read(exchange(&world, &code)).await;
        assert_eq!(response.status, status);
        assert_eq!(response.header("content-type"), content_type);
        let text = response.text();
        assert!(text.starts_with(body) && text.is_empty() == body.is_empty());
        assert!(serde_json::from_str::<Value>(text).is_err());
        let logged = world.simulator.requests().pop().unwrap();
        assert_eq!(logged.errcode, 1);
    }
    assert_eq!(world.exchange(BOOKS, &code).await["errcode"], 40163);
}

// Reported: a body of WeChat under charset=gbk. Clients that believe it garble the names.
#[actix_web::test]
async fn wrong_charset_is_utf8_that_calls_itself_gbk() {
    let world = World::new().await;
    let tokens = world.exchange(BOOKS, &code(&world)).await;
    world.order(Endpoint::Userinfo, Effect::WrongCharset);
    let get = world.request(Method::GET, USERINFO).query(&bearer(&tokens));
    let response = read(get).await;
    assert_eq!(response.header("content-type"), "text/plain; charset=gbk");
    assert!(response.contains("小明"));
}

// Ours: the difference a client cannot see, and must survive.
#[actix_web::test]
async fn a_reset_connection_says_nothing_about_whether_the_code_is_spent() {
    for (effect, is_spent) in [(Effect::ResetBefore, false), (Effect::ResetAfter, true)] {
        let world = World::new().await;
        let code = code(&world);
        world.order(Endpoint::AccessToken, effect);
        let error = exchange(&world, &code).send().await.unwrap_err();
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
        let body = world.exchange(BOOKS, &code).await;
        assert_eq!(body["errcode"] == 40163, is_spent);
        assert_eq!(body["openid"].is_string(), !is_spent);
    }
}

// Ours: a delay is the right answer, later; others do not wait for it.
#[actix_web::test]
async fn a_delay_holds_up_its_own_request_only() {
    let world = World::new().await;
    let (slow, fast) = (code(&world), code(&world));
    world.order(Endpoint::AccessToken, Effect::Delay { millis: 2_000 });
    let delayed = world.exchange(BOOKS, &slow);
    let other = async {
        // The first request has met the rule by then, which is used up.
        while !world.simulator.faults().is_empty() {
            actix_web::rt::time::sleep(Duration::from_millis(5)).await;
        }
        world.exchange(BOOKS, &fast).await
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
    for (endpoint, path) in [
        (Endpoint::AccessToken, EXCHANGE),
        (Endpoint::RefreshToken, REFRESH),
        (Endpoint::Userinfo, USERINFO),
        (Endpoint::Auth, AUTH),
        (Endpoint::Token, TOKEN),
    ] {
        world.order(endpoint, errcode(45011));
        let body = world.json(path, &[]).await;
        assert_eq!(body["errcode"], 45011, "{path}");
        let comma = if path.starts_with("/sns/") { "," } else { "" };
        let words = format!("retry next minute{comma} rid: ");
        assert!(body["errmsg"].as_str().unwrap().contains(&words), "{body}");
        assert_ne!(world.json(path, &[]).await["errcode"], 45011, "{path}");
    }
    world.order(Endpoint::StableToken, errcode(40164));
    let post = world.request(Method::POST, STABLE_TOKEN).body("{}");
    let body = read(post).await.json();
    assert_eq!(body["errcode"], 40164);
    let words = "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: ";
    assert!(body["errmsg"].as_str().unwrap().starts_with(words));
}

// Ours: a rule for somebody finds the person behind a code and behind a token, and leaves other accounts alone.
#[actix_web::test]
async fn rules_find_the_person_behind_codes_and_tokens() {
    let world = World::new().await;
    for endpoint in [Endpoint::AccessToken, Endpoint::Auth] {
        let fault = Fault::new(endpoint, errcode(50002)).for_person("xiaohong");
        world.simulator.add_fault(fault.for_appid(BOOKS));
    }
    let nobody = world.json(AUTH, &[]).await;
    assert_ne!(nobody["errcode"], 50002);
    let refused = world.tokens("xiaohong", GrantedScope::Base).await;
    assert_eq!(refused["errcode"], 50002);
    for (appid, person) in [(BOOKS, "xiaoming"), (CAFE, "xiaohong")] {
        let scope = GrantedScope::Base;
        let tokens = world.tokens_of(appid, person, scope).await;
        assert_eq!(world.ask(AUTH, &tokens).await["errcode"], 0, "{person}");
    }
}
