//! The errors of WeChat's server API, with numbers and words from its table of global return codes.

/// Why `/sns/*` says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiRefusal {
    UnknownToken,
    InvalidGrantType,
    InvalidOpenid,
    InvalidAppid,
    MalformedToken,
    InvalidCode,
    InvalidSecret,
    CodeUsed,
    MissingToken,
    MissingAppid,
    MissingSecret,
    MissingCode,
    MissingOpenid,
    TokenExpired,
    GetRequired,
    ScopeTooSmall,
}

impl ApiRefusal {
    /// WeChat's number.
    pub(crate) const fn errcode(self) -> i64 {
        match self {
            Self::UnknownToken => 40001,
            Self::InvalidGrantType => 40002,
            Self::InvalidOpenid => 40003,
            Self::InvalidAppid => 40013,
            Self::MalformedToken => 40014,
            Self::InvalidCode => 40029,
            Self::InvalidSecret => 40125,
            Self::CodeUsed => 40163,
            Self::MissingToken => 41001,
            Self::MissingAppid => 41002,
            Self::MissingSecret => 41004,
            Self::MissingCode => 41008,
            Self::MissingOpenid => 41009,
            Self::TokenExpired => 42001,
            Self::GetRequired => 43001,
            Self::ScopeTooSmall => 48001,
        }
    }

    /// WeChat's words, without the request id it appends.
    pub(crate) const fn errmsg(self) -> &'static str {
        match self {
            Self::UnknownToken => "invalid credential, access_token is invalid or not latest",
            Self::InvalidGrantType => "invalid grant_type",
            Self::InvalidOpenid => "invalid openid",
            Self::InvalidAppid => "invalid appid",
            Self::MalformedToken => "invalid access_token",
            Self::InvalidCode => "invalid code",
            Self::InvalidSecret => "invalid appsecret",
            Self::CodeUsed => "code been used",
            Self::MissingToken => "access_token missing",
            Self::MissingAppid => "appid missing",
            Self::MissingSecret => "appsecret missing",
            Self::MissingCode => "missing code",
            Self::MissingOpenid => "missing openid",
            Self::TokenExpired => "access_token expired",
            Self::GetRequired => "require GET method",
            Self::ScopeTooSmall => "api unauthorized",
        }
    }
}
