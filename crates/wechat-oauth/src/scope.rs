//! What a login asks for, and what the user granted.

#[cfg(feature = "std")]
use serde::{Deserialize, Serialize};

/// The scopes of web authorization: two of an official account, one of a website application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "std", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub enum Scope {
    /// Silent; gives the openid only.
    #[cfg_attr(feature = "std", serde(rename = "snsapi_base"))]
    Base,
    /// After the user's consent; gives unionid, name and picture as well.
    #[cfg_attr(feature = "std", serde(rename = "snsapi_userinfo"))]
    Userinfo,
    /// A website application's QR login, confirmed on the phone; gives all that [`Userinfo`](Self::Userinfo) gives.
    #[cfg_attr(feature = "std", serde(rename = "snsapi_login"))]
    Login,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Base, Self::Userinfo, Self::Login];

    /// The spelling WeChat uses in URLs and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "snsapi_base",
            Self::Userinfo => "snsapi_userinfo",
            Self::Login => "snsapi_login",
        }
    }
}
