//! `GET /api/bootstrap`: all the app must know before its first decision, in one answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Session;

/// Public configuration and current session, fetched beside the WASM so that the app starts with both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bootstrap {
    /// Where browsers reach the app, an origin and perhaps a path, without a trailing slash: `https://shop.example/h5`.
    /// WeChat sends users back to addresses under it, and to no others.
    pub public_url: String,
    /// Origin of the authorize page, without a trailing slash: `https://open.weixin.qq.com` or the simulator's.
    pub authorize_url_base: String,
    /// Origin of the website-application QR login (`/connect/qrconnect`), without a trailing slash.
    pub qrconnect_url_base: String,
    /// The account used when the page's address names none.
    pub default_account: String,
    /// The official accounts this proxy serves, by their configured name.
    pub accounts: BTreeMap<String, AccountInfo>,
    /// Whether a browser that is not WeChat's must be sent to WeChat instead of the authorize page.
    pub require_wechat: bool,
    /// Whether the accounts are test accounts (接口测试号), so that nobody takes the site for one for users.
    pub test_account: bool,
    /// The session of the cookie sent along, if it is a valid one.
    pub session: Option<Session>,
}

/// The public part of an official account's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountInfo {
    /// `wx` and 16 hexadecimal digits.
    #[cfg_attr(feature = "openapi", schema(pattern = "^wx[0-9a-f]{16}$"))]
    pub appid: String,
    /// The name people know the account by.
    pub title: String,
    /// The website application for QR logins on a desktop, if one is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = "^wx[0-9a-f]{16}$", nullable = false)
    )]
    pub website_appid: Option<String>,
}
