//! Which record a request is about: by its path, and for a user by the session.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::Path;
use actix_web::{FromRequest, HttpRequest};
use login_store::{Owner, RecordId, RecordKey, RecordKind};

use super::signed_in::reader;
use super::state_of;
use super::users::UserInPath;
use crate::http::openapi::parameters::RecordPath;
use crate::http::refusal::Refusal;

/// The record in the path, of whoever is signed in.
pub(crate) struct OwnRecord(pub(crate) RecordId);

/// The same, to be written: not by a guest, and none of a kind that only backends write.
pub(crate) struct OwnWritableRecord(pub(crate) RecordId);

/// The record in the path, of the user in the path.
pub(crate) struct RecordOfUser {
    /// Whose it is.
    pub(crate) user: UserInPath,
    /// What it is called.
    pub(crate) name: RecordName,
}

/// What a record is called, whosoever it is.
pub(crate) struct RecordName {
    kind: RecordKind,
    key: RecordKey,
}

impl RecordName {
    /// This owner's record.
    pub(crate) fn of(self, owner: Owner) -> RecordId {
        let Self { kind, key } = self;
        RecordId { owner, kind, key }
    }

    fn in_path(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Refusal> {
        let path = Path::<RecordPath>::from_request(request, payload).into_inner();
        let RecordPath { kind, key } = path.map_err(|_| Refusal::NotFound)?.into_inner();
        Ok(Self {
            kind: RecordKind::parse(&kind).map_err(|_| Refusal::MalformedRecordName)?,
            key: RecordKey::parse(&key).map_err(|_| Refusal::MalformedRecordName)?,
        })
    }
}

impl FromRequest for OwnRecord {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(reader(request).and_then(|owner| {
            let name = RecordName::in_path(request, payload)?;
            Ok(Self(name.of(owner.ok_or(Refusal::NotFound)?)))
        }))
    }
}

impl FromRequest for OwnWritableRecord {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(reader(request).and_then(|owner| {
            let owner = owner.ok_or(Refusal::SnapshotGuest)?;
            let id = RecordName::in_path(request, payload)?.of(owner);
            // What a backend wrote is the company's word: a user who could change it could pay by editing an order.
            if state_of(request)?.config.backend_kinds.contains(&id.kind) {
                return Err(Refusal::KindOfBackends);
            }
            Ok(Self(id))
        }))
    }
}

impl FromRequest for RecordOfUser {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = UserInPath::from_request(request, payload).into_inner();
        ready(user.and_then(|user| {
            let name = RecordName::in_path(request, payload)?;
            Ok(Self { user, name })
        }))
    }
}
