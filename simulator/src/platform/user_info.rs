//! A token becomes a name and a picture: the state behind `GET /sns/userinfo`.

use crate::ids;

use super::api_refusal::ApiRefusal;
use super::{GrantedScope, Platform};

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
}

impl Platform {
    /// Looks up the person behind a token.
    ///
    /// # Errors
    /// Missing parameters first, then a bad token, a foreign openid, a scope that does not allow it; the order is
    /// our guess.
    pub(crate) fn user_info(
        &self,
        token: Option<&str>,
        openid: Option<&str>,
    ) -> Result<UserInfo, ApiRefusal> {
        let token = token.ok_or(ApiRefusal::MissingToken)?;
        let openid = openid.ok_or(ApiRefusal::MissingOpenid)?;
        let grant = self.tokens.find(token, self.clock.now())?;
        if openid != ids::openid(&grant.appid, &grant.person) {
            return Err(ApiRefusal::InvalidOpenid);
        }
        if grant.scope != GrantedScope::Userinfo {
            return Err(ApiRefusal::ScopeTooSmall);
        }
        let person = self
            .people
            .get(&grant.person)
            .ok_or(ApiRefusal::InvalidOpenid)?;
        let account = self.account(&grant.appid).ok_or(ApiRefusal::InvalidAppid)?;
        Ok(UserInfo {
            openid: openid.to_owned(),
            nickname: person.nickname.clone(),
            // The last segment is WeChat's: the edge of the picture in pixels.
            picture_path: person
                .has_picture
                .then(|| format!("/_simulator/avatar/{}/132", person.id)),
            unionid: account
                .open_platform
                .as_ref()
                .map(|platform| ids::unionid(platform, &person.id)),
        })
    }
}
