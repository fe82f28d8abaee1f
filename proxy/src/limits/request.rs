//! What every request passes before it is looked at: whether there is room for it, whether its path means the same to
//! everybody, and whether its body came in time.

use std::future::{Ready, ready};

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse};

use super::client::ClientNetwork;
use super::connection::BodyCameTooSlowly;
use super::{Limit, Limited};
use crate::app::AppState;
use crate::dotted_path::is_dotted;
use crate::error::ApiError;

/// Middleware: counts the request as under way, refuses it where there are too many, finds nothing under a path with
/// dots, and names a slow body as such.
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
        return Ok(refuse(
            request.into_parts().0,
            ApiError::busy("too many requests at once"),
        ));
    }
    if is_dotted(request.path()) {
        return Ok(refuse(request.into_parts().0, ApiError::NotFound));
    }
    let response = next.call(request).await?;
    if BodyCameTooSlowly::is_noted(&response.request().extensions()) {
        return Ok(refuse(response.into_parts().0, ApiError::BodyTooSlow));
    }
    Ok(response.map_into_left_body())
}

/// Whoever watches the process must not take a busy one for a dead one.
fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}

fn refuse<B>(request: HttpRequest, error: ApiError) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let response = HttpResponse::from_error(error);
    ServiceResponse::new(request, response).map_into_right_body()
}

/// A handler with this argument is a login: each request counts for its client, and those beyond the limit get a 429.
pub struct CountedLogin;

impl FromRequest for CountedLogin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let counted = request
            .app_data::<Data<AppState>>()
            .and_then(|state| {
                let client = ClientNetwork::of(request, &state.config.trusted_proxies)?;
                Some(state.exchanges_of_clients.take(&client))
            })
            .unwrap_or(Ok(()));
        ready(counted.map(|()| Self).map_err(|retry_after| {
            ApiError::Limited(Limited {
                limit: Limit::ExchangesOfClient,
                retry_after,
            })
        }))
    }
}
