//! What the columns of a row mean, the same on every database.

use api_types::{Profile, Scope};
use sqlx_macros::FromRow;
use wechat_oauth::{AppId, OpenId, UnionId};

use crate::{
    Error, KnownIdentity, Owner, RecordId, RecordKey, RecordKind, RecordValue, Scan, ScanState,
    StoredRecord, Version,
};

#[derive(FromRow)]
pub(crate) struct IdentityRow {
    #[sqlx(flatten)]
    owner: OwnerRow,
    platform: Option<String>,
    unionid: Option<String>,
    scope: String,
    nickname: Option<String>,
    headimgurl: Option<String>,
    first_seen: i64,
    last_seen: i64,
}

#[derive(FromRow)]
pub(crate) struct OwnerRow {
    appid: String,
    openid: String,
}

#[derive(FromRow)]
pub(crate) struct RecordRow {
    kind: String,
    key: String,
    value: String,
    #[sqlx(flatten)]
    written: WrittenRow,
}

#[derive(FromRow)]
pub(crate) struct WrittenRow {
    version: i64,
    created_at: i64,
    updated_at: i64,
}

/// Of the one row that writing an identity answers.
pub(crate) fn the_identity(rows: Vec<IdentityRow>) -> Result<KnownIdentity, Error> {
    let row = rows.into_iter().next();
    row.ok_or(sqlx::Error::RowNotFound)?.identity()
}

impl IdentityRow {
    /// Whether it is of this appid and openid.
    pub(crate) fn is_of(&self, owner: (&str, &str)) -> bool {
        owner == (self.owner.appid.as_str(), self.owner.openid.as_str())
    }

    pub(crate) fn identity(self) -> Result<KnownIdentity, Error> {
        let Owner { appid, openid } = self.owner.owner()?;
        let unionid = self.unionid.map(|text| UnionId::parse(&text)).transpose();
        let mut scopes = Scope::ALL.into_iter();
        Ok(KnownIdentity {
            appid,
            openid,
            platform: self.platform,
            unionid: unionid.map_err(|_| Error::Corrupt("unionid"))?,
            scope: scopes
                .find(|known| known.as_str() == self.scope)
                .ok_or(Error::Corrupt("scope"))?,
            profile: self.nickname.map(|nickname| Profile {
                nickname,
                headimgurl: self.headimgurl.unwrap_or_default(),
            }),
            first_seen: count(self.first_seen, "first_seen")?,
            last_seen: count(self.last_seen, "last_seen")?,
        })
    }
}

impl OwnerRow {
    pub(crate) fn owner(self) -> Result<Owner, Error> {
        Ok(Owner {
            appid: AppId::parse(&self.appid).map_err(|_| Error::Corrupt("appid"))?,
            openid: OpenId::parse(&self.openid).map_err(|_| Error::Corrupt("openid"))?,
        })
    }
}

impl RecordRow {
    pub(crate) fn record(self, owner: &Owner) -> Result<StoredRecord, Error> {
        let id = RecordId {
            owner: owner.clone(),
            kind: RecordKind::parse(&self.kind).map_err(|_| Error::Corrupt("kind"))?,
            key: RecordKey::parse(&self.key).map_err(|_| Error::Corrupt("key"))?,
        };
        self.written
            .record(id, RecordValue::from_database(self.value))
    }
}

impl WrittenRow {
    /// What a record is after it was written.
    pub(crate) fn record(self, id: RecordId, value: RecordValue) -> Result<StoredRecord, Error> {
        Ok(StoredRecord {
            id,
            value,
            version: Version(self.version),
            created_at: count(self.created_at, "created_at")?,
            updated_at: count(self.updated_at, "updated_at")?,
        })
    }
}

#[derive(FromRow)]
pub(crate) struct ScanRow {
    id: String,
    browser: String,
    page: String,
    code: String,
    account: String,
    redirect_uri: String,
    login_state: String,
    number: String,
    client: String,
    state: String,
    appid: Option<String>,
    openid: Option<String>,
    created_at: i64,
    ends_at: i64,
}

impl ScanRow {
    pub(crate) fn scan(self) -> Result<Scan, Error> {
        let owner = self.appid.zip(self.openid);
        let owner = owner.map(|(appid, openid)| OwnerRow { appid, openid }.owner());
        Ok(Scan {
            id: self.id,
            browser: self.browser,
            page: self.page,
            code: self.code,
            account: self.account,
            redirect_uri: self.redirect_uri,
            login_state: self.login_state,
            number: self.number,
            client: self.client,
            state: scan_state(&self.state)?,
            owner: owner.transpose()?,
            created_at: count(self.created_at, "created_at")?,
            ends_at: count(self.ends_at, "ends_at")?,
        })
    }
}

impl Scan {
    /// The texts of a new one.
    pub(crate) fn columns(&self) -> [&str; 10] {
        [
            &self.id,
            &self.browser,
            &self.page,
            &self.code,
            &self.account,
            &self.redirect_uri,
            &self.login_state,
            &self.number,
            &self.client,
            self.state.as_str(),
        ]
    }
}

pub(crate) fn scan_state(text: &str) -> Result<ScanState, Error> {
    let mut states = ScanState::ALL.into_iter();
    let state = states.find(|known| known.as_str() == text);
    state.ok_or(Error::Corrupt("state"))
}

/// A number that is never negative: a time, or how many rows there are.
pub(crate) fn count(value: i64, column: &'static str) -> Result<u64, Error> {
    u64::try_from(value).map_err(|_| Error::Corrupt(column))
}

/// A time as the database keeps it.
pub(crate) fn to_column(time: u64) -> i64 {
    i64::try_from(time).unwrap_or(i64::MAX)
}
