//! How calls and pages refuse what is wrong in one parameter: `refusals.toml`.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use wechat_simulator::GrantedScope;

use crate::support::*;

/// By what is asked: name and value of the changed parameter, number and words of the refusal.
type Table = BTreeMap<String, Vec<(String, String, i64, String)>>;

fn table() -> Table {
    toml::from_str(include_str!("refusals.toml")).unwrap()
}

// Observed: every errmsg of these calls ends in a rid, after a comma under /sns only.
#[actix_web::test]
async fn each_mistake_has_its_errcode_and_leaves_the_code_usable() {
    let world = World::new().await;
    let code = world.code("xiaoming", GrantedScope::Base);
    let tokens = world.tokens("xiaoming", GrantedScope::Userinfo).await;
    let known = |value: &str| match value {
        "$access_token" => tokens["access_token"].as_str().unwrap().to_owned(),
        "$openid_of_another" => world.simulator.openid(BOOKS, "xiaohong"),
        "$never_issued" => format!("86_{}", "x".repeat(100)),
        value => value.to_owned(),
    };
    let exchange = exchange_query(BOOKS, BOOKS_SECRET, &code);
    for (of, path, good) in [
        ("exchange", EXCHANGE, &exchange[..]),
        ("refresh", REFRESH, &refresh_query(&tokens)),
        ("bearer", USERINFO, &bearer(&tokens)),
        ("bearer", AUTH, &bearer(&tokens)),
        ("account", TOKEN, &CREDENTIALS),
        ("account", STABLE_TOKEN, &CREDENTIALS),
    ] {
        for (name, value, errcode, words) in &table()[of] {
            let (case, value) = (format!("{path} {name}={value}"), known(value));
            let changed = with(good, name, &value);
            let body = if path == STABLE_TOKEN {
                let fields = changed.iter().map(|(name, value)| (*name, json!(value)));
                let body = Value::from_iter(fields);
                world.send(Method::POST, path, &body).await.json()
            } else {
                world.json(path, &changed).await
            };
            assert_eq!(body["errcode"], *errcode, "{case}");
            let (said, comma) = (body["errmsg"].as_str().unwrap(), path.starts_with("/sns/"));
            assert!(said.starts_with(words) && said.contains(" rid: "), "{case}");
            assert_eq!(said.contains(", rid: "), comma, "{case}");
            let logged = world.simulator.requests().pop().unwrap();
            assert_eq!(logged.errcode, *errcode, "{case}");
        }
    }
    assert!(world.is_usable(&code).await);
}

// Observed: status 200 and the line with 错误码, on the page of official accounts only.
#[actix_web::test]
async fn each_mistake_gets_wechats_page_with_its_number() {
    let world = World::new().await;
    let official = request(APP, "snsapi_base", "s");
    let website = with(&request(APP, "snsapi_login", "s"), "appid", WEBSITE);
    for (of, path, good) in [
        ("authorize", "/connect/oauth2/authorize", &official[..]),
        ("qrconnect", "/connect/qrconnect", &website),
    ] {
        for (name, value, number, text) in &table()[of] {
            let mut changed = with(good, name, value);
            if name == "component_appid" {
                changed.push((name, value));
            }
            let response = world.get(&format!("{path}?{}", query_of(&changed))).await;
            let (case, number) = (format!("{path} {name}={value}"), Some(*number));
            let number = number.filter(|number| *number != 0);
            response.assert_refused(text, number, &case);
            let logged = world.simulator.requests().pop().unwrap();
            let is_logged = logged.errcode == number.unwrap_or(1);
            assert!(is_logged || of == "qrconnect", "{case}");
            // Whoever took a website application's appid is told of its page.
            let tells = response.contains("网站应用请用 /connect/qrconnect");
            let is_theirs = of == "authorize" && [WEBSITE, APPLICATION].contains(&&**value);
            assert_eq!(tells, is_theirs, "{case}");
        }
    }
}
