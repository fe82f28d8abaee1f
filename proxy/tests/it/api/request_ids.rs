//! Whose request ids are used, and what they are like.

use std::path::Path;

use regex::Regex;
use wechat_login_proxy::http::openapi::{PRODUCTION_COOKIE, document};

use crate::support::*;

/// nginx's `$request_id`.
const NGINX: &str = "7f2c1a9be3a84d60b1f0c2d3e4f5a6b7";

/// What the variables of the sample configurations stand for.
const VARIABLES: [(&str, &str); 2] = [
    ("$request_id", NGINX),
    (
        "{http.request.uuid}",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    ),
];

/// A proxy behind a web server on this machine.
async fn trusting_proxy() -> TestProxy {
    TestProxy::alone_with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await
}

async fn answered_id(proxy: &TestProxy, sent: &str) -> String {
    let response = proxy
        .ask("GET /api/session", &[("X-Request-Id", sent)])
        .await;
    let id = response.header("x-request-id").to_owned();
    let body: api_types::ApiErrorBody = response.json().await.unwrap();
    assert_eq!(body.error.request_id, id);
    id
}

#[actix_web::test]
async fn the_id_of_our_own_web_server_is_used_everywhere() {
    let proxy = trusting_proxy().await;
    assert_eq!(answered_id(&proxy, NGINX).await, NGINX);
    assert!(captured_log().contains(NGINX));
    for strange in [
        "",
        "short",
        "oABCdefGHIjklMNOpqrSTUvwxYZ0",
        "0123456789abcdef\t0",
    ] {
        assert_eq!(answered_id(&proxy, strange).await.len(), 16, "{strange}");
    }
}

#[actix_web::test]
async fn the_id_of_a_stranger_is_not() {
    let proxy = TestProxy::alone().await;
    let forged = "ffffffffffffffffffffffffffffffff";
    let ids = [forged, "chosen-by-the-caller"].map(|sent| answered_id(&proxy, sent));
    let [one, other] = ids;
    let (one, other) = (one.await, other.await);
    assert_eq!((one.len(), other.len()), (16, 16));
    assert_ne!(one, other);
    assert_not_logged(&[forged]);
}

/// What web servers send in the samples, a variable for each line that sets the header.
fn variables_of_the_samples() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/deploy");
    let files = std::fs::read_dir(folder).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let texts: Vec<String> = texts.collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    lines
        .filter_map(|line| {
            let (directive, value) = line.trim().split_once(" X-Request-Id ")?;
            assert!(matches!(directive, "proxy_set_header" | "header_up"));
            Some(value.trim_end_matches(';').to_owned())
        })
        .collect()
}

/// The one pattern the description has for one, in headers and in the envelope.
pub(crate) fn described_pattern() -> Regex {
    let document: Value = serde_json::from_str(&document(PRODUCTION_COOKIE, "")).unwrap();
    let mut patterns: Vec<String> = Vec::new();
    let mut rest = vec![&document];
    while let Some(value) = rest.pop() {
        if let Value::Object(members) = value {
            let header = members.get("X-Request-Id").map(|header| &header["schema"]);
            let has_code = members.contains_key("code") && members.contains_key("message");
            let member = members.get("request_id").filter(|_| has_code);
            for schema in header.into_iter().chain(member) {
                patterns.push(schema["pattern"].as_str().unwrap().to_owned());
            }
            rest.extend(members.values());
        }
    }
    patterns.dedup();
    assert_eq!(patterns.len(), 1, "{patterns:?}");
    Regex::new(&patterns.concat()).unwrap()
}

#[actix_web::test]
async fn the_ids_of_every_sample_configuration_are_as_the_description_says() {
    let pattern = described_pattern();
    let proxy = trusting_proxy().await;

    let variables = variables_of_the_samples();
    for (known, _) in VARIABLES {
        assert!(
            variables.iter().any(|it| it == known),
            "no sample has {known}"
        );
    }
    for variable in &variables {
        let sent = VARIABLES.iter().find(|(known, _)| known == variable);
        let (_, sent) = sent.unwrap_or_else(|| panic!("a sample sends {variable}: like what?"));
        assert_eq!(answered_id(&proxy, sent).await, *sent, "{variable}");
        assert!(pattern.is_match(sent), "{variable}");
    }
    assert!(pattern.is_match(&answered_id(&proxy, "none").await));
}
