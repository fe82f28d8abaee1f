//! `/api/records`: what the company keeps about a user, one page at a time.

use serde::{Deserialize, Serialize};

/// Something that belongs to a user, an order for instance.
///
/// Generic over how JSON is held: the proxy keeps the text it was given, the app the browser's own value.
/// No `Debug`: what belongs to a user does not belong in logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Record<V> {
    /// The configured name of the official account it is bound to, or the appid of one that is no longer configured.
    pub account: String,
    /// What it is, such as `order`: 1 to 32 characters `a-z`, `0-9`, `_`, `-`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[a-z0-9_-]{1,32}$"))]
    pub kind: String,
    /// Which one it is among the user's records of this kind: 1 to 128 characters `A-Za-z0-9`, `.`, `_`, `~`, `-`, `:`.
    #[cfg_attr(
        feature = "openapi",
        schema(
            pattern = "^(?:[A-Za-z0-9_~:-][A-Za-z0-9._~:-]{0,127}|\\.[A-Za-z0-9_~:-][A-Za-z0-9._~:-]{0,126}|\\.\\.[A-Za-z0-9._~:-]{1,126})$"
        )
    )]
    pub key: String,
    /// Any JSON, at most 16 KiB.
    pub value: V,
    /// When it was first written, in seconds since 1970-01-01 UTC. Decides the order of a list.
    pub created_at: u64,
    /// When it was last written, in seconds since 1970-01-01 UTC.
    pub updated_at: u64,
}

/// Part of a list of records, newest first.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordPage<V> {
    /// At most as many as were asked for.
    pub records: Vec<Record<V>>,
    /// Asks for the next part; absent at the end. Opaque, bound to the user it was given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_cursor: Option<String>,
}

/// Whose records a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Across {
    /// Those of the signed-in user under the session's official account.
    #[default]
    Account,
    /// Those of the same person under every official account of the platform, joined by unionid.
    Person,
}

impl Across {
    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Person => "person",
        }
    }
}
