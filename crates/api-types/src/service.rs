//! `/service/…/users/{openid}`: what backends are told about a user, and tell.

use serde::{Deserialize, Serialize};

use crate::{Profile, Scope};

/// A user of one official account, as known so far.
///
/// No `Debug`: openids do not belong in logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Identity {
    /// The configured name of the official account, or the appid of one that is no longer configured.
    pub account: String,
    /// What the openid belongs to: the official account, or one of its applications.
    #[cfg_attr(feature = "openapi", schema(pattern = "^wx[0-9a-f]{16}$"))]
    pub appid: String,
    /// Who the user is under this account.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9_-]{1,128}$"))]
    pub openid: String,
    /// The open platform the unionid belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub platform: Option<String>,
    /// Who the user is over all accounts of that platform, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = "^[A-Za-z0-9_-]{1,128}$", nullable = false)
    )]
    pub unionid: Option<String>,
    /// The most the user ever granted.
    pub scope: Scope,
    /// Name and picture, once the user agreed to share them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub profile: Option<Profile>,
    /// First login, or when a backend first spoke of the user, in seconds since 1970-01-01 UTC.
    pub first_seen: u64,
    /// Latest login, `first_seen` before any, in seconds since 1970-01-01 UTC.
    pub last_seen: u64,
}

/// A user as known so far, and what is no part of that, because it changes on WeChat's side.
///
/// No `Debug`: openids do not belong in logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CurrentIdentity {
    /// What is known.
    #[serde(flatten)]
    pub identity: Identity,
    /// Whether the user follows the official account; absent where this is not asked for, and while it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub subscribe: Option<bool>,
}

/// Everybody who has a unionid.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Users {
    /// By appid and openid; at most a hundred.
    pub users: Vec<Identity>,
}

/// Part of the list of an account's users.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsersPage {
    /// At most as many as were asked for.
    pub users: Vec<Identity>,
    /// Asks for the next part; absent at the end. Opaque, bound to the list it was given for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_cursor: Option<String>,
}

/// What a backend knows about a user, from a payment or the list of followers.
///
/// No `Debug`: unionids do not belong in logs.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IdentityNote {
    /// Who the user is over all accounts of the platform: 1 to 128 characters `A-Za-z0-9_-`. Absent, nothing changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9_-]{1,128}$"))]
    pub unionid: Option<String>,
}

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Erased {
    /// How many records were bound to the user.
    pub erased_records: u64,
}
