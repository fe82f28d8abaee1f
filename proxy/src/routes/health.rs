//! `/healthz` and `/readyz`: for whoever watches the process.

use actix_web::web;

use crate::app::AppState;
use crate::error::ApiError;
use crate::openapi::refusals::NotReady;
use login_store as store;

/// `GET /healthz`: the process answers.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "get_health",
    tag = "operations",
    security(()),
    responses(
        (status = 200, description = "`ok`", body = String, content_type = "text/plain"),
    )
)]
pub async fn alive() -> &'static str {
    "ok"
}

/// `HEAD /healthz`: the process answers.
#[utoipa::path(
    head,
    path = "/healthz",
    operation_id = "head_health",
    tag = "operations",
    security(()),
    responses(
        (status = 200, description = "The process serves"),
    )
)]
pub async fn alive_head() -> &'static str {
    alive().await
}

/// `GET /readyz`: the database answers as well, so logins can work, and the process is not about to end.
///
/// # Errors
/// [`ApiError::NotReady`] and [`ApiError::Ending`] if not.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "get_readiness",
    tag = "operations",
    security(()),
    responses(
        (status = 200, description = "`ok`", body = String, content_type = "text/plain"),
        NotReady,
    )
)]
pub async fn ready(state: web::Data<AppState>) -> Result<&'static str, ApiError> {
    if state.life.is_ending() {
        return Err(ApiError::Ending);
    }
    let not_ready = |error: store::Error| ApiError::NotReady {
        cause: error.to_string().into(),
    };
    state.store.ping().await.map_err(not_ready)?;
    Ok("ok")
}

/// `HEAD /readyz`: the database answers as well.
///
/// # Errors
/// As [`ready`].
#[utoipa::path(
    head,
    path = "/readyz",
    operation_id = "head_readiness",
    tag = "operations",
    security(()),
    responses(
        (status = 200, description = "The database answers"),
        (status = 503, description = "The database does not answer"),
    )
)]
pub async fn ready_head(state: web::Data<AppState>) -> Result<&'static str, ApiError> {
    ready(state).await
}
