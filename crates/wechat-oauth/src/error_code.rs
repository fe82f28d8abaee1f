//! WeChat's error codes: number, WeChat's words, and what a login makes of them.

/// What a failure of a call means for the person who waits.
///
/// Exhaustive on purpose: whoever shows failures to people has to decide about each class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The code is unknown or too old: begin again.
    CodeExpired,
    /// The code was exchanged before.
    CodeUsed,
    /// WeChat's limit on calls is reached: wait.
    RateLimited,
    /// WeChat is busy, silent or talks nonsense: try again later.
    Unavailable,
    /// The account's configuration, the request or the user is refused: beginning again does not help.
    Refused,
}

/// Defines an enum of numbers with WeChat's words for each.
macro_rules! numbered {
    (
        $(#[$about:meta])* $type:ident, $(#[$about_words:meta])* $words:ident:
        $($(#[doc = $doc:literal])+ $name:ident = $number:literal, $text:literal $(, $kind:ident)?;)+
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i64)]
        pub enum $type {
            $($(#[doc = $doc])+ #[doc = concat!("\n\n`", $number, "`: ", $text)] $name = $number,)+
        }

        impl $type {
            /// All of them, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            $(#[$about_words])*
            pub const fn $words(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The one of this number, if it is known.
            pub fn from_number(number: i64) -> Option<Self> {
                let mut all = Self::ALL.iter().copied();
                all.find(|it| it.number() == number)
            }

            /// WeChat's number.
            pub const fn number(self) -> i64 {
                self as i64
            }

            numbered! { @kind $($name $(= $kind)?)+ }
        }
    };
    (@kind $($name:ident = $kind:ident)+) => {
        /// What it means for a login.
        pub const fn kind(self) -> FailureKind {
            match self { $(Self::$name => FailureKind::$kind,)+ }
        }
    };
    (@kind $($name:ident)+) => {};
}

numbered! {
    /// The error codes of `/sns/*` and of account tokens, with WeChat's words from its table of global return codes.
    ErrorCode,
    /// WeChat's words, without the request id it appends. They differ from case to case; compare numbers.
    errmsg:

    /// WeChat is busy. At an exchange the code may be spent all the same.
    SystemError = -1, "system error", Unavailable;
    /// At an exchange the secret is another account's; elsewhere the token is unknown or not the latest.
    InvalidCredential = 40001, "invalid credential, access_token is invalid or not latest", Refused;
    /// The `grant_type` is not the one of this call.
    InvalidGrantType = 40002, "invalid grant_type", Refused;
    /// The openid is not the token's.
    InvalidOpenid = 40003, "invalid openid", Refused;
    /// There is no such account, or it is of another kind.
    InvalidAppid = 40013, "invalid appid", Refused;
    /// Not the form of a token.
    InvalidToken = 40014, "invalid access_token", Refused;
    /// Never issued, expired, or another account's.
    InvalidCode = 40029, "invalid code", CodeExpired;
    /// Never issued, void, or another account's.
    InvalidRefreshToken = 40030, "invalid refresh_token", Refused;
    /// None, or more than a hundred, in a list of users.
    InvalidListSize = 40032, "invalid openid list size", Refused;
    /// An address in the request is not one.
    InvalidUrl = 40066, "invalid url", Refused;
    /// The AppSecret is not the account's.
    InvalidSecret = 40125, "invalid appsecret", Refused;
    /// The code was exchanged before.
    CodeUsed = 40163, "code been used", CodeUsed;
    /// The caller's address is not in the account's IP whitelist; of account tokens only.
    AddressRefused = 40164, "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist", Refused;
    /// WeChat keeps this user out.
    HighRiskUser = 40226, "code blocked", Refused;
    /// The account's owner has frozen the AppSecret.
    SecretFrozen = 40243, "AppSecret frozen", Refused;
    /// A parameter is missing.
    MissingToken = 41001, "access_token missing", Refused;
    /// A parameter is missing.
    MissingAppid = 41002, "appid missing", Refused;
    /// A parameter is missing.
    MissingRefreshToken = 41003, "refresh_token missing", Refused;
    /// A parameter is missing.
    MissingSecret = 41004, "appsecret missing", Refused;
    /// A parameter is missing.
    MissingCode = 41008, "missing code", Refused;
    /// A parameter is missing.
    MissingOpenid = 41009, "missing openid", Refused;
    /// Two hours are over: refresh, or begin again.
    TokenExpired = 42001, "access_token expired", Refused;
    /// Thirty days are over.
    RefreshTokenExpired = 42002, "refresh_token expired", Refused;
    /// Documented; what expired codes really get is [`InvalidCode`](Self::InvalidCode).
    CodeExpired = 42003, "code expired", CodeExpired;
    /// The user has changed the password of WeChat since, and what was given out before is void.
    PasswordChanged = 42007, "user changed password, access_token and refresh_token are invalid", CodeExpired;
    /// Another method was used.
    GetRequired = 43001, "require GET method", Refused;
    /// Another method was used.
    PostRequired = 43002, "require POST method", Refused;
    /// Plain http was used.
    HttpsRequired = 43003, "require https", Refused;
    /// A body is missing.
    EmptyPost = 44002, "empty post data", Refused;
    /// The calls of the day are used up.
    DailyQuota = 45009, "reach max api daily quota limit", RateLimited;
    /// The calls of the minute are used up.
    MinuteQuota = 45011, "api minute-quota reach limit, must slower, retry next minute", RateLimited;
    /// The body cannot be read.
    MalformedPost = 47001, "data format error", Refused;
    /// The account, or the scope of the token, does not allow this call.
    ApiUnauthorized = 48001, "api unauthorized", Refused;
    /// WeChat has taken the call away from the account.
    ApiForbidden = 48004, "api forbidden for irregularities", Refused;
    /// The user has not authorized the account, or no longer.
    UserUnauthorized = 50001, "user unauthorized", Refused;
    /// The user's own account is limited.
    UserLimited = 50002, "user limited", Refused;
    /// The user does not follow the account.
    UserUnsubscribed = 50005, "user unsubscribed", Refused;
    /// Third-party platforms: the account has not authorized the platform.
    ComponentUnauthorized = 61003, "component is not authorized by this account", Refused;
    /// Third-party platforms: the caller's address is not registered.
    ComponentAddressRefused = 61004, "access clientip is not registered requestIP: 127.0.0.1", Refused;
    /// Third-party platforms: their own code is too old.
    ComponentCodeExpired = 61010, "code is expired", Refused;
}

numbered! {
    /// What WeChat's own page says when it refuses a browser. The person reads it there; the site never learns of it, so
    /// that all a program can do is to explain a number somebody reports.
    PageError,
    /// The sentence on WeChat's page.
    text:

    /// The host of `redirect_uri` is not one of the account's authorization domains; also where it has a port.
    WrongDomain = 10003, "redirect_uri域名与后台配置不一致";
    /// WeChat has banned the account.
    Banned = 10004, "此公众号被封禁";
    /// Another kind of account, an unverified one, or a misspelt scope.
    WrongScope = 10005, "此公众号并没有这些scope的权限";
    /// Users of a test account have to follow it first.
    MustFollow = 10006, "必须关注此测试号";
    /// The only one that passes by itself.
    TooFrequent = 10009, "操作太频繁了，请稍后重试";
    /// A parameter is missing.
    MissingScope = 10010, "scope不能为空";
    /// A parameter is missing.
    MissingRedirectUri = 10011, "redirect_uri不能为空";
    /// A parameter is missing.
    MissingAppid = 10012, "appid不能为空";
    /// A parameter is missing.
    MissingState = 10013, "state不能为空";
    /// Third-party platforms: the account has not authorized the platform.
    ComponentUnauthorized = 10015, "公众号未授权第三方平台，请检查授权状态";
    /// A website application's or another product's appid on the page of official accounts.
    WrongAppid = 10016, "不支持微信开放平台的Appid，请使用公众号Appid";
    /// Not in WeChat's table; met where `redirect_uri` is http and the account's domain https.
    WrongScheme = 10039, "redirect_uri协议与后台配置不一致";
}

/// What the operator does about an errcode of the exchange, or of a call in the account's own name: one sentence in English and in Chinese, no secrets.
pub fn operator_hint(errcode: i64) -> (&'static str, &'static str) {
    use ErrorCode as E;
    match ErrorCode::from_number(errcode) {
        Some(E::InvalidAppid) => (
            "It does not know the appid; compare it with the one at WeChat's developer platform.",
            "微信不认识该 appid，请与微信开发者平台上的核对。",
        ),
        Some(E::InvalidCredential | E::InvalidSecret | E::MissingSecret) => (
            "It does not accept the AppSecret for this appid; compare both with those at WeChat's developer platform, and where nobody knows the AppSecret any more reset it there and configure the new one.",
            "AppSecret 与该 appid 不符，请与微信开发者平台上的核对；没人知道 AppSecret 时在那里重置，并配置新的。",
        ),
        Some(E::InvalidToken | E::TokenExpired) => (
            "It does not accept the account's token that it has just given out; look whether another program renews it by force.",
            "微信不接受刚刚签发的 access_token，请检查是否有其他程序在强制刷新。",
        ),
        Some(E::AddressRefused) => (
            "It does not accept this server's address; add it to the IP whitelist at WeChat's developer platform.",
            "本服务器的 IP 不在白名单内，请在微信开发者平台添加。",
        ),
        Some(E::SecretFrozen) => (
            "The AppSecret is frozen; unfreeze it at WeChat's developer platform.",
            "AppSecret 已被冻结，请在微信开发者平台解冻。",
        ),
        Some(E::ApiUnauthorized | E::ApiForbidden) => (
            "The account may not use this interface; look at its permissions at WeChat's developer platform.",
            "该账号没有此接口的权限，请在微信开发者平台查看接口权限。",
        ),
        Some(E::HighRiskUser | E::UserUnauthorized | E::UserLimited | E::UserUnsubscribed) => (
            "This WeChat user is limited or has not authorized the account; nothing on this side mends that.",
            "该微信用户受限或未授权，服务端无法处理。",
        ),
        _ => (
            "Look the errcode up in WeChat's documentation; the operator has to act.",
            "请在微信官方文档中查询该错误码并处理。",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_order_and_lead_back_to_their_codes() {
        assert!(ErrorCode::ALL.is_sorted_by_key(|code| code.number()));
        assert!(PageError::ALL.is_sorted_by_key(|error| error.number()));
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_number(code.number()), Some(*code));
        }
        for error in PageError::ALL {
            assert_eq!(PageError::from_number(error.number()), Some(*error));
        }
        assert_eq!(
            (ErrorCode::from_number(0), PageError::from_number(0)),
            (None, None)
        );
    }
}
