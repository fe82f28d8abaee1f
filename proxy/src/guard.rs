//! Guards: what a request must pass before its handler hears of it.
//!
//! The framework makes all arguments of a handler at once, so one that only refuses does not keep the others from
//! counting or reading. A middleware does: what is behind it begins when it lets the request through. Inside a handler
//! the order is that of its lines: who asks, what exactly, the body, then what is counted, and last the work.

use actix_web::Route;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::middleware::{Next, from_fn};

use crate::error::ApiError;

/// A route for requests that pass `check` alone; others get its refusal.
pub(crate) fn guarded(route: Route, check: fn(&ServiceRequest) -> Result<(), ApiError>) -> Route {
    let guard = move |request: ServiceRequest, next: Next<BoxBody>| async move {
        match check(&request) {
            Ok(()) => next.call(request).await,
            Err(refusal) => Ok(request.error_response(refusal)),
        }
    };
    route.wrap(from_fn(guard))
}
