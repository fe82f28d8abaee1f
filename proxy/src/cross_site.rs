//! Pages of other sites, which have nothing to change here.
//!
//! The cookie's SameSite, and JSON, which no other site may send without our permission, keep them out already. This
//! keeps out what a browser lets through by mistake.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::error::ApiError;

/// A handler with this argument refuses what the browser says a page of another site has asked for.
pub struct NotCrossSite;

impl FromRequest for NotCrossSite {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if is_cross_site(request) {
            Err(ApiError::CrossSite)
        } else {
            Ok(Self)
        })
    }
}

/// Whether the browser says so; old ones say nothing.
pub(crate) fn is_cross_site(request: &HttpRequest) -> bool {
    let site = request.headers().get("sec-fetch-site");
    site.is_some_and(|site| site.as_bytes() == b"cross-site")
}
