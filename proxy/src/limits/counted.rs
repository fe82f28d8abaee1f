//! What is counted for whom. The last thing before the work, so that what is refused for any other reason costs nothing.

use actix_web::HttpRequest;

use super::client::ClientNetwork;
use super::{Limit, Limited};
use crate::app::AppState;
use crate::error::ApiError;
use login_store::Owner;

/// One more login of this client.
///
/// # Errors
/// [`ApiError::Limited`] beyond `limits.exchanges_per_client_per_minute`.
pub(crate) fn login(state: &AppState, request: &HttpRequest) -> Result<(), ApiError> {
    let Some(client) = ClientNetwork::of(request, &state.config.trusted_proxies) else {
        return Ok(());
    };
    let taken = state.exchanges_of_clients.take(&client);
    within(Limit::ExchangesOfClient, taken)
}

/// One more write of this user: a stolen session, or a page gone wild, must not keep the database busy.
///
/// # Errors
/// [`ApiError::Limited`] beyond `limits.writes_per_user_per_minute`.
pub(crate) fn write(state: &AppState, owner: &Owner) -> Result<(), ApiError> {
    within(Limit::WritesOfUser, state.writes_of_users.take(owner))
}

fn within(limit: Limit, taken: Result<(), std::time::Duration>) -> Result<(), ApiError> {
    taken.map_err(|retry_after| ApiError::Limited(Limited { limit, retry_after }))
}
