//! What was asked of WeChat's side, for tests that count and developers who wonder.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use crate::query::Query;
use crate::wechat::looks_like_a_real_secret;

/// A simulator that runs all day keeps the latest of them.
const KEPT: usize = 1000;

/// Longer values are cut: they are there to be read.
const VALUE_LIMIT: usize = 200;

/// WeChat's own have less than twenty.
const NAME_LIMIT: usize = 40;

const MASK: &str = "***";

/// One request to one of WeChat's own paths, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoggedRequest {
    /// Counts all requests, from 1; clearing the log does not start it again.
    pub number: u64,
    /// Milliseconds on the simulator's clock, which starts at 0.
    pub at_millis: u64,
    /// `GET`, `POST`, …
    pub method: String,
    /// For example `/sns/oauth2/access_token`, without the query.
    pub path: String,
    /// The appid that was sent, right or wrong; `***` if it has not even the form of one.
    pub appid: Option<String>,
    /// Which code was sent, counted from 1 in the order of issue, so that a test sees one that was sent twice; absent
    /// where it is none of ours or has expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_number: Option<u64>,
    /// 0: WeChat did as asked. Else its errcode, the number on its error page, or 1 for an error page without one.
    pub errcode: i64,
    /// The query in its order, and behind it the form of a body.
    pub parameters: Vec<LoggedParameter>,
}

/// One parameter of a logged request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoggedParameter {
    /// The name as it was sent; `***` if it could be none.
    pub name: String,
    /// The value, or `***` where it could be a secret, a code, a token, a state, an address or an openid.
    pub value: String,
}

/// What a page set to be shared, as it stands in the page's call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The account whose page it was.
    pub appid: String,
    /// `updateAppMessageShareData` or `updateTimelineShareData`.
    pub api: String,
    /// The title of the card.
    pub title: String,
    /// The text below it; empty for Moments, which has none.
    pub desc: String,
    /// Where the card leads.
    pub link: String,
    /// Its picture.
    pub img_url: String,
}

/// The latest requests, newest last.
#[derive(Default)]
pub(crate) struct RequestLog {
    requests: VecDeque<LoggedRequest>,
    counted: u64,
}

impl RequestLog {
    /// Notes a request that has been answered.
    pub(crate) fn record(
        &mut self,
        at: Duration,
        method: &str,
        path: &str,
        query: &Query,
        code_number: Option<u64>,
        errcode: i64,
    ) {
        if self.requests.len() == KEPT {
            self.requests.pop_front();
        }
        self.counted = self.counted.saturating_add(1);
        self.requests.push_back(LoggedRequest {
            number: self.counted,
            at_millis: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
            method: method.to_owned(),
            path: path.to_owned(),
            appid: query.get("appid").map(appid_or_mask),
            code_number,
            errcode,
            parameters: query
                .iter()
                .map(|(name, value)| masked(name, value))
                .collect(),
        });
    }

    /// All that are kept, newest last.
    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.requests.iter().cloned().collect()
    }

    /// Forgets all that are kept.
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
    }
}

fn masked(name: &str, value: &str) -> LoggedParameter {
    let value = match name {
        "appid" => appid_or_mask(value),
        "grant_type" | "lang" | "response_type" | "scope" | "type" => shortened(value),
        // Switches; anything else in them is as unknown as anything else.
        "force_refresh" | "forcePopup" | "forceSnapShot" if matches!(value, "true" | "false") => {
            value.to_owned()
        }
        // All others are masked, also those nobody has thought of yet.
        _ => String::from(MASK),
    };
    // What is no name may be a body of another form, or a secret without one.
    let is_name = name.len() <= NAME_LIMIT
        && !name.contains(['"', '{', '\'', '\n'])
        && !looks_like_a_real_secret(name);
    LoggedParameter {
        name: String::from(if is_name { name } else { MASK }),
        value,
    }
}

/// Whoever swaps appid and secret must not find the secret in the log.
fn appid_or_mask(appid: &str) -> String {
    let has_the_form = appid.starts_with("wx") && appid.bytes().all(|b| b.is_ascii_alphanumeric());
    if has_the_form {
        shortened(appid)
    } else {
        String::from(MASK)
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(VALUE_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(log: &mut RequestLog, query: &str, errcode: i64) {
        let query = Query::parse(query);
        log.record(Duration::from_millis(7), "GET", "/p", &query, None, errcode);
    }

    #[test]
    fn only_known_harmless_values_are_shown() {
        for (query, appid, shown) in [
            (
                "appid=wx1&grant_type=authorization_code",
                "wx1",
                "appid=wx1 grant_type=authorization_code",
            ),
            (
                "appid=wx1&secret=s3&code=c4&Secret=s5&new=n6",
                "wx1",
                "appid=wx1 secret=*** code=*** Secret=*** new=***",
            ),
            ("{\"secret\":\"s7\"}&appid=wx1", "wx1", "***=*** appid=wx1"),
            ("appid=simulator-secret-a1", "***", "appid=***"),
            (
                "0123456789abcdef0123456789abcdef&appid=",
                "",
                "***=*** appid=***",
            ),
        ] {
            let mut log = RequestLog::default();
            logged(&mut log, query, 0);
            let [request] = log.all().try_into().unwrap();
            assert_eq!((request.at_millis, request.number), (7, 1));
            assert_eq!(request.appid.unwrap_or_default(), appid);
            let pairs = request
                .parameters
                .iter()
                .map(|it| format!("{}={}", it.name, it.value));
            assert_eq!(pairs.collect::<Vec<_>>().join(" "), shown);
        }
    }

    #[test]
    fn the_oldest_requests_make_room() {
        let mut log = RequestLog::default();
        for errcode in 0..=1000 {
            logged(&mut log, "", errcode);
        }
        let kept: Vec<_> = log.all().iter().map(|request| request.errcode).collect();
        assert!(kept.into_iter().eq(1..=1000));
    }
}
