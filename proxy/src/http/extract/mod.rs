//! Extractors: what handlers ask of a request. A handler's arguments are looked at in their order, and the first that
//! refuses is the answer; so who asks stands before what for, and the body, which may take long to come, last.

/// `FromRequest` for what is read of a request's head alone, by its own `read`.
macro_rules! read_of_heads {
    ($($name:ident),+) => {$(
        impl actix_web::FromRequest for $name {
            type Error = Refusal;
            type Future = std::future::Ready<Result<Self, Refusal>>;

            fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
                std::future::ready(Self::read(request))
            }
        }
    )+};
}

pub(crate) mod body;
pub(crate) mod records;
pub(crate) mod signed_in;
pub(crate) mod users;

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::refusal::Refusal;
use super::state::AppState;

/// What handlers share.
pub(crate) fn state_of(request: &HttpRequest) -> Result<&Data<AppState>, Refusal> {
    let state = request.app_data::<Data<AppState>>();
    state.ok_or_else(|| Refusal::internal("a server without a state"))
}
