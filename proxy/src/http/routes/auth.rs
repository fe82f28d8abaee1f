//! `/api/auth`: who is signed in, in headers, for a web server that asks before it passes a request to a backend.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use api_types::Session;

use crate::http::extract::signed_in::SignedIn;
use crate::http::refusal::Refusal;

const X_WECHAT_ACCOUNT: HeaderName = HeaderName::from_static("x-wechat-account");
const X_WECHAT_APPID: HeaderName = HeaderName::from_static("x-wechat-appid");
const X_WECHAT_OPENID: HeaderName = HeaderName::from_static("x-wechat-openid");
const X_WECHAT_UNIONID: HeaderName = HeaderName::from_static("x-wechat-unionid");

/// `GET /api/auth`: who is signed in, in headers, for the web server in front of backends.
///
/// Asks neither the database nor WeChat: it is called before every request to a backend.
///
/// # Errors
/// [`Refusal::NotSignedIn`] without a session, and for a guest of WeChat's snapshot mode: its openid is a virtual
/// user's, which a backend could not tell from a real one.
#[utoipa::path(
    get,
    path = "/api/auth",
    operation_id = "authenticate",
    tag = "operations",
    security(("session" = [])),
    responses(
        (status = 204, description = "Somebody is signed in, who is no guest of snapshot mode",
            headers(
                ("X-Wechat-Account" = String, description = "The configured name of the official account whose page this is"),
                ("X-Wechat-Appid" = String, description = "What the openid belongs to: the official account, or the website application after a login by QR code"),
                ("X-Wechat-Openid" = String, description = "Who the user is under this account"),
                ("X-Wechat-Unionid" = String, description = "Who the user is over all accounts of the platform; absent while unknown"),
            )),
    ),
)]
pub(crate) async fn show(SignedIn(session): SignedIn) -> Result<HttpResponse, Refusal> {
    if session.snapshot {
        return Err(Refusal::NotSignedIn);
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
fn header_value(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text)
        .map_err(|_| Refusal::internal("the session holds an id that is no header value"))
}
