//! `/api/session`: the exchange of a code, and who is signed in.

use std::fmt;

use serde::{Deserialize, Serialize};
use wechat_oauth::Scope;

/// `POST /api/session`: a code fresh from WeChat: of its redirect, of a mini-program's `wx.login`, of a mobile app's SDK.
///
/// No `Debug`: the code and the verifier are secrets until they are spent.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExchangeRequest {
    /// The configured name of the official account the code was issued for.
    pub account: String,
    /// WeChat's one-time code, 1 to 128 visible ASCII characters.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[!-~]{1,128}$"))]
    pub code: String,
    /// 32 characters `A-Za-z0-9` that only who started the login knows: the browser, the mini-program, the app.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9]{32}$"))]
    pub verifier: String,
    /// The older way to say `"application": "website"`; with another one a contradiction.
    #[serde(default)]
    pub website: bool,
    /// Which application of the account the code is of; absent for the official account itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationKind>,
}

/// What an account has besides itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApplicationKind {
    /// A website application: the QR login on a desktop.
    Website,
    /// A mini-program, which signs in by `wx.login`.
    Miniprogram,
    /// A mobile app, which signs in by WeChat's SDK.
    App,
}

/// The answer of `POST /api/session`: the session, and for a mini-program or a mobile app what it is shown by.
///
/// No `Debug`: the token opens the session.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSession {
    /// Whose it is.
    #[serde(flatten)]
    pub session: Session,
    /// For `Authorization: Bearer`, where neither mini-programs nor apps keep cookies reliably; good until `expires_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub token: Option<String>,
}

/// Who is signed in, under which official account, and until when.
///
/// Its `Debug` leaves out who it is: openids do not belong in logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The configured name of the official account.
    pub account: String,
    /// What the openid belongs to: the official account, or the application whose code it was.
    #[cfg_attr(feature = "openapi", schema(pattern = "^wx[0-9a-f]{16}$"))]
    pub appid: String,
    /// Who this is under this account: 28 characters, different under every account.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9_-]{1,128}$"))]
    pub openid: String,
    /// Who this is over all accounts of one open platform, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = "^[A-Za-z0-9_-]{1,128}$", nullable = false)
    )]
    pub unionid: Option<String>,
    /// What the user granted in this login.
    pub scope: Scope,
    /// A virtual user of WeChat's snapshot mode: a guest, never stored.
    pub snapshot: bool,
    /// Name and picture, once the user agreed to share them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub profile: Option<Profile>,
    /// When the session ends, in seconds since 1970-01-01 UTC.
    pub expires_at: u64,
}

/// `GET /api/session`: the session, and what is no part of it, because it changes while the session stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CurrentSession {
    /// Who is signed in.
    #[serde(flatten)]
    pub session: Session,
    /// Whether the user follows the official account; absent where this is not asked for, and while it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub subscribe: Option<bool>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("account", &self.account)
            .field("scope", &self.scope)
            .field("snapshot", &self.snapshot)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// What the user calls himself; for showing only, never a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// Any Unicode text, possibly empty.
    pub nickname: String,
    /// An https address, or empty when the user has no picture.
    pub headimgurl: String,
}
