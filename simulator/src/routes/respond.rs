//! Answers and questions that all pages share.

use std::fmt;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{InternalError, UrlencodedError};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, LOCATION};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::json;

use crate::pages;
use crate::platform::Platform;
use crate::query::Query;
use crate::wechat::AuthorizeRefusal;

/// What most handlers give: an answer, or one that says why not.
pub(super) type Answer = Result<HttpResponse, Error>;

/// A page as an answer.
pub(super) fn page(status: StatusCode, template: &str, values: impl Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        // A second lock behind the escaping of names. No form-action: Chromium applies it to the redirect after the
        // consent form too, which leads to the app's origin.
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
             base-uri 'none'; frame-ancestors 'none'",
        ))
        .body(pages::render(template, values))
}

/// A page as the usual answer.
pub(super) fn ok(template: &str, values: impl Serialize) -> HttpResponse {
    page(StatusCode::OK, template, values)
}

/// Sends the browser on. Never cached: a code works once.
pub(super) fn redirect(status: StatusCode, location: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((LOCATION, location))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

/// A page with a title and a sentence, in place of what was asked for.
#[derive(Debug)]
pub(super) struct Notice(
    pub(super) StatusCode,
    pub(super) &'static str,
    pub(super) String,
);

/// A form that names a person who is not there (any more).
pub(super) fn no_such_person() -> Notice {
    Notice(
        StatusCode::NOT_FOUND,
        "没有这个人",
        "表单里的人物不存在，请返回重新选择。".into(),
    )
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.1)
    }
}

impl ResponseError for Notice {
    fn error_response(&self) -> HttpResponse {
        let values = json!({ "title": self.1, "text": self.2 });
        page(self.0, "notice.html", values)
    }
}

impl fmt::Display for AuthorizeRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.page.text())
    }
}

/// WeChat's error page, with status 200.
impl ResponseError for AuthorizeRefusal {
    fn error_response(&self) -> HttpResponse {
        refused(self, self.page.text(), self.page.number)
    }
}

/// The message page of a refusal, in the words of one of WeChat's two pages.
pub(super) fn refused(refusal: &AuthorizeRefusal, text: &str, number: Option<i64>) -> HttpResponse {
    let (why, fix) = (&refusal.why, &refusal.page.fix);
    ok(
        "refused.html",
        json!({ "text": text, "number": number, "why": why, "fix": fix }),
    )
}

/// A page with a title and a sentence, for what is in order.
pub(super) fn notice(title: &str, text: &str) -> HttpResponse {
    ok("notice.html", json!({ "title": title, "text": text }))
}

/// Any address without a route.
pub(crate) async fn not_found() -> HttpResponse {
    let text = "模拟器没有实现这个地址。".into();
    Notice(StatusCode::NOT_FOUND, "没有这个地址", text).error_response()
}

/// A form with a field missing or a value that is none.
pub(crate) fn unreadable_form(error: UrlencodedError, _: &HttpRequest) -> Error {
    let notice = Notice(StatusCode::BAD_REQUEST, "表单有问题", error.to_string());
    InternalError::from_response(error, notice.error_response()).into()
}

/// Turns away what another site lets the developer's browser send: forms of the simulator's pages come from the
/// simulator's pages. Browsers say where a form comes from; programs that say nothing may pass, as they may use the
/// control API.
pub(crate) async fn from_here(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // As the router reads it, for which `%5F` is a `_`.
    let path = percent_decode_str(request.path());
    let is_ours = path.decode_utf8_lossy().starts_with("/_simulator/");
    if is_ours && !request.method().is_safe() && comes_from_elsewhere(request.request()) {
        let text = "这个表单不是模拟器的页面发出的，没有执行。".into();
        return Err(Notice(StatusCode::FORBIDDEN, "来自别处的表单", text).into());
    }
    next.call(request).await
}

fn comes_from_elsewhere(request: &HttpRequest) -> bool {
    let header = |name| request.headers().get(name).map(|value| value.as_bytes());
    match header("sec-fetch-site") {
        Some(site) => !matches!(site, b"same-origin" | b"none"),
        // To a plain http address that is not loopback, browsers send only this.
        None => header("origin").is_some_and(|origin| {
            let host = origin
                .strip_prefix(b"http://")
                .or_else(|| origin.strip_prefix(b"https://"));
            host.is_none() || host != header("host")
        }),
    }
}

/// The address under which the caller sees the simulator, without a trailing slash: the configured public URL, else the
/// one the request was sent to.
pub(super) fn own_origin(request: &HttpRequest, public_url: Option<&str>) -> String {
    if let Some(url) = public_url {
        return url.to_owned();
    }
    // Host and port and nothing that could turn the address into another one.
    let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let is_host = |host: &&str| !host.is_empty() && host.bytes().all(is_host_byte);
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    match host.filter(is_host) {
        Some(host) => format!("http://{host}"),
        None => format!("http://{}", request.app_config().local_addr()),
    }
}

/// The query of a request.
pub(super) fn query_of(request: &HttpRequest) -> Query {
    Query::parse(request.query_string())
}

/// Notes an answered request in the log.
pub(super) fn record(platform: &mut Platform, request: &HttpRequest, query: &Query, errcode: i64) {
    platform.record(request.method().as_str(), request.path(), query, errcode);
}
