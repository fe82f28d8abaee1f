//! Cross-site request forgery: pages of other sites have nothing to change here.
//!
//! The cookie's SameSite, and JSON, which no other site may send without our permission, keep them out already. This
//! keeps out what a browser lets through by mistake.

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::http::headers::SEC_FETCH_SITE;
use crate::http::refusal::Refusal;

/// Middleware: refuses changes that the browser says a page of another site has asked for; old browsers say nothing.
pub(crate) async fn refuse(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let mut said = request.headers().get_all(SEC_FETCH_SITE);
    let is_cross_site = said.any(|site| site.as_bytes().eq_ignore_ascii_case(b"cross-site"));
    if is_cross_site && !request.method().is_safe() {
        return Ok(request.error_response(Refusal::CrossSite));
    }
    next.call(request).await
}
