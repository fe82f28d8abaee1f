//! `POST /api/report`: anybody's, so a closed list of words, and no line of the log but ours.

use actix_web::http::Method;
use actix_web::http::header::HeaderValue;
use serde_json::{Map, Value};

use super::parts::{lines, text};
use crate::http::{Proxy, Request};

const CODES: [&str; 3] = ["app_not_loaded", "app_crashed", "browser_unsupported"];

/// Lines: the user agent, then the body.
pub(super) fn run(input: &[u8]) {
    let input = text(input);
    let [user_agent, body] = lines(&input);
    let mut request = Request::new(Method::POST, "/api/report");
    if let Ok(value) = HeaderValue::from_bytes(user_agent.as_bytes()) {
        request = request.with("user-agent", value);
    }
    request.body = body.as_bytes().to_vec();
    let expected = match body.len() {
        0..=1024 if is_report(body) => 204,
        0..=1024 => 400,
        _ => 413,
    };
    Proxy::with(|proxy| {
        let answer = proxy.ask(request);
        assert_eq!(answer.status, expected, "{}", answer.text());
    });
}

fn is_report(body: &str) -> bool {
    let Ok(mut members) = serde_json::from_str::<Map<String, Value>>(body) else {
        return false;
    };
    let code = members.remove("code");
    let id = members.remove("request_id").unwrap_or_default();
    let is_code = matches!(code, Some(Value::String(code)) if CODES.contains(&code.as_str()));
    is_code && (id.is_null() || id.is_string()) && members.is_empty()
}
