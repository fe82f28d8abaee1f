//! What an official account calls WeChat with: its own token, and the ticket that signs its pages.
//!
//! Both stay in this process's memory and are handed to nobody. Each of several replicas has its own: the stable token is
//! the same for all who ask for it in its normal mode, other programs of the company included; force mode, which would
//! take it from them, is never used. Whether a second ticket within two hours leaves the first one valid, on which several
//! replicas rest, is documented nowhere and unconfirmed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::clock::Clock;
use super::exchange::{LoginError, is_used_up};
use super::fresh::Fresh;
use super::wechat_quota::WechatQuota;
use crate::config::{Account, Config};
use wechat_oauth::{
    self as wechat, AccessToken, AppId, Client, Endpoint, ErrorCode, Follower, JsapiTicket, OpenId,
};

/// The accounts in whose own name WeChat is called, by name.
pub(crate) struct AccountTokens(BTreeMap<String, Arc<AccountToken>>);

/// One of them.
pub(crate) struct AccountToken {
    name: String,
    account: Account,
    client: Client,
    quota: Arc<WechatQuota>,
    token: Fresh<AccessToken>,
    ticket: Fresh<JsapiTicket>,
}

impl AccountTokens {
    /// Asks nothing yet.
    pub(crate) fn new(config: &Config, client: &Client, clock: &Arc<dyn Clock>) -> Self {
        let pause = config.limits.wechat_pause;
        let quota = Arc::new(WechatQuota::new(pause, clock.clone()));
        let accounts = config.accounts.iter();
        let accounts = accounts.filter(|(_, account)| account.jssdk || account.follow);
        let accounts = accounts.map(|(name, account)| {
            let token = AccountToken {
                name: name.clone(),
                account: account.clone(),
                client: client.clone(),
                quota: quota.clone(),
                token: Fresh::new(clock.clone()),
                ticket: Fresh::new(clock.clone()),
            };
            (name.clone(), Arc::new(token))
        });
        Self(accounts.collect())
    }

    /// That of the account of this name, if it has anything to ask.
    pub(crate) fn of(&self, name: &str) -> Option<&Arc<AccountToken>> {
        self.0.get(name)
    }
}

impl AccountToken {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn appid(&self) -> &AppId {
        &self.account.appid
    }

    pub(super) fn platform(&self) -> Option<&String> {
        self.account.platform.as_ref()
    }

    /// What signs the account's pages.
    pub(crate) async fn ticket(self: &Arc<Self>) -> Result<JsapiTicket, LoginError> {
        let own = self.clone();
        let fetch = || async move {
            let client = own.client.clone();
            let call = |token: AccessToken| {
                let client = client.clone();
                async move { client.jsapi_ticket(&token).await }
            };
            let ticket = own.call(Endpoint::Ticket, call).await;
            let ticket = ticket.inspect_err(|error| own.complain("no ticket", error))?;
            let left = ticket.expires_in;
            Ok((ticket, left))
        };
        self.ticket.get(fetch).await
    }

    /// Whether somebody follows the account.
    pub(super) async fn follower(self: &Arc<Self>, user: &OpenId) -> Result<Follower, LoginError> {
        let call = |token: AccessToken| async move { self.client.follower(&token, user).await };
        self.call(Endpoint::Follower, call).await
    }

    /// A call by the account's token; once more where WeChat does not take it, by one that is asked for anew.
    async fn call<T, W>(
        self: &Arc<Self>,
        endpoint: Endpoint,
        call: impl Fn(AccessToken) -> W,
    ) -> Result<T, LoginError>
    where
        W: Future<Output = Result<T, wechat::Error>>,
    {
        let token = self.token().await?;
        match self.spare(endpoint, call(token.clone())).await {
            Err(LoginError::Wechat(error)) if is_about_token(&error) => self.token.forget(&token),
            other => return other,
        }
        let outcome = self.spare(endpoint, call(self.token().await?)).await;
        if let Err(LoginError::Wechat(error)) = &outcome
            && is_about_token(error)
        {
            // Somebody else takes each token away at once; or it is no matter of the token.
            self.token.fail(LoginError::Wechat(error.clone()));
        }
        outcome
    }

    async fn token(self: &Arc<Self>) -> Result<AccessToken, LoginError> {
        let own = self.clone();
        let fetch = || async move {
            let Account { appid, secret, .. } = &own.account;
            let call = own.client.account_token(appid, secret);
            let token = own.spare(Endpoint::StableToken, call).await;
            let token = token.inspect_err(|error| own.complain("no token", error))?;
            Ok((token.token, token.expires_in))
        };
        self.token.get(fetch).await
    }

    /// A call, where WeChat has not had too many of them.
    async fn spare<T>(
        &self,
        endpoint: Endpoint,
        call: impl Future<Output = Result<T, wechat::Error>>,
    ) -> Result<T, LoginError> {
        let entered = self.quota.enter(&self.account.appid, endpoint);
        let entered = entered.map_err(LoginError::RateLimited)?;
        let outcome = call.await;
        entered.end(outcome.as_ref().is_err_and(is_used_up));
        outcome.map_err(LoginError::Wechat)
    }

    /// Here, because nobody waits for what is renewed before its end.
    fn complain(&self, what: &'static str, error: &LoginError) {
        if let LoginError::Wechat(error) = error {
            tracing::warn!(
                account = self.name,
                error = %error,
                wechat_errcode = error.errcode(),
                wechat_rid = error.rid(),
                "WeChat gives the account {what}"
            );
        }
    }
}

/// What WeChat says of a token that is over, or that another program has replaced.
fn is_about_token(error: &wechat::Error) -> bool {
    matches!(
        error.code(),
        Some(ErrorCode::InvalidCredential | ErrorCode::InvalidToken | ErrorCode::TokenExpired)
    )
}
