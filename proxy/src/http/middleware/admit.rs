//! Overload protection, and paths that mean the same to everybody.

use actix_web::Error;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use super::dotted_path::is_dotted;
use crate::http::extract::state_of;
use crate::http::refusal::Refusal;

/// Middleware: counts the request as under way, refuses it where there are too many, and finds nothing under a path with
/// dots.
///
/// # Errors
/// Those of the service inside, unchanged.
pub(crate) async fn admit<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let state = state_of(request.request())?.clone();
    let _in_flight = state.requests.begin();
    let is_too_many = state.requests.count() > state.config.limits.requests_at_once;
    if is_too_many && !is_probe(request.path()) {
        let busy = Refusal::busy("too many requests at once");
        return Ok(request.error_response(busy).map_into_right_body());
    }
    if is_dotted(request.path()) {
        let refusal = request.error_response(Refusal::NotFound);
        return Ok(refusal.map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Whoever watches the process must not take a busy one for a dead one.
fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}
