//! `POST /api/report`: the app says that it could not do its work.

use serde::{Deserialize, Serialize};

/// What the page's own script sends when the app is not there to speak for itself.
///
/// A closed list and a number: no text of the page, because that could hold a code or an openid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// What happened.
    pub code: ReportCode,
    /// The request id of the last answer the app got, if it got one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The ways an app can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportCode {
    /// Its files did not arrive.
    AppNotLoaded,
    /// It broke while running.
    AppCrashed,
    /// This browser cannot run it.
    BrowserUnsupported,
}

impl ReportCode {
    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AppNotLoaded => "app_not_loaded",
            Self::AppCrashed => "app_crashed",
            Self::BrowserUnsupported => "browser_unsupported",
        }
    }
}
