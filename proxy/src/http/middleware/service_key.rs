//! How a backend of the company shows who it is: `Authorization: Bearer <service key>`.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};

use super::prefix::WithPrefix;
use crate::http::extract::state_of;
use crate::http::refusal::Refusal;

/// Middleware: lets backends of the company in, and notes for the log which one it is; others get a 401. Under the path of
/// `public_url` there is nothing.
///
/// # Errors
/// Those of the service inside, unchanged.
pub(crate) async fn require(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    if request.extensions().contains::<WithPrefix>() {
        return Ok(request.error_response(Refusal::NotFound));
    }
    let keys = &state_of(request.request())?.service_keys;
    let Some(name) = bearer(&request).and_then(|key| keys.owner_of(key).cloned()) else {
        return Ok(request.error_response(Refusal::NoServiceKey));
    };
    request.extensions_mut().insert(name);
    next.call(request).await
}

/// What is shown for a key, be it of any letters.
fn bearer(request: &ServiceRequest) -> Option<&[u8]> {
    let header = request.headers().get(AUTHORIZATION)?.as_bytes();
    let (scheme, rest) = header.split_at_checked("bearer".len())?;
    let key = rest.strip_prefix(b" ")?.trim_ascii_start();
    scheme.eq_ignore_ascii_case(b"bearer").then_some(key)
}
