//! Who may read and who may write through a session.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use api_types::Session;

use crate::app::AppState;
use crate::cross_site::is_cross_site;
use crate::error::ApiError;
use crate::limits::{Limit, Limited};
use crate::session::SignedIn;
use crate::store::Owner;
use crate::wechat::{AppId, OpenId};

/// Whoever is signed in. Nobody for a guest of snapshot mode: nothing is kept about one.
pub struct SignedInReader(pub Option<Owner>);

/// Whoever is signed in as more than a guest, on a page of our own.
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
        ready(reader.and_then(|SignedInReader(owner)| {
            if is_cross_site(request) {
                return Err(ApiError::CrossSite);
            }
            let owner = owner.ok_or(ApiError::SnapshotGuest)?;
            count_write(request, &owner)?;
            Ok(Self(owner))
        }))
    }
}

/// A stolen session, or a page gone wild, must not keep the database busy.
fn count_write(request: &HttpRequest, owner: &Owner) -> Result<(), ApiError> {
    let Some(state) = request.app_data::<web::Data<AppState>>() else {
        return Ok(());
    };
    let taken = state.writes_of_users.take(owner);
    taken.map_err(|retry_after| {
        ApiError::Limited(Limited {
            limit: Limit::WritesOfUser,
            retry_after,
        })
    })
}

fn owner_of(session: &Session) -> Result<Owner, ApiError> {
    // Sealed by us, so this fails for no session.
    Ok(Owner {
        appid: AppId::parse(&session.appid).map_err(ApiError::internal)?,
        openid: OpenId::parse(&session.openid).map_err(ApiError::internal)?,
    })
}
