//! `/healthz` and `/readyz`: for whoever watches the process.

use actix_web::web;

use crate::app::AppState;
use crate::error::ApiError;
use crate::store;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: the database answers as well, so logins can work.
///
/// # Errors
/// [`ApiError::NotReady`] if it does not.
pub async fn ready(state: web::Data<AppState>) -> Result<&'static str, ApiError> {
    let not_ready = |error: store::Error| ApiError::NotReady {
        cause: error.to_string().into(),
    };
    state.store.ping().await.map_err(not_ready)?;
    Ok("ok")
}
