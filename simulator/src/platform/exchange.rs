//! A code becomes an openid: the state behind `GET /sns/oauth2/access_token`.

use super::api_refusal::ApiRefusal;
use super::codes::Grant;
use super::user_tokens::TOKEN_LIFETIME;
use super::{GrantedScope, Habit, Platform};

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

/// What the exchange gives, and a refresh.
pub(crate) struct Exchanged {
    /// For `/sns/userinfo`.
    pub(crate) access_token: String,
    /// Seconds until the access token expires.
    pub(crate) expires_in: u64,
    /// WeChat sends one for any scope.
    pub(crate) refresh_token: String,
    /// Who it is under this account.
    pub(crate) openid: String,
    /// What was granted.
    pub(crate) scope: GrantedScope,
    /// Not with `snsapi_base`, and only if the account is bound to an open platform. Never after a refresh.
    pub(crate) unionid: Option<String>,
    /// The user is the virtual one of a snapshot, or is said to be. Only with `snsapi_userinfo`, never after a
    /// refresh.
    pub(crate) is_snapshotuser: bool,
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
        self.check_secret(appid, secret)?;

        let now = self.clock.now();
        if let Some(grant) = self.codes.grant_of(code).filter(|g| g.appid == appid) {
            self.check_person(grant)?;
            if self.habit_of(grant) == Some(Habit::CodeExpires) {
                return Err(ApiRefusal::InvalidCode);
            }
        }
        let grant = self.codes.redeem(code, appid, now)?;
        let (access_token, refresh_token) = (self.random.token(), self.random.token());
        let exchanged = self.exchanged(&grant, access_token.clone(), refresh_token.clone())?;
        self.tokens.issue(access_token, refresh_token, grant, now);
        Ok(exchanged)
    }

    /// Whether the account exists and the secret is its own, asked by every call that sends one.
    ///
    /// WeChat documents 40001 for the secret of another account as well; that it says 40125 whatever is wrong with
    /// the secret is our guess.
    pub(super) fn check_secret(&self, appid: &str, secret: &str) -> Result<(), ApiRefusal> {
        let account = self.account(appid).ok_or(ApiRefusal::InvalidAppid)?;
        if account.secret == secret {
            Ok(())
        } else {
            Err(ApiRefusal::InvalidSecret)
        }
    }

    pub(super) fn exchanged(
        &mut self,
        grant: &Grant,
        access_token: String,
        refresh_token: String,
    ) -> Result<Exchanged, ApiRefusal> {
        let who = self.who(grant).ok_or(ApiRefusal::InvalidCode)?;
        // The unionid even where this answer leaves it out: the profile will tell it.
        let ids = [Some(&who.openid), who.unionid.as_ref()];
        for value in [&access_token, &refresh_token]
            .into_iter()
            .chain(ids.into_iter().flatten())
        {
            self.note_issued(value);
        }
        Ok(Exchanged {
            access_token,
            expires_in: TOKEN_LIFETIME.as_secs(),
            refresh_token,
            openid: who.openid,
            scope: grant.scope,
            unionid: who.unionid.filter(|_| grant.scope.tells_profile()),
            is_snapshotuser: grant.flagged && grant.scope.asks_for_consent(),
        })
    }
}
