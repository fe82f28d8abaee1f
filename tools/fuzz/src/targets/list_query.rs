//! The query of a list: refused unless every parameter is known, there once and in order.

use std::collections::BTreeMap;

use actix_web::http::{Method, Uri};
use reqwest::Url;
use serde_json::Value;

use super::parts::text;
use crate::http::{Proxy, Request};

/// The query.
pub(super) fn run(input: &[u8]) {
    Proxy::with(|proxy| {
        let cursor = proxy.fill_in("{cursor}");
        let query = text(input).replace("{cursor}", &cursor);
        let target = format!("/api/records?{query}");
        let is_target = Uri::try_from(target.as_str()).is_ok_and(|it| it.query() == Some(&query));
        if !is_target {
            return;
        }
        let answer = proxy.ask_signed_in(Request::new(Method::GET, &target));
        let Some(most) = expected(&target, &cursor) else {
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
fn expected(target: &str, cursor: &str) -> Option<usize> {
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
