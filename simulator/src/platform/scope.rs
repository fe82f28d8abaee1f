//! What a person grants.

/// The two scopes of an official account's web authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantedScope {
    /// `snsapi_base`: silent, gives the openid only.
    Base,
    /// `snsapi_userinfo`: after consent, gives unionid, name and picture as well.
    Userinfo,
}

impl GrantedScope {
    /// The spelling of WeChat's URLs and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "snsapi_base",
            Self::Userinfo => "snsapi_userinfo",
        }
    }

    /// Reads WeChat's spelling; letter case matters.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Base, Self::Userinfo]
            .into_iter()
            .find(|scope| scope.as_str() == text)
    }
}
