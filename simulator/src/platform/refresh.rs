//! A refresh token becomes an access token: the state behind `GET /sns/oauth2/refresh_token`.

use super::Platform;
use super::api_refusal::ApiRefusal;
use super::exchange::Exchanged;

/// The parameters of a refresh as they came; `None` if missing or empty. WeChat asks for no secret here.
pub(crate) struct RefreshRequest<'a> {
    /// The account.
    pub(crate) appid: Option<&'a str>,
    /// Always `refresh_token`.
    pub(crate) grant_type: Option<&'a str>,
    /// From the exchange.
    pub(crate) refresh_token: Option<&'a str>,
}

impl Platform {
    /// Extends an access token, or replaces an expired one. The refresh token stays the same.
    ///
    /// WeChat's page of this call lists neither unionid nor is_snapshotuser in the answer.
    ///
    /// # Errors
    /// What is missing, then the grant type, the account, the token, the person; the order is our guess.
    pub(crate) fn refresh(
        &mut self,
        request: &RefreshRequest<'_>,
    ) -> Result<Exchanged, ApiRefusal> {
        let appid = request.appid.ok_or(ApiRefusal::MissingAppid)?;
        let refresh_token = request
            .refresh_token
            .ok_or(ApiRefusal::MissingRefreshToken)?;
        if request.grant_type != Some("refresh_token") {
            return Err(ApiRefusal::InvalidGrantType);
        }
        self.account(appid).ok_or(ApiRefusal::InvalidAppid)?;
        let now = self.clock.now();
        let grant = self.tokens.find_refresh(refresh_token, appid, now)?;
        self.check_token_holder(grant)?;
        let random = &mut self.random;
        let (access_token, grant) =
            self.tokens
                .refresh(refresh_token, appid, || random.token(), now)?;
        let exchanged = self.exchanged(&grant, access_token, refresh_token.to_owned())?;
        Ok(Exchanged {
            unionid: None,
            is_snapshotuser: false,
            ..exchanged
        })
    }
}
