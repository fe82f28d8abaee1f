//! Whole requests to the proxy, and parts of them that another reader reads as well.

use std::collections::BTreeMap;

use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, Uri};
use reqwest::Url;
use serde_json::{Map, Value};

use crate::http::Request;
use crate::proxy::Proxy;
use crate::{lines, text};

/// The query of a list: refused unless every parameter is known, there once and in order.
///
/// Input: the query.
pub(super) fn list_query(input: &[u8]) {
    Proxy::with(|proxy| {
        let cursor = proxy.fill_in("{cursor}");
        let query = text(input).replace("{cursor}", &cursor);
        let target = format!("/api/records?{query}");
        let is_target = Uri::try_from(target.as_str()).is_ok_and(|it| it.query() == Some(&query));
        if !is_target {
            return;
        }
        let answer = proxy.ask_signed_in(Request::new(Method::GET, &target));
        let Some(most) = most_records(&target, &cursor) else {
            assert_eq!(answer.status, 400, "{}", answer.text());
            return;
        };
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page: Value = serde_json::from_slice(&answer.body).unwrap();
        let records = page["records"].as_array().unwrap();
        assert!(records.len() <= most, "{} of {most}", records.len());
    });
}

/// How many records at most, or a refusal, by another reader of queries.
fn most_records(target: &str, cursor: &str) -> Option<usize> {
    let url = Url::parse("https://h").unwrap().join(target).unwrap();
    let mut parameters = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        if parameters
            .insert(name.into_owned(), value.into_owned())
            .is_some()
        {
            return None;
        }
    }
    let kind = parameters.remove("kind");
    let across = parameters.remove("across");
    let given = parameters.remove("cursor");
    let limit = parameters.remove("limit");
    let is_kind = |kind: &String| {
        (1..=32).contains(&kind.len())
            && kind
                .bytes()
                .all(|it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
    };
    let is_own = across.as_deref().is_none_or(|across| across == "account");
    // The one cursor there is was given for all kinds of the account's own records.
    let opens = given.is_none_or(|given| given == cursor && kind.is_none() && is_own);
    let is_across = is_own || across.as_deref() == Some("person");
    let is_right = parameters.is_empty() && kind.as_ref().is_none_or(is_kind) && is_across && opens;
    let limit = limit.map_or(Some(20), |limit| limit.parse().ok())?;
    (is_right && (1..=100).contains(&limit)).then_some(limit)
}

const TARGET: &str = "/api/records/draft/mine";

/// `If-Match` and `If-None-Match`: a record changes only if it is what the writer believes.
///
/// Input, by lines: `If-Match`, `If-None-Match`; `-` leaves one out, `{tag}` is what the record has.
pub(super) fn preconditions(input: &[u8]) {
    let input = text(input);
    Proxy::with(|proxy| {
        let before = proxy.ask_signed_in(put().json("\"before\""));
        assert!(
            before.status.is_success(),
            "{} {}",
            before.status,
            before.text()
        );
        let tag = before.header("etag").to_owned();
        let filled = input.replace("{tag}", &tag);
        let [if_match, if_none_match] =
            lines(&filled).map(|line: &str| (line != "-").then_some(line));
        let mut request = put().json("\"after\"");
        for (name, value) in [("if-match", if_match), ("if-none-match", if_none_match)] {
            match value.map(HeaderValue::from_str) {
                Some(Ok(value)) => request = request.with(name, value),
                Some(Err(_)) => return,
                None => {}
            }
        }
        let answer = proxy.ask_signed_in(request);
        let expected = status_of_put(if_match, if_none_match, &tag);
        assert_eq!(answer.status, expected, "{}", answer.text());
        let after = proxy.ask_signed_in(Request::new(Method::GET, TARGET));
        assert_eq!(after.status, 200);
        assert_eq!(
            after.header("etag") != tag,
            expected == 200,
            "written, or not"
        );
    });
}

fn put() -> Request {
    Request::new(Method::PUT, TARGET)
}

/// The status for a record that is there and has this tag.
fn status_of_put(if_match: Option<&str>, if_none_match: Option<&str>, tag: &str) -> u16 {
    let trimmed = |text: Option<&'_ str>| text.map(|text| text.trim_ascii().to_owned());
    match (
        trimmed(if_match).as_deref(),
        trimmed(if_none_match).as_deref(),
    ) {
        (None, None) | (Some("*"), None) => 200,
        (None, Some("*")) => 412,
        (Some(named), None) if is_tag(named) => {
            if named.trim_start_matches("W/") == tag {
                200
            } else {
                412
            }
        }
        (Some(named), Some("*")) if named == "*" || is_tag(named) => 412,
        _ => 400,
    }
}

/// One tag, weak or not.
fn is_tag(text: &str) -> bool {
    let text = text.strip_prefix("W/").unwrap_or(text);
    text.len() >= 2
        && text.starts_with('"')
        && text.ends_with('"')
        && text.matches('"').count() == 2
}

/// Any request at all: the proxy answers in its own words, tells nobody another one's secrets, and logs none.
///
/// Input: a request, see [`crate::http`].
pub(super) fn proxy_request(input: &[u8]) {
    Proxy::with(|proxy| {
        let filled = proxy.fill_in(&text(input));
        if let Some(request) = Request::parse(&filled) {
            // What holds for every answer is checked there.
            proxy.ask(request);
        }
    });
}

const CODES: [&str; 7] = [
    "app_not_loaded",
    "app_missing",
    "app_broken",
    "app_blocked",
    "app_crashed",
    "browser_unsupported",
    "webassembly_off",
];

/// `POST /api/report`: anybody's, so a closed list of words, and no line of the log but ours.
///
/// Input, by lines: the user agent, then the body.
pub(super) fn report(input: &[u8]) {
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

/// `Authorization`: nobody but who shows the whole key is let in.
///
/// Input: the header; `{key}` is a service key.
pub(super) fn service_authorization(input: &[u8]) {
    Proxy::with(|proxy| {
        let key = proxy.fill_in("{key}");
        let header = text(input).replace("{key}", &key);
        let Ok(value) = HeaderValue::from_str(&header) else {
            return;
        };
        let target = proxy.fill_in("/service/accounts/shop/users/{openid}");
        let request = Request::new(Method::GET, &target).with("authorization", value);
        let answer = proxy.ask(request);
        let shown = header
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let is_let_in =
            header.is_ascii() && shown.is_some_and(|(_, shown)| shown.trim_start() == key);
        assert_eq!(answer.status, if is_let_in { 200 } else { 401 });
        assert_eq!(answer.header("www-authenticate").is_empty(), is_let_in);
    });
}
