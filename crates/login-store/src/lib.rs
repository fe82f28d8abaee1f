//! Identities and records: who was seen under which official account, and what the company keeps about them, on SQLite
//! and PostgreSQL. [`open`] takes an address of either; the tables are made and brought up to date there.
//!
//! Reading order: [`Store`] (what the rest of the program asks for), `identity`, `record`, `scan` and `json_value` (the words
//! it asks in), `sql` (the statements, the same on every database), `queries` (the store once more, for both pools),
//! `url` and `postgres_url` (where it is), `sqlite` and `postgres` (how each is opened), `pools` (PostgreSQL's connections), `group_commit` and `login_batch` (SQLite's writes), `inspect` and `rights` (what is there, without
//! changing it), `damage` (whether an SQLite file is whole), `files` (whose an SQLite database is), `place` and `holder` (where it lies, and who has it open), `backup` and
//! `restore`, `moving` (from one to the other) and `exclusive` (a file that nobody else has meanwhile).

// Nothing that comes from outside may stop a thread; each exception says why it cannot happen.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod backup;
mod damage;
mod error;
mod exclusive;
pub mod files;
mod group_commit;
mod heart;
mod holder;
mod identity;
mod inspect;
mod json_value;
mod list;
mod login_batch;
mod migrations;
mod moving;
mod observed;
mod place;
mod pools;
mod postgres;
mod postgres_url;
mod queries;
mod record;
mod restore;
mod rights;
mod rows;
mod scan;
mod seen;
mod sql;
mod sqlite;
mod url;

use std::sync::Arc;

use api_types::Across;
use async_trait::async_trait;

use wechat_oauth::{AppId, OpenId, UnionId};

pub use backup::{Contents, CopyError, backup};
pub use damage::{Soundness, soundness};
pub use error::Error;
pub use identity::{KnownIdentity, NotedIdentity, Owner, SeenIdentity};
pub use inspect::{Connection, connection, inspect};
pub use json_value::{InvalidJson, RecordValue};
pub use list::{ListQuery, Position, Slice};
pub use migrations::Tables;
pub use moving::{MoveError, MoveProgress, MoveStep, Moved, move_to_postgres};
pub use observed::{Observed, Observer};
pub use postgres::PostgresStore;
pub use postgres_url::{InvalidPart, PostgresParts, PostgresUrl};
pub use record::{
    InvalidName, Precondition, RecordDraft, RecordId, RecordKey, RecordKind, StoredRecord, Version,
    Written,
};
pub use restore::{Restored, restore};
pub use rights::{CONNECTIONS_NEEDED, Rights, rights};
pub use scan::{Scan, ScanState, ScanStep};
pub use sqlite::SqliteStore;
pub use sqlx::postgres::PgSslMode;
pub use url::DatabaseUrl;

/// Opens the database of `url` and brings its tables to this version.
///
/// # Errors
/// [`Error`] if it cannot be reached or used, or is of a newer version this one cannot use.
pub async fn open(url: &DatabaseUrl) -> Result<Arc<dyn Store>, Error> {
    Ok(match url {
        DatabaseUrl::SqliteFile(path) => Arc::new(SqliteStore::open_file(path).await?),
        DatabaseUrl::SqliteMemory => Arc::new(SqliteStore::open_in_memory().await?),
        DatabaseUrl::Postgres(url) => Arc::new(PostgresStore::open(url).await?),
    })
}

/// The connections to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    /// Waiting for work.
    pub idle: u32,
    /// At work.
    pub in_use: u32,
    /// Given up since the start, because the server took no writes or did not answer.
    pub given_up: u64,
}

/// The database in words of the domain.
///
/// Every method fails with [`Error`] if the database does. It has changed nothing then, unless the connection was lost while
/// it was at it: nobody knows then. What a method has answered as written is durable.
#[async_trait]
pub trait Store: Send + Sync {
    /// Notes a login and answers all that is now known about the user.
    ///
    /// What a login does not tell (a silent one has neither unionid nor profile) keeps its stored value.
    async fn upsert_identity(&self, seen: &SeenIdentity) -> Result<KnownIdentity, Error>;

    /// Notes what a backend knows about a user who may never have logged in, and answers all that is now known.
    ///
    /// A known unionid stays where none is told; the times of logins stay in any case.
    async fn note_identity(&self, noted: &NotedIdentity) -> Result<KnownIdentity, Error>;

