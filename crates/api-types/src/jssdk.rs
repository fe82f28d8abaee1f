//! `/api/jssdk`: what a page needs to use WeChat's JS-SDK.

use serde::{Deserialize, Serialize};

/// `GET /api/jssdk`: what goes into `wx.config`, besides the interfaces the page wants, and where `wx` comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JssdkConfig {
    /// The official account's appid.
    #[serde(rename = "appId")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^wx[0-9a-f]{16}$"))]
    pub appid: String,
    /// When it was signed, in seconds since 1970-01-01 UTC.
    pub timestamp: u64,
    /// Made for this signature alone.
    #[serde(rename = "nonceStr")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9a-f]{32}$"))]
    pub nonce: String,
    /// Of the page's address, for this timestamp and nonce.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9a-f]{40}$"))]
    pub signature: String,
    /// The address to load the JS-SDK from, where the page's policy allows it.
    pub script: String,
}
