//! What a person grants.

/// The scopes of web authorization, and the one of website applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantedScope {
    /// `snsapi_base`: silent, gives the openid only.
    Base,
    /// `snsapi_userinfo`: after consent, gives unionid, name and picture as well.
    Userinfo,
    /// Both, asked for as a list: as `snsapi_userinfo`, and the answer lists both.
    BaseAndUserinfo,
    /// `snsapi_login`: a website application's, after a QR code was scanned; gives all that `snsapi_userinfo` gives.
    Login,
}

impl GrantedScope {
    /// All that an official account (公众号) may ask for.
    pub(crate) const OFFICIAL: [Self; 2] = [Self::Base, Self::Userinfo];

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
        match self {
            Self::Base => false,
            Self::Userinfo | Self::BaseAndUserinfo | Self::Login => true,
        }
    }

    /// Whether the consent page stands before it.
    pub(crate) const fn asks_for_consent(self) -> bool {
        matches!(self, Self::Userinfo | Self::BaseAndUserinfo)
    }

    /// Reads one scope in WeChat's spelling, letter case included.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Base, Self::Userinfo, Self::Login]
            .into_iter()
            .find(|scope| scope.as_str() == text)
    }

    /// Reads a scope or a list of them, separated by commas; nothing if one of them is not permitted.
    pub(crate) fn parse_list(text: &str, permitted: &[Self]) -> Option<Self> {
        let asked: Option<Vec<Self>> = text
            .split(',')
            .map(|one| Self::parse(one).filter(|scope| permitted.contains(scope)))
            .collect();
        let mut asked = asked?.into_iter();
        let first = asked.next()?;
        Some(asked.fold(first, |all, scope| {
            if all == scope {
                all
            } else {
                Self::BaseAndUserinfo
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_granted_whole_or_not_at_all() {
        use GrantedScope::{Base, BaseAndUserinfo, Login, Userinfo};
        for (text, permitted, granted) in [
            ("snsapi_base", &GrantedScope::OFFICIAL[..], Some(Base)),
            (
                "snsapi_userinfo,snsapi_base",
                &[Base, Userinfo],
                Some(BaseAndUserinfo),
            ),
            (
                "snsapi_base,snsapi_userinfo,snsapi_base",
                &[Base, Userinfo],
                Some(BaseAndUserinfo),
            ),
            ("snsapi_base,snsapi_base", &[Base], Some(Base)),
            ("snsapi_base,snsapi_userinfo", &[Base], None),
            ("snsapi_userinfo,snsapi_login", &[Base, Userinfo], None),
            ("snsapi_login", &[Login], Some(Login)),
            ("snsapi_base", &[], None),
            ("snsapi_base,", &[Base], None),
            ("snsapi_base, snsapi_userinfo", &[Base, Userinfo], None),
            ("snsapi_base snsapi_userinfo", &[Base, Userinfo], None),
            ("SNSAPI_BASE", &[Base], None),
        ] {
            assert_eq!(GrantedScope::parse_list(text, permitted), granted, "{text}");
        }
    }
}
