//! `/api/auth`: who is signed in, in headers, for a web server that asks before it passes a request to a backend.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use api_types::Session;

use crate::error::ApiError;
use crate::session::SignedIn;

const X_WECHAT_ACCOUNT: HeaderName = HeaderName::from_static("x-wechat-account");
const X_WECHAT_APPID: HeaderName = HeaderName::from_static("x-wechat-appid");
const X_WECHAT_OPENID: HeaderName = HeaderName::from_static("x-wechat-openid");
const X_WECHAT_UNIONID: HeaderName = HeaderName::from_static("x-wechat-unionid");

/// `GET /api/auth`: 204 with `X-Wechat-Account`, `X-Wechat-Appid`, `X-Wechat-Openid` and, once known,
/// `X-Wechat-Unionid`.
///
/// Asks neither the database nor WeChat: it is called before every request to a backend.
///
/// # Errors
/// [`ApiError::NotSignedIn`] without a session, and for a guest of WeChat's snapshot mode: its openid is a virtual
/// user's, which a backend could not tell from a real one.
pub async fn show(SignedIn(session): SignedIn) -> Result<HttpResponse, ApiError> {
    if session.snapshot {
        return Err(ApiError::NotSignedIn);
    }
    let Session {
        account,
        appid,
        openid,
        unionid,
        ..
    } = session;
    let mut response = HttpResponse::NoContent();
    let known = [
        (X_WECHAT_ACCOUNT, Some(account)),
        (X_WECHAT_APPID, Some(appid)),
        (X_WECHAT_OPENID, Some(openid)),
        (X_WECHAT_UNIONID, unionid),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            response.insert_header((name, header_value(&value)?));
        }
    }
    Ok(response.finish())
}

/// Fails rather than leave a header out, which a backend would take for "unknown".
fn header_value(text: &str) -> Result<HeaderValue, ApiError> {
    HeaderValue::from_str(text)
        .map_err(|_| ApiError::internal("the session holds an id that is no header value"))
}
