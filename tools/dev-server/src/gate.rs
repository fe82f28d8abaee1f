//! A team's own back end behind the login: `location /backend/` of `docs/deploy/nginx-forward-auth.conf`.
//!
//! The proxy is asked before every request. Only who is signed in gets through, with headers that say who, and without
//! what is nobody's business but the proxy's.

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, COOKIE, HOST, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::cookies;
use crate::forward::{self, Failure, Upload};
use crate::language::Language;
use crate::missing::{self, Program};

/// Who is signed in. Each is set from the proxy's answer, and gone where that has none.
const WHO: [&str; 4] = [
    "x-wechat-account",
    "x-wechat-appid",
    "x-wechat-openid",
    "x-wechat-unionid",
];

/// What of the proxy's refusal is passed on beside its body.
const OF_THE_REFUSAL: [&str; 3] = ["content-type", "cache-control", "x-request-id"];

/// Passes a request to the back end if the proxy knows who asks.
pub(crate) async fn pass(
    proxy: &Program,
    backend: &Program,
    prefix: &str,
    request: &HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    let mut headers = forward::headers_of(request);
    if headers.get_all(AUTHORIZATION).count() > 1 {
        return HttpResponse::BadRequest().finish();
    }
    let cookies = joined(&headers);
    let target = format!("{prefix}/api/auth");
    let asked = question(&headers, &cookies);
    let answer = match forward::send(proxy, "GET", &target, &asked, Upload::EMPTY).await {
        Ok(answer) => answer,
        Err(failure) => return no_answer(proxy, request, &failure),
    };
    match answer.status().as_u16() {
        200..=299 => {}
        401 => return refused(answer).await,
        403 => return HttpResponse::Forbidden().finish(),
        _ => return no_answer(proxy, request, &Failure::Broken),
    }
    for name in WHO {
        headers.remove(name);
        if let Some(value) = answer.headers().get(name)
            && let Ok(value) = HeaderValue::from_bytes(value.as_bytes())
            && !value.is_empty()
        {
            headers.insert(
                actix_web::http::header::HeaderName::from_static(name),
                value,
            );
        }
    }
    headers.remove(COOKIE);
    set_latin(&mut headers, &cookies::for_backend(&cookies));
    let is_token = |value: &HeaderValue| cookies::is_token(&latin(value));
    if headers.get(AUTHORIZATION).is_some_and(is_token) {
        headers.remove(AUTHORIZATION);
    }
    forward::pass(backend, request, &headers, payload).await
}

/// The cookies and the token are all the proxy needs.
fn question(headers: &HeaderMap, cookies: &str) -> HeaderMap {
    let mut asked = HeaderMap::new();
    for name in [HOST, AUTHORIZATION] {
        if let Some(value) = headers.get(&name) {
            asked.insert(name, value.clone());
        }
    }
    set_latin(&mut asked, cookies);
    asked
}

/// The proxy's own 401, as JSON.
async fn refused(answer: hyper::Response<hyper::body::Incoming>) -> HttpResponse {
    let mut response = HttpResponse::Unauthorized();
    for name in OF_THE_REFUSAL {
        let value = answer.headers().get(name);
        let value = value.and_then(|it| HeaderValue::from_bytes(it.as_bytes()).ok());
        if let Some(value) = value {
            response.insert_header((name, value));
        }
    }
    let body = forward::small_text(answer.into_body()).await;
    response.body(body.unwrap_or_default())
}

/// As nginx: 500, and the back end is not asked. With words, which nginx has none of.
fn no_answer(proxy: &Program, request: &HttpRequest, failure: &Failure) -> HttpResponse {
    let language = Language::of_browser(request.headers());
    let sentence = match failure {
        Failure::Silent => proxy.sentence(language),
        Failure::Broken => proxy.broke_off(language),
    };
    missing::response(request, StatusCode::INTERNAL_SERVER_ERROR, &sentence)
}

/// All `Cookie` headers as one, byte for byte.
fn joined(headers: &HeaderMap) -> String {
    let all: Vec<String> = headers.get_all(COOKIE).map(latin).collect();
    all.join("; ")
}

/// Each byte as one letter, so that nothing is lost of what is not UTF-8.
fn latin(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

/// Sets `Cookie` to what [`latin`] made, none where that is empty.
fn set_latin(headers: &mut HeaderMap, cookies: &str) {
    let bytes: Vec<u8> = cookies
        .chars()
        .filter_map(|it| u8::try_from(it).ok())
        .collect();
    if let Ok(value) = HeaderValue::from_bytes(&bytes)
        && !value.is_empty()
    {
        headers.insert(COOKIE, value);
    }
}
