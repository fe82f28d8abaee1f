//! What is kept: who was seen under which official account.

mod sqlite;

use api_types::{Profile, Scope};
use async_trait::async_trait;

use crate::wechat::{AppId, OpenId, UnionId};

pub use sqlite::SqliteStore;

/// A user of one official account, as known so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The official account.
    pub appid: AppId,
    /// Who the user is there; with the appid the key.
    pub openid: OpenId,
    /// The open platform the unionid belongs to.
    pub platform: Option<String>,
    /// Who the user is over all accounts of that platform.
    pub unionid: Option<UnionId>,
    /// The most the user ever granted.
    pub scope: Scope,
    /// Name and picture, as of the last time the user granted them.
    pub profile: Option<Profile>,
    /// First login, in seconds since 1970-01-01 UTC.
    pub first_seen: u64,
    /// Latest login, in seconds since 1970-01-01 UTC.
    pub last_seen: u64,
}

/// What one login tells about a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenIdentity {
    /// The official account.
    pub appid: AppId,
    /// Who the user is there.
    pub openid: OpenId,
    /// The open platform the account is bound to, if any.
    pub platform: Option<String>,
    /// Who the user is on that platform, if this login told.
    pub unionid: Option<UnionId>,
    /// What this login granted.
    pub scope: Scope,
    /// Name and picture, if this login told.
    pub profile: Option<Profile>,
    /// When, in seconds since 1970-01-01 UTC.
    pub seen_at: u64,
}

/// The database failed or holds something this program did not write.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought to this version.
    #[error("database migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value that no version of this program writes.
    #[error("database: column {0} holds an impossible value")]
    Corrupt(&'static str),
}

/// The database in words of the domain.
#[async_trait]
pub trait Store: Send + Sync {
    /// Notes a login and answers all that is now known about the user.
    ///
    /// What a login does not tell (a silent one has neither unionid nor profile) keeps its stored value.
    ///
    /// # Errors
    /// [`Error`] if the database fails; nothing is changed then.
    async fn upsert_identity(&self, seen: &SeenIdentity) -> Result<Identity, Error>;

    /// What is known about a user, if anything.
    ///
    /// # Errors
    /// [`Error`] if the database fails.
    async fn find_identity(
        &self,
        appid: &AppId,
        openid: &OpenId,
    ) -> Result<Option<Identity>, Error>;

    /// Succeeds if the database answers.
    ///
    /// # Errors
    /// [`Error`] if it does not.
    async fn ping(&self) -> Result<(), Error>;
}
