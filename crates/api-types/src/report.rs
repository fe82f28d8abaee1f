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
    /// One of its files did not arrive, and the site was out of reach.
    AppNotLoaded,
    /// One of its files was answered with an error status.
    AppMissing,
    /// One of its files arrived, and is not what it should be.
    AppBroken,
    /// One of its files was kept back by the browser or on the way, although the site was in reach; or the page's policy
    /// allows no WebAssembly.
    AppBlocked,
    /// It broke while running.
    AppCrashed,
    /// This browser is too old for it.
    BrowserUnsupported,
    /// This browser could run it, but for WebAssembly being switched off, as iPhones' Lockdown Mode does.
    WebassemblyOff,
}

impl ReportCode {
    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AppNotLoaded => "app_not_loaded",
            Self::AppMissing => "app_missing",
            Self::AppBroken => "app_broken",
            Self::AppBlocked => "app_blocked",
            Self::AppCrashed => "app_crashed",
            Self::BrowserUnsupported => "browser_unsupported",
            Self::WebassemblyOff => "webassembly_off",
        }
    }
}
