//! Who may read and who may write through a session.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use api_types::Session;

use crate::error::ApiError;
use crate::session::SignedIn;
use login_store::Owner;
use wechat_oauth::{AppId, OpenId};

/// Whoever is signed in. Nobody for a guest of snapshot mode: nothing is kept about one.
pub struct SignedInReader(pub Option<Owner>);

/// Whoever is signed in as more than a guest.
pub struct SignedInWriter(pub Owner);

impl FromRequest for SignedInReader {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let session = SignedIn::from_request(request, payload).into_inner();
        ready(session.and_then(|SignedIn(session)| {
            let owner = (!session.snapshot).then(|| owner_of(&session));
            Ok(Self(owner.transpose()?))
        }))
    }
}

impl FromRequest for SignedInWriter {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let reader = SignedInReader::from_request(request, payload).into_inner();
        ready(
            reader.and_then(|SignedInReader(owner)| owner.map(Self).ok_or(ApiError::SnapshotGuest)),
        )
    }
}

fn owner_of(session: &Session) -> Result<Owner, ApiError> {
    // Sealed by us, so this fails for no session.
    Ok(Owner {
        appid: AppId::parse(&session.appid).map_err(ApiError::internal)?,
        openid: OpenId::parse(&session.openid).map_err(ApiError::internal)?,
    })
}
