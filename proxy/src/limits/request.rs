//! What every request passes before it is looked at: whether there is room for it, and whether its path means the same
//! to everybody.

use actix_web::Error;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::app::AppState;
use crate::dotted_path::is_dotted;
use crate::error::ApiError;

/// Middleware: counts the request as under way, refuses it where there are too many, and finds nothing under a path with
/// dots.
///
/// # Errors
/// Those of the service inside, unchanged.
pub(crate) async fn admit<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let Some(state) = request.app_data::<Data<AppState>>().cloned() else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let _under_way = state.life.requests().begin();
    let is_too_many = state.life.requests().count() > state.config.limits.requests_at_once;
    if is_too_many && !is_probe(request.path()) {
        let busy = ApiError::busy("too many requests at once");
        return Ok(request.error_response(busy).map_into_right_body());
    }
    if is_dotted(request.path()) {
        let refusal = request.error_response(ApiError::NotFound);
        return Ok(refusal.map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Whoever watches the process must not take a busy one for a dead one.
fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}
