//! A token becomes a name and a picture: the state behind `GET /sns/userinfo`; and `GET /sns/auth`, which only looks
//! at the token.

use super::api_refusal::ApiRefusal;
use super::codes::Grant;
use super::{Habit, Platform};

/// What WeChat tells about a person.
pub(crate) struct UserInfo {
    /// Who it is under the token's account.
    pub(crate) openid: String,
    /// Any Unicode text, possibly empty.
    pub(crate) nickname: String,
    /// The path of the picture on this simulator, `None` if the person has none.
    pub(crate) picture_path: Option<String>,
    /// Only if the account is bound to an open platform.
    pub(crate) unionid: Option<String>,
    /// The name arrives with half a character at its end.
    pub(crate) broken_name: bool,
}

impl Platform {
    /// Looks up the person behind a token.
    ///
    /// # Errors
    /// Missing parameters first, then a bad token, a person in trouble, a foreign openid, a scope that does not allow
    /// it; the order is our guess.
    pub(crate) fn user_info(
        &self,
        token: Option<&str>,
        openid: Option<&str>,
    ) -> Result<UserInfo, ApiRefusal> {
        let grant = self.token_of(token, openid)?;
        let is_forbidden = grant.virtual_user && self.settings.snapshot_userinfo_forbidden;
        let is_told = grant.scope.tells_profile()
            || self.settings.silent_profile_after_consent && self.has_ever_consented(grant);
        if is_forbidden || !is_told {
            return Err(ApiRefusal::ScopeTooSmall);
        }
        let who = self.who(grant).ok_or(ApiRefusal::InvalidOpenid)?;
        Ok(UserInfo {
            openid: who.openid,
            nickname: who.nickname,
            picture_path: who.picture_path,
            unionid: who.unionid,
            broken_name: self.habit_of(grant) == Some(Habit::BrokenName),
        })
    }

    /// Whether a token is valid and the openid is its person's.
    ///
    /// # Errors
    /// As for the profile, but any scope will do.
    pub(crate) fn check_token(
        &self,
        token: Option<&str>,
        openid: Option<&str>,
    ) -> Result<(), ApiRefusal> {
        self.token_of(token, openid).map(drop)
    }

    fn token_of(&self, token: Option<&str>, openid: Option<&str>) -> Result<&Grant, ApiRefusal> {
        let token = token.ok_or(ApiRefusal::MissingToken)?;
        let openid = openid.ok_or(ApiRefusal::MissingOpenid)?;
        let grant = self.tokens.find(token, self.clock.now())?;
        self.check_token_holder(grant)?;
        // How strictly WeChat compares is not known; strict is what finds mistakes.
        match self.who(grant) {
            Some(who) if who.openid == openid => Ok(grant),
            _ => Err(ApiRefusal::InvalidOpenid),
        }
    }
}