    /// Notes the unionid of a user who is known and whose unionid is not; of nobody else, so that whoever was erased
    /// meanwhile stays so. Answers whether there was one.
    async fn learn_unionid(&self, noted: &NotedIdentity) -> Result<bool, Error>;

    /// What is known about a user, if anything.
    async fn find_identity(
        &self,
        appid: &AppId,
        openid: &OpenId,
    ) -> Result<Option<KnownIdentity>, Error>;

    /// Everybody who is known under this unionid of this platform, by appid and openid; at most a hundred.
    async fn identities_of_person(
        &self,
        platform: &str,
        unionid: &UnionId,
    ) -> Result<Vec<KnownIdentity>, Error>;

    /// The first so many users of an appid after `after`, by openid: in an order that is the database's own.
    async fn slice_of_users(
        &self,
        appid: &AppId,
        after: Option<&OpenId>,
        limit: u32,
    ) -> Result<Vec<KnownIdentity>, Error>;

    /// The identities that are the same person as `owner`: same platform, same unionid, as stored at this moment.
    ///
    /// Without a platform or a unionid, or without such an identity, only `owner`. In the order of lists, and at
    /// most a hundred: nobody has that many accounts of one company.
    async fn person_of(&self, owner: &Owner) -> Result<Vec<Owner>, Error>;

    /// Creates or replaces a record.
    ///
    /// An equal value changes nothing, neither version nor time.
    async fn put_record(
        &self,
        draft: &RecordDraft,
        precondition: Precondition,
    ) -> Result<Written, Error>;

    /// A record, if there is one.
    async fn get_record(&self, id: &RecordId) -> Result<Option<StoredRecord>, Error>;

    /// Deletes a record, of this version where one is given. Answers whether there was one.
    async fn delete_record(&self, id: &RecordId, version: Option<Version>) -> Result<bool, Error>;

    /// Some of the records of one user, in the order of lists.
    async fn slice_of_records(&self, slice: &Slice<'_>) -> Result<Vec<StoredRecord>, Error>;

    /// A page of a list: newest first; of those created in the same millisecond by appid, openid, kind and key.
    async fn list_records(&self, query: &ListQuery) -> Result<Vec<StoredRecord>, Error> {
        let owners = match query.across {
            Across::Account => vec![query.owner.clone()],
            Across::Person => self.person_of(&query.owner).await?,
        };
        let mut page = list::Page::new(query);
        for owner in &owners {
            let records = self.slice_of_records(&page.slice_of(owner)).await?;
            page.add(records);
        }
        Ok(page.into_records())
    }

    /// Deletes a user and all records bound to the user. How many records there were when it began; nothing for a user
    /// never seen.
    async fn erase(&self, owner: &Owner) -> Result<Option<u64>, Error>;

    /// Users last seen before `before`, in seconds since 1970, who have no record written since: the first thousand of
    /// them after `after`, in the order of appid and openid.
    async fn unseen_users(&self, before: u64, after: Option<&Owner>) -> Result<Vec<Owner>, Error>;

    /// Erases a user who is still one of [`Self::unseen_users`]. How many records went along; nothing for one who came
    /// back.
    async fn forget(&self, owner: &Owner, before: u64) -> Result<Option<u64>, Error>;

    /// How many records a user has.
    async fn count_records(&self, owner: &Owner) -> Result<u64, Error>;

    /// Keeps a new scan.
    async fn create_scan(&self, scan: &Scan) -> Result<(), Error>;

    /// The scan of this [`Scan::id`] or [`Scan::page`], over or not.
    async fn find_scan(&self, hash: &str) -> Result<Option<Scan>, Error>;

    /// Does this to a scan, at this moment in milliseconds since 1970, and answers what it is then. Nothing where that
    /// cannot happen to it, or not any more; of several at once one is first.
    async fn advance_scan(&self, step: &ScanStep<'_>, now: u64) -> Result<Option<Scan>, Error>;

    /// What has come of those that went on since then, in milliseconds since 1970, by [`Scan::page`].
    async fn changed_scans(&self, since: u64) -> Result<Vec<(String, ScanState)>, Error>;

    /// Deletes those over at this moment, in milliseconds since 1970. How many there were.
    async fn delete_scans(&self, now: u64) -> Result<u64, Error>;

    /// How many connections there are at this moment.
    fn pool_status(&self) -> PoolStatus;

    /// Ends all connections once they are idle; SQLite then empties its write-ahead log. Nothing can be asked afterwards.
    async fn close(&self);

    /// Succeeds if a login would: tries all that the database has to do for one, and changes nothing.
    async fn ping(&self) -> Result<(), Error>;
}
