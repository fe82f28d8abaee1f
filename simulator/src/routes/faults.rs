//! The answers of fault rules: of the server API, at the authorize page, and on the redirect that leads to the app.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue, LOCATION, SET_COOKIE};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::rt::time::sleep;
use actix_web::{Error, HttpResponse, web};
use serde_json::json;

use crate::dialect::{self, Body};
use crate::platform::{Effect, Verdict, random};
use crate::wechat::{errmsg_of, page_text_of};

use super::respond::{ok, query_of, record};
use super::{Shared, authorize, phone};

/// What a gateway before WeChat might say.
const GATEWAY_HTML: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// Where an authorization begins. What else lies around these pages is not struck, nor a HEAD, so that counts stay true.
const PAGES: [&str; 2] = ["/connect/oauth2/authorize", "/connect/qrconnect"];

/// Spoils an answer of the server API; `right` is empty if the work was not done. Also the number for the log: the
/// errcode, or 1 where the answer has none.
pub(super) fn spoiled(effect: &Effect, path: &str, mut right: Body) -> (i64, HttpResponse) {
    match effect {
        Effect::Errcode { errcode, errmsg } => {
            let words = errmsg.as_deref().unwrap_or_else(|| errmsg_of(*errcode));
            let body = dialect::error(path, *errcode, words, &random::rid());
            (*errcode, dialect::answer(path, body))
        }
        Effect::StringErrcode { errcode, errmsg } => {
            let words = errmsg.as_deref().unwrap_or_else(|| errmsg_of(*errcode));
            let body = dialect::string_error(*errcode, words, &random::rid());
            (*errcode, dialect::answer(path, body))
        }
        Effect::TruncatedJson => {
            right.truncate(right.len() / 2);
            (1, dialect::answer(path, right))
        }
        Effect::WrongCharset => {
            let mut mislabelled = HttpResponse::Ok();
            (
                1,
                mislabelled
                    .content_type("text/plain; charset=gbk")
                    .body(right),
            )
        }
        _ => (1, transport(effect)),
    }
}

/// The page in place of WeChat's, and its number for the log.
fn spoiled_page(effect: &Effect) -> (i64, HttpResponse) {
    match effect {
        Effect::Errcode { errcode, errmsg } => {
            let words = || page_text_of(*errcode).unwrap_or_else(|| errmsg_of(*errcode));
            let text = errmsg.as_deref().unwrap_or_else(words);
            let values = json!({ "text": text, "number": errcode });
            (*errcode, ok("ordered_error.html", values))
        }
        other => (1, transport(other)),
    }
}

/// The effects that have nothing to do with what was asked, for APIs and pages alike.
fn transport(effect: &Effect) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    match effect {
        Effect::HttpStatus { status } => {
            response.status(StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY));
            response.content_type("text/html").body(GATEWAY_HTML)
        }
        Effect::EmptyBody => response.content_type("text/html").finish(),
        Effect::HtmlBody => response.content_type("text/html").body(GATEWAY_HTML),
        Effect::ResetBefore | Effect::ResetAfter => response.body(Reset),
        // These are met elsewhere.
        Effect::Errcode { .. }
        | Effect::StringErrcode { .. }
        | Effect::TruncatedJson
        | Effect::WrongCharset
        | Effect::Delay { .. }
        | Effect::CallbackTwice
        | Effect::StaleCode => response.finish(),
    }
}

/// A body that fails before its first byte: actix closes the connection without having sent even a status line.
struct Reset;

impl MessageBody for Reset {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<web::Bytes>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }
}

/// Goes around all requests and touches only those that rules for `authorize` are about.
pub(crate) async fn around(
    platform: Shared,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let verdict = met_on_arrival(&request, &platform);
    if !verdict.delay.is_zero() {
        sleep(verdict.delay).await;
    }
    let Some(effect) = verdict.effect else {
        let response = next.call(request).await?.map_into_boxed_body();
        return Ok(delivered(response, &platform));
    };
    let (errcode, spoiled) = spoiled_page(&effect);
    if verdict.after_work {
        // The page itself is in the log, with the number it would have had.
        return Ok(next.call(request).await?.into_response(spoiled));
    }
    let asked = request.request();
    record(&mut platform.lock(), asked, &query_of(asked), errcode);
    Ok(request.into_response(spoiled))
}

fn met_on_arrival(request: &ServiceRequest, platform: &Shared) -> Verdict {
    let is_page = PAGES.contains(&request.path()) && request.method() != Method::HEAD;
    let mut platform = platform.lock();
    if !is_page || authorize::hop(request.uri(), &platform.settings).is_some() {
        return Verdict::default();
    }
    let holder = phone::holder(request.request(), &platform);
    let query = query_of(request.request());
    platform.meet_page_fault(query.get("appid"), &holder.id)
}

/// A redirect with a code of ours, as it reaches the app.
fn delivered(mut response: ServiceResponse, platform: &Shared) -> ServiceResponse {
    let location = response.headers().get(LOCATION);
    let location = location.and_then(|location| location.to_str().ok());
    let delivery = location.and_then(|location| platform.lock().meet_delivery(location));
    let Some((location, twice)) = delivery else {
        return response;
    };
    if !twice {
        if let Ok(value) = HeaderValue::from_str(&location) {
            response.headers_mut().insert(LOCATION, value);
        }
        return response;
    }
    let mut page = ok("callback_twice.html", json!({ "address": location }));
    for cookie in response.headers().get_all(SET_COOKIE) {
        page.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    if let Some(policy) = policy_for(&location) {
        page.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response.into_response(page)
}

/// The usual policy, and leave to fetch from the app.
fn policy_for(location: &str) -> Option<HeaderValue> {
    let (scheme, rest) = location.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    HeaderValue::from_str(&format!(
        "default-src 'none'; img-src data:; connect-src {scheme}://{host}; style-src 'unsafe-inline'; \
         script-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ))
    .ok()
}
