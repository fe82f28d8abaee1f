//! The control API: every row of `control.toml` is sent to a simulator and is a row of the documents.

use reqwest::Method;
use serde::Deserialize;
use test_support::document::compare;

use super::{code, table};
use crate::support::World;

const ROUTES: &str = include_str!("../../../src/server.rs");

#[derive(Deserialize)]
struct Requests {
    request: Vec<Request>,
}

/// One request that steers.
#[derive(Deserialize)]
struct Request {
    method: String,
    /// Below `/_simulator`, with names in braces.
    path: String,
    /// With what the names in braces are filled.
    #[serde(default)]
    with: String,
    /// In JSON, where there is one.
    #[serde(default)]
    body: String,
    status: u16,
    zh: String,
    en: String,
}

#[tokio::test]
async fn every_request_that_steers_is_answered_as_documented_and_none_is_left_out() {
    let Requests { request: requests } = toml::from_str(include_str!("control.toml")).unwrap();
    let world = World::new().await;
    for Request {
        method,
        path,
        with,
        body,
        status,
        ..
    } in &requests
    {
        let from = path.find('{').unwrap_or(path.len());
        let to = path.find('}').map_or(path.len(), |it| it + 1);
        let filled = format!("{}{with}{}", &path[..from], &path[to..]);
        let url = format!("{}/_simulator/{filled}", world.simulator.base_url());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut sent = world.browser.request(method.clone(), url);
        if !body.is_empty() {
            sent = sent
                .header("Content-Type", "application/json")
                .body(body.clone());
        }
        let answer = sent.send().await.unwrap();
        assert_eq!(answer.status(), *status, "{method} {filled} {body}");
    }
    for part in ROUTES.split("json(\"/").skip(1) {
        let (path, _) = part.split_once('"').unwrap();
        let is_there = requests.iter().any(|request| request.path == path);
        assert!(is_there, "{path} is missing");
    }
    for (name, columns) in [
        ("zh", ["请求", "正文", "应答", "做什么"]),
        ("en", ["request", "body", "answer", "what it does"]),
    ] {
        let rows = requests.iter().map(|request| {
            let body = match &*request.body {
                "" => String::new(),
                body => code(body),
            };
            [
                code(&format!("{} /_simulator/{}", request.method, request.path)),
                body,
                request.status.to_string(),
                if name == "zh" {
                    &request.zh
                } else {
                    &request.en
                }
                .clone(),
            ]
        });
        compare(
            &format!("simulator-control.{name}.md"),
            &table(columns, rows),
        );
    }
}
