//! A code becomes an openid: the state behind `GET /sns/oauth2/access_token`.

use crate::ids;

use super::api_refusal::ApiRefusal;
use super::tokens::TOKEN_LIFETIME;
use super::{GrantedScope, Platform};

/// The parameters of the exchange as they came; `None` if missing or empty.
pub(crate) struct ExchangeRequest<'a> {
    /// The account.
    pub(crate) appid: Option<&'a str>,
    /// Its AppSecret.
    pub(crate) secret: Option<&'a str>,
    /// The code from the redirect.
    pub(crate) code: Option<&'a str>,
    /// Always `authorization_code`.
    pub(crate) grant_type: Option<&'a str>,
}

/// What the exchange gives.
pub(crate) struct Exchanged {
    /// For `/sns/userinfo`.
    pub(crate) access_token: String,
    /// Seconds until the access token expires.
    pub(crate) expires_in: u64,
    /// WeChat sends one for either scope.
    pub(crate) refresh_token: String,
    /// Who it is under this account.
    pub(crate) openid: String,
    /// What was granted.
    pub(crate) scope: GrantedScope,
    /// Only with `snsapi_userinfo`, and only if the account is bound to an open platform.
    pub(crate) unionid: Option<String>,
}

impl Platform {
    /// Redeems a code.
    ///
    /// WeChat documents no order of its checks. Ours: what is missing, then who asks, then the code, so that a
    /// made-up code tells whether appid and secret are right.
    ///
    /// # Errors
    /// The first refusal in that order. Only a successful exchange uses the code up.
    pub(crate) fn exchange(
        &mut self,
        request: &ExchangeRequest<'_>,
    ) -> Result<Exchanged, ApiRefusal> {
        let appid = request.appid.ok_or(ApiRefusal::MissingAppid)?;
        let secret = request.secret.ok_or(ApiRefusal::MissingSecret)?;
        let code = request.code.ok_or(ApiRefusal::MissingCode)?;
        if request.grant_type != Some("authorization_code") {
            return Err(ApiRefusal::InvalidGrantType);
        }
        let account = self.account(appid).ok_or(ApiRefusal::InvalidAppid)?;
        if account.secret != secret {
            return Err(ApiRefusal::InvalidSecret);
        }
        let open_platform = account.open_platform.clone();

        let now = self.clock.now();
        let grant = self.codes.redeem(code, appid, now)?;
        let unionid = match grant.scope {
            GrantedScope::Base => None,
            GrantedScope::Userinfo => {
                open_platform.map(|platform| ids::unionid(&platform, &grant.person))
            }
        };
        let access_token = self.random.token();
        let exchanged = Exchanged {
            access_token: access_token.clone(),
            expires_in: TOKEN_LIFETIME.as_secs(),
            refresh_token: self.random.token(),
            openid: ids::openid(appid, &grant.person),
            scope: grant.scope,
            unionid,
        };
        self.tokens.issue(access_token, grant, now);
        Ok(exchanged)
    }
}
