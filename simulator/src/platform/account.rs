//! Official accounts, websites, mini-programs and apps, as their owner configured them in WeChat's consoles.

use serde::{Deserialize, Serialize};

use crate::wechat::{AuthorizeRefusal, PAGES};

/// One official account (服务号), website application (网站应用), mini-program (小程序) or mobile app (移动应用), as a seed
/// file has it.
///
/// No `Debug`: it holds the secret.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Account {
    /// `wx` and 16 hexadecimal digits.
    pub(crate) appid: String,
    /// The AppSecret. Never 32 hexadecimal digits, so that nobody takes it for a real one.
    #[serde(skip_serializing)]
    pub(crate) secret: String,
    /// The name people know the account by.
    pub(crate) title: String,
    /// What it is, and so which page and which scopes it may use.
    pub(crate) kind: AccountKind,
    /// The open platform it is bound to. `None`: there is never a unionid.
    pub(crate) open_platform: Option<String>,
    /// What is registered as 网页授权域名 (or 授权回调域 of a website application), read by `RegisteredDomain`.
    pub(crate) domains: Vec<String>,
    /// What is registered as JS接口安全域名, where pages may use the JS-SDK; the same as `domains` if left out.
    pub(crate) js_domains: Option<Vec<String>>,
    /// The only addresses that get the account's tokens, others 40164; empty for any.
    pub(crate) ip_whitelist: Vec<String>,
    /// What it may ask for, all that its kind may if left out; anything else is 10005, and everything for an account
    /// that WeChat has not verified.
    pub(crate) scopes: Option<Vec<GrantedScope>>,
    /// http addresses are refused with 10039.
    pub(crate) https_only: bool,
    /// The account is banned: 10004.
    pub(crate) banned: bool,
    /// The account belongs to a third-party platform that it has not authorized: 10015.
    pub(crate) component: bool,
    /// Hosts that are treated as loopback ones are, in lower case.
    #[serde(skip)]
    pub(crate) other_hosts: Vec<String>,
}

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountKind {
    /// A verified service account (服务号).
    #[default]
    Service,
    /// A test account (测试号): domains may be IP addresses with ports, people must follow it.
    Test,
    /// A website application (网站应用) of the Open Platform: `/connect/qrconnect` with `snsapi_login` only.
    Website,
    /// A mini-program (小程序): codes of `wx.login`, redeemed at `/sns/jscode2session`.
    Miniprogram,
    /// A mobile app (移动应用): codes of WeChat's SDK, redeemed as those of web authorization are.
    Mobile,
}

impl AccountKind {
    /// All that an account of this kind may ask for, once WeChat has verified it.
    pub(crate) const fn scopes(self) -> &'static [GrantedScope] {
        match self {
            Self::Service | Self::Test => &[GrantedScope::Base, GrantedScope::Userinfo],
            Self::Website => &[GrantedScope::Login],
            Self::Miniprogram => &[],
            Self::Mobile => &[GrantedScope::Userinfo],
        }
    }
}

/// The scopes of web authorization, and the one of website applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantedScope {
    /// `snsapi_base`: silent, gives the openid only.
    #[serde(rename = "snsapi_base")]
    Base,
    /// `snsapi_userinfo`: after consent, gives unionid, name and picture as well.
    #[serde(rename = "snsapi_userinfo")]
    Userinfo,
    /// Both, asked for as a list: as `snsapi_userinfo`, and the answer lists both.
    #[serde(skip)]
    BaseAndUserinfo,
    /// `snsapi_login`: a website application's, after a QR code was scanned; gives all that `snsapi_userinfo` gives.
    #[serde(rename = "snsapi_login")]
    Login,
}

impl GrantedScope {
    /// The spelling of WeChat's URLs and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "snsapi_base",
            Self::Userinfo => "snsapi_userinfo",
            Self::BaseAndUserinfo => "snsapi_base,snsapi_userinfo",
            Self::Login => "snsapi_login",
        }
    }

    /// Whether name, picture and unionid may be told.
    pub(crate) const fn tells_profile(self) -> bool {
        !matches!(self, Self::Base)
    }

    /// Whether the consent page stands before it.
    pub(crate) const fn asks_for_consent(self) -> bool {
        matches!(self, Self::Userinfo | Self::BaseAndUserinfo)
    }

    /// Reads a scope or a list of them, separated by commas, letter case included; nothing if one of them is not
    /// permitted.
    fn parse_list(text: &str, permitted: &[Self]) -> Option<Self> {
        let mut all = None;
        for one in text.split(',') {
            let scope = *permitted.iter().find(|scope| scope.as_str() == one)?;
            all = match all {
                Some(others) if others != scope => Some(Self::BaseAndUserinfo),
                _ => Some(scope),
            };
        }
        all
    }
}

impl Account {
    /// What it may ask for.
    pub(crate) fn scopes(&self) -> &[GrantedScope] {
        self.scopes.as_deref().unwrap_or(self.kind.scopes())
    }

    /// Whether it is an official account that WeChat has verified: no others have the JS-SDK and know their followers.
    pub(crate) fn is_verified(&self) -> bool {
        let is_official = matches!(self.kind, AccountKind::Service | AccountKind::Test);
        is_official && !self.scopes().is_empty()
    }

    /// What a `scope` of an address asks for.
    pub(crate) fn granted(&self, scope: &str) -> Result<GrantedScope, AuthorizeRefusal> {
        let page = match self.kind {
            AccountKind::Website => &PAGES.unknown_login_scope,
            _ => &PAGES.unknown_scope,
        };
        GrantedScope::parse_list(scope, self.scopes()).ok_or_else(|| page.refuse_given(scope, &[]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_granted_whole_or_not_at_all() {
        use GrantedScope::{Base, BaseAndUserinfo, Login, Userinfo};
        let both = &[Base, Userinfo][..];
        for (text, permitted, granted) in [
            ("snsapi_base", both, Some(Base)),
            ("snsapi_userinfo,snsapi_base", both, Some(BaseAndUserinfo)),
            (
                "snsapi_base,snsapi_userinfo,snsapi_base",
                both,
                Some(BaseAndUserinfo),
            ),
            ("snsapi_base,snsapi_base", &[Base], Some(Base)),
            ("snsapi_base,snsapi_userinfo", &[Base], None),
            ("snsapi_userinfo,snsapi_login", both, None),
            ("snsapi_login", &[Login], Some(Login)),
            ("snsapi_base", &[], None),
            ("snsapi_base,", &[Base], None),
            ("snsapi_base, snsapi_userinfo", both, None),
            ("snsapi_base snsapi_userinfo", both, None),
            ("SNSAPI_BASE", &[Base], None),
        ] {
            assert_eq!(GrantedScope::parse_list(text, permitted), granted, "{text}");
        }
    }
}
