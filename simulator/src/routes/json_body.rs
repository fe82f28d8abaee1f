//! What programs send to the control API, and what they are told if it is not right.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Reads a JSON body.
///
/// # Errors
/// The answer to send instead: 415 unless the body calls itself `application/json` (which keeps forms of other sites
/// out), 400 if it is not the expected JSON or holds something that could be a real AppSecret.
pub(crate) fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    body: &[u8],
) -> Result<T, Box<HttpResponse>> {
    let content_type = request.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next());
    if !essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json")) {
        return Err(Box::new(refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body is not declared as JSON",
            "send the header Content-Type: application/json",
        )));
    }
    parse(body).map_err(|(error, fix)| Box::new(refuse(StatusCode::BAD_REQUEST, &error, fix)))
}

/// An answer that says what is wrong and what to do about it.
pub(crate) fn refuse(status: StatusCode, error: &str, fix: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "error": error, "fix": fix }))
}

/// Whether a text has the form of a real AppSecret: 32 hexadecimal digits.
pub(crate) fn looks_like_a_real_secret(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, (String, &'static str)> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        (
            format!("the body is not JSON: {error}"),
            "send one JSON object",
        )
    })?;
    if holds_a_real_secret(&value) {
        return Err((
            String::from(
                "a text in the body has the form of a real AppSecret (32 hexadecimal digits)",
            ),
            "never send real credentials to a simulator; simulated secrets look like simulator-secret-a1",
        ));
    }
    serde_json::from_value(value).map_err(|error| {
        (
            error.to_string(),
            "compare the names and types of the fields with docs/simulator.md",
        )
    })
}

fn holds_a_real_secret(value: &Value) -> bool {
    match value {
        Value::String(text) => looks_like_a_real_secret(text),
        Value::Array(items) => items.iter().any(holds_a_real_secret),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| looks_like_a_real_secret(name) || holds_a_real_secret(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_secret_is_found_wherever_it_hides() {
        let secret = "0123456789abcdefABCDEF0123456789";
        for body in [
            json!(secret),
            json!([1, [secret]]),
            json!({ "a": { "b": secret } }),
            json!({ secret: 1 }),
        ] {
            let refused = parse::<Value>(body.to_string().as_bytes()).unwrap_err();
            assert!(!refused.0.contains(secret) && refused.0.contains("AppSecret"));
        }
        for harmless in [
            &secret[1..],
            "simulator-secret-a1",
            "g123456789abcdefABCDEF0123456789",
        ] {
            assert!(parse::<Value>(json!({ "a": harmless }).to_string().as_bytes()).is_ok());
        }
    }
}
