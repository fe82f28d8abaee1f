//! `/healthz` and `/readyz`: for whoever watches the process.

use actix_web::web;

use crate::app::AppState;
use crate::error::ApiError;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: the database answers as well, so logins can work.
///
/// # Errors
/// [`ApiError::Internal`] if it does not.
pub async fn ready(state: web::Data<AppState>) -> Result<&'static str, ApiError> {
    state.store.ping().await?;
    Ok("ok")
}
