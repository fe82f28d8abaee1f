//! Requests to the company's own back end, which is reached where the login's API is and by the same session: behind
//! forward authentication, say.
//!
//! [`api`](crate::api) takes every refusal for the proxy's. Here a refusal is the back end's own: its status, its code,
//! its words and the body as it came are kept, and [`Auth::explain_backend`](crate::Auth::explain_backend) says it to
//! the user in the page's words, or else in the login's.
//!
//! ```rust,no_run
//! # use leptos_wechat_login::{Auth, backend};
//! # async fn order(auth: Auth) -> Result<String, String> {
//! match backend::send("POST", "/backend/orders", Some("{\"tea\":\"龙井\"}".to_owned())).await {
//!     Ok(text) => Ok(text), // or serde_json::from_str(&text)
//!     Err(error) => {
//!         if error.status == 401 {
//!             auth.session_ended();
//!         }
//!         Err(auth.explain_backend(&error, |error| match error.code.as_deref() {
//!             Some("sold_out") => Some("卖完了"),
//!             _ => None,
//!         }))
//!     }
//! }
//! # }
//! ```

use std::error::Error;
use std::fmt;

use js_sys::JSON;
use wasm_bindgen::JsValue;

use crate::api;
use crate::json::{self, FromJson};
use crate::words::Words;

/// Why a request to one's own back end brought nothing to work with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackendError {
    /// The HTTP status: 200 to 299 where a good answer was not what the page reads, 0 where nothing answered within 25
    /// seconds.
    pub status: u16,
    /// The back end's code, a text or a number, where its body has one: `{"code": …}`, `{"error": …}` or
    /// `{"error": {"code": …}}`.
    pub code: Option<String>,
    /// What it says about it: `message` beside the code.
    pub message: Option<String>,
    /// The header `X-Request-Id`, or `request_id` beside the code.
    pub request_id: Option<String>,
    /// The body as it came.
    pub body: String,
}

/// For logs and developers; what users are told is [`Auth::explain_backend`](crate::Auth::explain_backend).
impl fmt::Display for BackendError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.status, &self.code) {
            (0, _) => formatter.write_str("no answer"),
            (status, Some(code)) => write!(formatter, "the back end's {status} {code}"),
            (status, None) => write!(formatter, "the back end's {status}"),
        }
    }
}

impl Error for BackendError {}

/// Gets JSON and reads it by the browser's parser.
///
/// # Errors
/// When nothing good is answered, or something else than a `T`.
pub async fn get<T: FromJson>(path: &str) -> Result<T, BackendError> {
    let answer = answer("GET", path, None).await?;
    json::parse(&answer.body).ok_or(answer)
}

/// Asks with a body of JSON, or without one, and gives the text of a good answer. `path` is one of this site, such as
/// `/backend/orders`, below the app's own.
///
/// # Errors
/// When nothing good is answered.
pub async fn send(method: &str, path: &str, body: Option<String>) -> Result<String, BackendError> {
    answer(method, path, body).await.map(|answer| answer.body)
}

/// A good answer has the shape of an error, in case it is none to the caller.
async fn answer(
    method: &str,
    path: &str,
    body: Option<String>,
) -> Result<BackendError, BackendError> {
    let timeout = api::Timeout::start();
    let Some(response) = api::send(method, path, body, &timeout).await else {
        return Err(BackendError::default());
    };
    let mut answer = BackendError {
        status: response.status(),
        request_id: response.headers().get("x-request-id"),
        ..BackendError::default()
    };
    let Ok(body) = response.text().await else {
        return Err(answer);
    };
    answer.body = body;
    if response.ok() {
        return Ok(answer);
    }
    if let Ok(body) = JSON::parse(&answer.body) {
        let error = json::field(&body, "error").unwrap_or_default();
        let of = |name| word(&error, name).or_else(|| word(&body, name));
        answer.code = of("code").or_else(|| word(&body, "error"));
        answer.message = of("message");
        answer.request_id = answer.request_id.or_else(|| of("request_id"));
    }
    Err(answer)
}

/// A field that is a text or a number, as a text.
fn word(value: &JsValue, name: &str) -> Option<String> {
    json::text(value, name).or_else(|| json::number(value, name).map(json::written))
}

/// What a page says about an error that it has no words of its own for.
pub(crate) fn explain(error: &BackendError, words: &Words) -> &'static str {
    match error.status {
        0 => words.unreachable,
        401 => words.unauthorized,
        404 | 410 => words.not_found,
        429 => words.rate_limited,
        500 => words.internal,
        _ => words.garbled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_words_of_the_page_has_those_of_its_status() {
        let words = &Words::ENGLISH;
        for (status, text) in [
            (0, words.unreachable),
            (200, words.garbled),
            (401, words.unauthorized),
            (404, words.not_found),
            (409, words.garbled),
            (429, words.rate_limited),
            (500, words.internal),
            (504, words.garbled),
        ] {
            let error = BackendError {
                status,
                ..BackendError::default()
            };
            assert_eq!(explain(&error, words), text, "{status}");
        }
    }

    #[test]
    fn a_log_has_the_status_and_the_code_and_nothing_of_the_body() {
        let mut error = BackendError {
            body: "openid".to_owned(),
            ..BackendError::default()
        };
        assert_eq!(error.to_string(), "no answer");
        error.status = 409;
        assert_eq!(error.to_string(), "the back end's 409");
        error.code = Some("sold_out".to_owned());
        assert_eq!(error.to_string(), "the back end's 409 sold_out");
    }
}
