//! The description says what the server does.

use std::collections::BTreeSet;
use std::path::Path;

use wechat_login_proxy::http::openapi::{PRODUCTION_COOKIE, document};

use crate::support::*;

/// For WeChat's console, which fetches a name it made up itself: no part of the API.
const VERIFY_FILE: &str = "/MP_verify_{name}";

fn described() -> Value {
    serde_json::from_str(&document(PRODUCTION_COOKIE, "")).unwrap()
}

/// Nobody needs WeChat here; backends have a key.
async fn backend() -> (TestProxy, Caller) {
    let proxy = TestProxy::start_with(people::config_with_backends()).await;
    let backend = people::backend(&proxy);
    (proxy, backend)
}

// WECHAT_LOGIN_UPDATE_DOCS=1 writes the file instead of comparing it.
#[test]
fn the_committed_description_is_the_one_of_this_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let current = document(PRODUCTION_COOKIE, "");
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
    let table = include_str!("../../../src/http/server.rs");
    let mut scope = "";
    let mut routed = BTreeSet::new();
    for call in table.split("web::").skip(1) {
        let (function, rest) = call.split_once('(').unwrap_or_default();
        let path = rest.split('"').nth(1).unwrap_or_default();
        match function {
            "scope" => scope = path,
            "resource" => {
                routed.insert(format!("{scope}{path}"));
            }
            _ => {}
        }
    }
    assert!(routed.remove(VERIFY_FILE));
    let document = described();
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(routed, described);
    assert!(described.contains("/api/records/{kind}/{key}"));
}

#[actix_web::test]
async fn every_path_takes_the_described_methods_and_no_others() {
    let (_proxy, backend) = backend().await;
    for (path, operations) in described()["paths"].as_object().unwrap() {
        let path = path.replace(['{', '}'], "");
        let described = operations.as_object().unwrap().keys();
        let described: BTreeSet<String> = described.map(|method| method.to_uppercase()).collect();
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
        ] {
            let response = backend.ask(&format!("{method} {path}"), &[]).await;
            let is_taken = response.status() != 405;
            assert_eq!(is_taken, described.contains(method), "{method} {path}");
            if !is_taken {
                let allowed = response.header("allow").split(", ").map(str::to_owned);
                let allowed: BTreeSet<String> = allowed.collect();
                assert_eq!(allowed, described, "{method} {path}");
                if method != "HEAD" {
                    response.error(405, InvalidRequest).await;
                }
            }
        }
    }
}

#[actix_web::test]
async fn a_running_server_describes_itself_with_its_own_cookie() {
    let proxy = TestProxy::alone().await;
    let served = proxy.get("/api/openapi.json").await;
    assert_eq!(served.header("content-type"), "application/json");
    let served: Value = served.object().await;
    let mut expected = described();
    let scheme = "/components/securitySchemes/session/name";
    assert_eq!(*expected.pointer(scheme).unwrap(), "__Host-wechat_login");
    *expected.pointer_mut(scheme).unwrap() = "wechat_login".into();
    assert_eq!(served, expected);
}

#[test]
fn a_token_is_as_good_as_the_cookie_and_nothing_is_said_about_rust() {
    let document = described();
    assert!(!document.to_string().contains("`Debug`"));
    let mut with_session = 0;
    for operations in document["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            let security = operation["security"].as_array();
            let has = |name: &str| security.is_some_and(|it| it.contains(&json!({ name: [] })));
            assert_eq!(has("session"), has("token"), "{operation}");
            with_session += usize::from(has("session"));
        }
    }
    assert!(with_session > 5, "{with_session}");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = described();
    let mut references = 0;
    let mut rest = vec![&document];
    while let Some(value) = rest.pop() {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    references += 1;
                    let target = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(target).is_some(), "{reference}");
                }
                rest.extend(members.values());
            }
            Value::Array(values) => rest.extend(values),
            _ => {}
        }
    }
    assert!(references > 100, "{references}");
}
