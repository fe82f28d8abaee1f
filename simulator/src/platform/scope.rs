//! What a person grants.

/// The scopes of web authorization, and the one of website applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantedScope {
    /// `snsapi_base`: silent, gives the openid only.
    Base,
    /// `snsapi_userinfo`: after consent, gives unionid, name and picture as well.
    Userinfo,
    /// `snsapi_login`: a website application's, after a QR code was scanned; gives all that `snsapi_userinfo` gives.
    Login,
}

impl GrantedScope {
    /// The spelling of WeChat's URLs and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "snsapi_base",
            Self::Userinfo => "snsapi_userinfo",
            Self::Login => "snsapi_login",
        }
    }

    /// Whether name, picture and unionid may be told.
    pub(crate) const fn tells_profile(self) -> bool {
        match self {
            Self::Base => false,
            Self::Userinfo | Self::Login => true,
        }
    }

    /// Reads WeChat's spelling of an official account's scope; letter case matters.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Base, Self::Userinfo]
            .into_iter()
            .find(|scope| scope.as_str() == text)
    }
}
