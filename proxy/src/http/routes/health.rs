//! `/healthz` and `/readyz`: for whoever watches the process.

use std::time::Duration;

use actix_web::web;
use tokio::time::timeout;

use crate::http::openapi::responses::NotReady;
use crate::http::refusal::Refusal;
use crate::http::state::AppState;

/// Whoever asks gives up soon.
const PATIENCE: Duration = Duration::from_secs(5);

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
pub(crate) async fn alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: the database does for us what it has to do for a login, and the process is not about to end.
///
/// # Errors
/// [`Refusal::NotReady`] and [`Refusal::Ending`] if not.
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
pub(crate) async fn ready(state: web::Data<AppState>) -> Result<&'static str, Refusal> {
    if state.is_ending() {
        return Err(Refusal::Ending);
    }
    let cause = match timeout(PATIENCE, state.store.ping()).await {
        Ok(Ok(())) => return Ok("ok"),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("database: no answer within {} seconds", PATIENCE.as_secs()),
    };
    Err(Refusal::NotReady {
        cause: cause.into(),
    })
}
