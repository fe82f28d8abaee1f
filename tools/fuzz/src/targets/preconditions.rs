//! `If-Match` and `If-None-Match`: a record changes only if it is what the writer believes.

use actix_web::http::Method;
use actix_web::http::header::HeaderValue;

use super::parts::{lines, text};
use crate::http::{Proxy, Request};

const TARGET: &str = "/api/records/draft/mine";

/// Lines: `If-Match`, `If-None-Match`; `-` leaves one out, `{tag}` is what the record has.
pub(super) fn run(input: &[u8]) {
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
        let expected = expected(if_match, if_none_match, &tag);
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
fn expected(if_match: Option<&str>, if_none_match: Option<&str>, tag: &str) -> u16 {
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
