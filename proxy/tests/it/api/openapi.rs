//! The description says what the server does.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;
use reqwest::header::{ALLOW, CONTENT_TYPE};
use serde_json::Value;
use wechat_login_proxy::openapi::{PRODUCTION_COOKIE, document};

use crate::helpers::{TestProxy, config};

/// A page for developers, and no part of the API.
const PAGE: &str = "/api/docs";

/// For WeChat's console, which fetches a name it made up itself: no part of the API.
const VERIFY_FILE: &str = "/MP_verify_{name}";

fn described() -> Value {
    serde_json::from_str(&document(PRODUCTION_COOKIE).unwrap()).unwrap()
}

/// Nobody needs WeChat here.
async fn proxy(simulator: bool) -> TestProxy {
    let mut config = config("http://127.0.0.1:9");
    config.simulator = simulator;
    TestProxy::start_with(config).await
}

// WECHAT_LOGIN_UPDATE_DOCS=1 writes the file instead of comparing it.
#[test]
fn the_committed_description_is_the_one_of_this_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let current = document(PRODUCTION_COOKIE).unwrap();
    if std::env::var_os("WECHAT_LOGIN_UPDATE_DOCS").is_some() {
        std::fs::write(&path, current).unwrap();
    } else {
        assert!(
            std::fs::read_to_string(&path).unwrap() == current,
            "docs/openapi.json is behind; run cargo test -p wechat-login-proxy --test it openapi with WECHAT_LOGIN_UPDATE_DOCS=1"
        );
    }
}

#[test]
fn every_path_of_the_route_table_is_described_and_no_other() {
    let table = include_str!("../../../src/app.rs");
    let calls = table.split("resource(").skip(1);
    let routed: BTreeSet<&str> = calls
        .filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next())
        .filter(|path| !matches!(*path, PAGE | VERIFY_FILE))
        .collect();
    let document = described();
    let paths = document["paths"].as_object().unwrap();
    let described: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    assert_eq!(routed, described);
    assert!(described.contains("/api/records/{kind}/{key}"));
}

#[actix_web::test]
async fn every_path_takes_the_described_methods_and_no_others() {
    let proxy = proxy(true).await;
    for (path, operations) in described()["paths"].as_object().unwrap() {
        let path = path.replace(['{', '}'], "");
        let described: BTreeSet<String> = operations
            .as_object()
            .unwrap()
            .keys()
            .map(|method| method.to_uppercase())
            .collect();
        let all = [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
        ];
        for method in all {
            let request = proxy.request(method.parse::<Method>().unwrap(), &path);
            let response = request.send().await.unwrap();
            let is_taken = response.status() != 405;
            assert_eq!(is_taken, described.contains(method), "{method} {path}");
            if !is_taken {
                let allow = response.headers()[ALLOW].to_str().unwrap();
                let allowed: BTreeSet<String> = allow.split(", ").map(str::to_owned).collect();
                assert_eq!(allowed, described, "{method} {path}");
            }
        }
    }
}

#[actix_web::test]
async fn a_running_server_describes_itself_with_its_own_cookie() {
    let proxy = proxy(false).await;
    let served = proxy.get("/api/openapi.json").await;
    assert_eq!(served.headers()[CONTENT_TYPE], "application/json");
    let served: Value = served.json().await.unwrap();
    let mut expected = described();
    let scheme = "/components/securitySchemes/session/name";
    assert_eq!(*expected.pointer(scheme).unwrap(), "__Host-wechat_login");
    *expected.pointer_mut(scheme).unwrap() = "wechat_login".into();
    assert_eq!(served, expected);
}

#[actix_web::test]
async fn the_page_shows_every_operation_and_loads_nothing() {
    let response = proxy(true).await.get(PAGE).await;
    assert_eq!(response.status(), 200);
    let page = response.text().await.unwrap();
    let document = described();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let shown = format!("<code>{path}</code>");
        let times = page.matches(&shown).count();
        assert_eq!(times, operations.as_object().unwrap().len(), "{path}");
    }
    for outward in ["src=", "<link", "<script", "url(", "@import", "=\"http"] {
        assert!(!page.contains(outward), "{outward}");
    }
}

#[actix_web::test]
async fn production_has_no_page() {
    assert_eq!(proxy(false).await.get(PAGE).await.status(), 404);
}

#[test]
fn every_reference_leads_somewhere_and_every_link_names_an_operation() {
    let document = described();
    let operations: BTreeSet<&str> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let (mut references, mut links) = (0, 0);
    let mut rest = vec![&document];
    while let Some(value) = rest.pop() {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    references += 1;
                    let target = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(target).is_some(), "{reference}");
                }
                if let Some(Value::Object(named)) = members.get("links") {
                    for link in named.values() {
                        links += 1;
                        assert!(operations.contains(link["operationId"].as_str().unwrap()));
                    }
                }
                rest.extend(members.values());
            }
            Value::Array(values) => rest.extend(values),
            _ => {}
        }
    }
    assert!(references > 100 && links > 10, "{references} {links}");
}
