//! How a backend of the company shows who it is: `Authorization: Bearer <service key>`.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};

use super::prefix::WithPrefix;
use crate::http::extract::state_of;
use crate::http::headers::bearer;
use crate::http::refusal::Refusal;

/// Middleware: lets backends of the company in, and notes for the log which one it is; others get a 401. Under the path of
/// `public_url` there is nothing.
pub(crate) async fn require(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    if request.extensions().contains::<WithPrefix>() {
        return Ok(request.error_response(Refusal::NotFound));
    }
    let keys = &state_of(request.request())?.service_keys;
    let key = request.headers().get(AUTHORIZATION).and_then(bearer);
    let Some(name) = key.and_then(|key| keys.owner_of(key).cloned()) else {
        return Ok(request.error_response(Refusal::NoServiceKey));
    };
    request.extensions_mut().insert(name);
    next.call(request).await
}
