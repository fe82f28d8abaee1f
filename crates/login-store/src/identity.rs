//! Who a user is.

use api_types::{Profile, Scope};

use wechat_oauth::{AppId, OpenId, UnionId};

/// The key of a user of one official account: what an identity is found by, and what records belong to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The official account.
    pub appid: AppId,
    /// Who the user is there.
    pub openid: OpenId,
}

impl Owner {
    /// As the database has it, which is also the user's place among those of the same person.
    pub(crate) fn columns(&self) -> [&str; 2] {
        [self.appid.as_str(), self.openid.expose()]
    }
}

/// A user of one official account, as known so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownIdentity {
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
    /// First login, or when a backend first spoke of the user, in seconds since 1970-01-01 UTC.
    pub first_seen: u64,
    /// Latest login, `first_seen` before any, in seconds since 1970-01-01 UTC.
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

/// What a backend tells about a user: it may know one from payments or from the list of followers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedIdentity {
    /// Who the user is.
    pub owner: Owner,
    /// The open platform the account is bound to, if any.
    pub platform: Option<String>,
    /// Who the user is on that platform, if the backend knows.
    pub unionid: Option<UnionId>,
    /// When, in seconds since 1970-01-01 UTC.
    pub noted_at: u64,
}
