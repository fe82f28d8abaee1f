//! What the columns of a row mean, the same on every database.

use api_types::{Profile, Scope};

use crate::{
    Error, Identity, Owner, RecordId, RecordKey, RecordKind, RecordValue, StoredRecord, Version,
};
use wechat_oauth::{AppId, OpenId, UnionId};

/// `appid, openid, platform, unionid, scope, nickname, headimgurl, first_seen, last_seen`.
pub(crate) type IdentityRow = (
    String,
    String,
    Option<String>,
    Option<String>,
    String,
    Option<String>,
    Option<String>,
    i64,
    i64,
);

/// `appid, openid`.
pub(crate) type OwnerRow = (String, String);

/// `kind, key, value, version, created_at, updated_at`.
pub(crate) type RecordRow = (String, String, String, i64, i64, i64);

/// `version, created_at, updated_at`.
pub(crate) type WrittenRow = (i64, i64, i64);

pub(crate) fn identity(row: IdentityRow) -> Result<Identity, Error> {
    let (appid, openid, platform, unionid, scope, nickname, headimgurl, first_seen, last_seen) =
        row;
    let Owner { appid, openid } = owner((appid, openid))?;
    Ok(Identity {
        appid,
        openid,
        platform,
        unionid: unionid
            .map(|text| UnionId::parse(&text))
            .transpose()
            .map_err(|_| Error::Corrupt("unionid"))?,
        scope: Scope::ALL
            .into_iter()
            .find(|known| known.as_str() == scope)
            .ok_or(Error::Corrupt("scope"))?,
        profile: nickname.map(|nickname| Profile {
            nickname,
            headimgurl: headimgurl.unwrap_or_default(),
        }),
        first_seen: time(first_seen, "first_seen")?,
        last_seen: time(last_seen, "last_seen")?,
    })
}

pub(crate) fn owner((appid, openid): OwnerRow) -> Result<Owner, Error> {
    Ok(Owner {
        appid: AppId::parse(&appid).map_err(|_| Error::Corrupt("appid"))?,
        openid: OpenId::parse(&openid).map_err(|_| Error::Corrupt("openid"))?,
    })
}

pub(crate) fn record(
    owner: &Owner,
    (kind, key, value, version, created_at, updated_at): RecordRow,
) -> Result<StoredRecord, Error> {
    let id = RecordId {
        owner: owner.clone(),
        kind: RecordKind::parse(&kind).map_err(|_| Error::Corrupt("kind"))?,
        key: RecordKey::parse(&key).map_err(|_| Error::Corrupt("key"))?,
    };
    let value = RecordValue::from_database(value);
    written(&id, &value, (version, created_at, updated_at))
}

/// What a record is after it was written.
pub(crate) fn written(
    id: &RecordId,
    value: &RecordValue,
    (version, created_at, updated_at): WrittenRow,
) -> Result<StoredRecord, Error> {
    Ok(StoredRecord {
        id: id.clone(),
        value: value.clone(),
        version: Version(version),
        created_at: time(created_at, "created_at")?,
        updated_at: time(updated_at, "updated_at")?,
    })
}

/// A number of rows.
pub(crate) fn count(value: i64) -> Result<u64, Error> {
    u64::try_from(value).map_err(|_| Error::Corrupt("count"))
}

/// A time as the database keeps it.
pub(crate) fn to_column(time: u64) -> i64 {
    i64::try_from(time).unwrap_or(i64::MAX)
}

fn time(value: i64, column: &'static str) -> Result<u64, Error> {
    u64::try_from(value).map_err(|_| Error::Corrupt(column))
}
