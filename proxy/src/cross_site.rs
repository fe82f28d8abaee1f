//! Pages of other sites, which have nothing to change here.
//!
//! The cookie's SameSite, and JSON, which no other site may send without our permission, keep them out already. This
//! keeps out what a browser lets through by mistake.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderName;

use crate::error::ApiError;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A guard: refuses what the browser says a page of another site has asked for; old browsers say nothing.
pub(crate) fn refuse(request: &ServiceRequest) -> Result<(), ApiError> {
    let mut said = request.headers().get_all(SEC_FETCH_SITE);
    if said.any(|site| site.as_bytes().eq_ignore_ascii_case(b"cross-site")) {
        return Err(ApiError::CrossSite);
    }
    Ok(())
}
