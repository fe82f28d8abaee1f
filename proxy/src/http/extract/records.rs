//! Which record a request is about: by its path, and for a user by the session.

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

    fn in_path(request: &HttpRequest) -> Result<Self, Refusal> {
        let path = Path::<RecordPath>::extract(request).into_inner();
        let RecordPath { kind, key } = path.map_err(|_| Refusal::NotFound)?.into_inner();
        Ok(Self {
            kind: RecordKind::parse(&kind).map_err(|_| Refusal::MalformedRecordName)?,
            key: RecordKey::parse(&key).map_err(|_| Refusal::MalformedRecordName)?,
        })
    }
}

impl OwnRecord {
    fn read(request: &HttpRequest) -> Result<Self, Refusal> {
        let owner = reader(request)?;
        let name = RecordName::in_path(request)?;
        Ok(Self(name.of(owner.ok_or(Refusal::NotFound)?)))
    }
}

impl OwnWritableRecord {
    fn read(request: &HttpRequest) -> Result<Self, Refusal> {
        let owner = reader(request)?.ok_or(Refusal::SnapshotGuest)?;
        let id = RecordName::in_path(request)?.of(owner);
        // What a backend wrote is the company's word: a user who could change it could pay by editing an order.
        if state_of(request)?.config.backend_kinds.contains(&id.kind) {
            return Err(Refusal::KindOfBackends);
        }
        Ok(Self(id))
    }
}

impl RecordOfUser {
    fn read(request: &HttpRequest) -> Result<Self, Refusal> {
        let user = UserInPath::read(request)?;
        let name = RecordName::in_path(request)?;
        Ok(Self { user, name })
    }
}

read_of_heads!(OwnRecord, OwnWritableRecord, RecordOfUser);
