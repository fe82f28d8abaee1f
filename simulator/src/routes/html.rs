//! The headers all pages share.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use maud::Markup;

/// A page as an answer.
pub(crate) fn page(status: StatusCode, markup: Markup) -> HttpResponse {
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
        .body(markup.into_string())
}
