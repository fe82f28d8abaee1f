//! The errors of WeChat's server API, with numbers and words from its table of global return codes.

/// Why `/sns/*` and `/cgi-bin/*` say no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiRefusal {
    UnknownToken,
    InvalidGrantType,
    InvalidOpenid,
    InvalidAppid,
    MalformedToken,
    InvalidCode,
    InvalidRefreshToken,
    InvalidSecret,
    CodeUsed,
    HighRiskUser,
    MissingToken,
    MissingAppid,
    MissingRefreshToken,
    MissingSecret,
    MissingCode,
    MissingOpenid,
    TokenExpired,
    RefreshTokenExpired,
    PasswordChanged,
    GetRequired,
    PostRequired,
    EmptyPost,
    DailyQuota,
    MalformedPost,
    ScopeTooSmall,
    UserLimited,
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
            Self::InvalidRefreshToken => 40030,
            Self::InvalidSecret => 40125,
            Self::CodeUsed => 40163,
            Self::HighRiskUser => 40226,
            Self::MissingToken => 41001,
            Self::MissingAppid => 41002,
            Self::MissingRefreshToken => 41003,
            Self::MissingSecret => 41004,
            Self::MissingCode => 41008,
            Self::MissingOpenid => 41009,
            Self::TokenExpired => 42001,
            Self::RefreshTokenExpired => 42002,
            Self::PasswordChanged => 42007,
            Self::GetRequired => 43001,
            Self::PostRequired => 43002,
            Self::EmptyPost => 44002,
            Self::DailyQuota => 45009,
            Self::MalformedPost => 47001,
            Self::ScopeTooSmall => 48001,
            Self::UserLimited => 50002,
        }
    }

    /// WeChat's words, without the request id it appends.
    pub(crate) const fn errmsg(self) -> &'static str {
        errmsg_of(self.errcode())
    }
}

/// WeChat's words for a number, also for those only a fault rule can bring about. The only place that has them; what
/// joins the request id to them is the dialect's.
///
/// Clients look for some of them: easywechat gets itself a new token only where it reads `access_token expired`.
pub(crate) const fn errmsg_of(errcode: i64) -> &'static str {
    match errcode {
        -1 => "system error",
        40001 => "invalid credential, access_token is invalid or not latest",
        40002 => "invalid grant_type",
        40003 => "invalid openid",
        40013 => "invalid appid",
        40014 => "invalid access_token",
        40029 => "invalid code",
        40030 => "invalid refresh_token",
        40066 => "invalid url",
        40125 => "invalid appsecret",
        40163 => "code been used",
        40164 => "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist",
        40226 => "code blocked",
        40243 => "AppSecret frozen",
        41001 => "access_token missing",
        41002 => "appid missing",
        41003 => "refresh_token missing",
        41004 => "appsecret missing",
        41008 => "missing code",
        41009 => "missing openid",
        42001 => "access_token expired",
        42002 => "refresh_token expired",
        42003 => "code expired",
        42007 => "user changed password, access_token and refresh_token are invalid",
        43001 => "require GET method",
        43002 => "require POST method",
        43003 => "require https",
        44002 => "empty post data",
        45009 => "reach max api daily quota limit",
        45011 => "api minute-quota reach limit, must slower, retry next minute",
        47001 => "data format error",
        48001 => "api unauthorized",
        48004 => "api forbidden for irregularities",
        50001 => "user unauthorized",
        50002 => "user limited",
        50005 => "user unsubscribed",
        61003 => "component is not authorized by this account",
        61004 => "access clientip is not registered requestIP: 127.0.0.1",
        61010 => "code is expired",
        _ => "system error",
    }
}
