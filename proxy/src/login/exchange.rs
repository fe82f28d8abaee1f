//! OAuth's code exchange: a code becomes a login. It is exchanged once, the user's name is fetched where granted, the
//! identity noted.

use std::sync::Arc;
use std::time::Duration;

use api_types::{ApplicationKind, Profile, Scope, Session};

use super::clock::Clock;
use super::in_flight::InFlight;
use super::kept::{Found, Keep};
use super::kept_session;
use super::rate_limit::{Limit, PerMinute, RateLimited};
use super::single_flight::{FlightError, SingleFlight};
use super::verifier::Verifier;
use super::wechat_quota::WechatQuota;
use crate::config::{Account, Application, Limits};
use login_store::{self as store, SeenIdentity, Store};
use wechat_oauth::{
    self as wechat, AccessToken, AppId, AppSecret, AuthCode, Client, Endpoint, FailureKind, Grant,
    MiniprogramLogin, OpenId, UnionId, UserInfo,
};

/// How long a guest of WeChat's snapshot mode stays one: the mode ends with a tap, and the real user comes after it.
const SNAPSHOT_TTL: Duration = Duration::from_secs(30 * 60);

pub use super::single_flight::Joined;

/// Told what happens; implemented by whoever counts.
pub trait LoginObserver: Send + Sync {
    /// A code was exchanged at WeChat, or that failed.
    fn exchanged(&self, account: &str, outcome: &Result<Session, LoginError>);
    /// Somebody asked for the outcome of an exchange.
    fn joined(&self, joined: Joined);
}

/// Turns codes into sessions.
pub struct Exchange {
    worker: Worker,
    observer: Arc<dyn LoginObserver>,
    flights: SingleFlight<Result<Session, LoginError>, LoginError>,
}

/// Whose codes are exchanged: an official account's, or those of one of its applications.
#[derive(Clone)]
pub struct Issuer {
    account: String,
    appid: AppId,
    secret: AppSecret,
    platform: Option<String>,
    /// The call that takes them.
    endpoint: Endpoint,
}

impl Issuer {
    /// The official account called `name`, or this application of it, if it has one.
    pub fn of(name: &str, account: &Account, application: Option<ApplicationKind>) -> Option<Self> {
        let of = |it: &Application| (it.appid.clone(), it.secret.clone());
        let mut endpoint = Endpoint::AccessToken;
        let (appid, secret) = match application {
            None => (account.appid.clone(), account.secret.clone()),
            Some(ApplicationKind::Website) => account.website.as_ref().map(of)?,
            Some(ApplicationKind::Miniprogram) => {
                endpoint = Endpoint::CodeToSession;
                account.miniprogram.as_ref().map(of)?
            }
            Some(ApplicationKind::App) => account.app.as_ref().map(of)?,
        };
        Some(Self {
            account: name.to_owned(),
            appid,
            secret,
            platform: account.platform.clone(),
            endpoint,
        })
    }
}

/// What WeChat's first call tells, whichever it is.
struct Exchanged {
    openid: OpenId,
    unionid: Option<UnionId>,
    scope: Scope,
    snapshot: bool,
    /// For name and picture. Mini-programs have none to ask for.
    token: Option<AccessToken>,
}

impl From<Grant> for Exchanged {
    fn from(grant: Grant) -> Self {
        Self {
            openid: grant.openid,
            unionid: grant.unionid,
            scope: grant.scope,
            snapshot: grant.snapshot,
            token: (grant.scope != Scope::Base).then_some(grant.token),
        }
    }
}

impl From<MiniprogramLogin> for Exchanged {
    fn from(login: MiniprogramLogin) -> Self {
        Self {
            openid: login.openid,
            unionid: login.unionid,
            scope: Scope::Base,
            snapshot: false,
            token: None,
        }
    }
}

/// Why a code brought no session.
#[derive(Debug, Clone)]
pub enum LoginError {
    /// Another browser was first with this code, or this one forgot its verifier.
    OtherVerifier,
    /// There were too many of late, here or at WeChat; WeChat was not asked, the code is unspent.
    RateLimited(RateLimited),
    /// WeChat refused, or did not answer sensibly.
    Wechat(wechat::Error),
    /// The identity could not be noted. The code is spent.
    Store(Arc<store::Error>),
    /// The exchange ended by a panic.
    Interrupted,
}

impl Exchange {
    /// Exchanges through `client`, notes identities in `store`, sessions last for `session_ttl`; never more in a minute
    /// than `limits` allow, and none while WeChat has had too many.
    pub fn new(
        client: Client,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        session_ttl: Duration,
        observer: Arc<dyn LoginObserver>,
        limits: &Limits,
    ) -> Self {
        Self {
            observer,
            flights: SingleFlight::new(clock.clone(), |outcome, other| match outcome {
                Ok(session) => Keep::Packed(kept_session::pack(session, other)),
                Err(error) if is_worth_keeping(error) => Keep::AsIs(error.clone()),
                Err(_) => Keep::Not,
            }),
            worker: Worker {
                allowed: Arc::new(PerMinute::new(
                    Limit::Exchanges,
                    limits.exchanges,
                    clock.clone(),
                )),
                quota: Arc::new(WechatQuota::new(limits.wechat_pause, clock.clone())),
                client,
                store,
                clock,
                session_ttl,
            },
        }
    }

    /// The exchanges that are not done yet, whether or not somebody waits for them.
    pub(crate) fn in_flight(&self) -> &InFlight {
        self.flights.in_flight()
    }

    /// The session for a code.
    ///
    /// The same code and verifier get the same answer for five minutes, with one exchange at WeChat.
    ///
    /// # Errors
    /// [`LoginError`]. One that left the code certainly unspent is not kept, so that asking again tries again.
    pub async fn log_in(
        &self,
        issuer: Issuer,
        code: AuthCode,
        verifier: Verifier,
    ) -> Result<Session, LoginError> {
        let (worker, own_issuer, own_code) = (self.worker.clone(), issuer.clone(), code.clone());
        let (observer, account) = (self.observer.clone(), issuer.account.clone());
        let work = async move {
            let outcome = worker.log_in(own_issuer, own_code).await;
            observer.exchanged(&account, &outcome);
            outcome
        };
        let tell = |joined| self.observer.joined(joined);
        let outcome = self
            .flights
            .share(
                &issuer.appid,
                &code,
                &verifier,
                work,
                |found| match found {
                    Found::Packed { bytes, first } => {
                        let (account, appid) = (&issuer.account, &issuer.appid);
                        kept_session::unpack(bytes, first, account, appid).map(Ok)
                    }
                    Found::AsIs(error) => Some(Err(error.clone())),
                },
                tell,
            )
            .await
            .unwrap_or_else(|error| match error {
                FlightError::OtherVerifier => Err(LoginError::OtherVerifier),
                FlightError::Interrupted => Err(LoginError::Interrupted),
            });
        // A website application serves several accounts; the session is of the one whose page asks.
        outcome.map(|session| Session {
            account: issuer.account,
            ..session
        })
    }
}

/// Not what leaves the code unspent. Neither is WeChat's "too many": it says nothing about the code, and in a minute it
/// is wrong.
fn is_worth_keeping(error: &LoginError) -> bool {
    match error {
        LoginError::RateLimited(_) => false,
        LoginError::Wechat(error) => !error.is_not_sent() && !is_used_up(error),
        _ => true,
    }
}

/// Whether WeChat has had too many calls.
pub(super) fn is_used_up(error: &wechat::Error) -> bool {
    error.kind() == FailureKind::RateLimited
}

#[derive(Clone)]
struct Worker {
    client: Client,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    session_ttl: Duration,
    allowed: Arc<PerMinute<()>>,
    quota: Arc<WechatQuota>,
}

impl Worker {
    async fn log_in(&self, issuer: Issuer, code: AuthCode) -> Result<Session, LoginError> {
        let grant = self.exchange_code(&issuer, &code).await?;
        let now = self.clock.now();
        let guest = Session {
            account: issuer.account,
            appid: issuer.appid.as_str().to_owned(),
            openid: grant.openid.expose().to_owned(),
            unionid: None,
            scope: grant.scope,
            snapshot: grant.snapshot,
            profile: None,
            expires_at: now.saturating_add(self.session_ttl.as_secs()),
        };
        if grant.snapshot {
            // A virtual user, and WeChat gives several of them the same unionid: never stored, never joined.
            let ttl = self.session_ttl.min(SNAPSHOT_TTL);
            return Ok(Session {
                expires_at: now.saturating_add(ttl.as_secs()),
                ..guest
            });
        }
        let info = self.user_info(&issuer.appid, &grant).await;
        let seen = SeenIdentity {
            appid: issuer.appid,
            openid: grant.openid,
            platform: issuer.platform,
            // WeChat documents the unionid in both answers; either has been seen without it.
            unionid: grant
                .unionid
                .or_else(|| info.as_ref().and_then(|info| info.unionid.clone())),
            scope: grant.scope,
            profile: info.map(|info| Profile {
                nickname: info.nickname,
                headimgurl: info.headimgurl,
            }),
            seen_at: now,
        };
        let known = self
            .store
            .upsert_identity(&seen)
            .await
            .map_err(|error| LoginError::Store(Arc::new(error)))?;
        Ok(Session {
            unionid: known.unionid.map(|it| it.expose().to_owned()),
            profile: known.profile,
            ..guest
        })
    }

    /// WeChat's first call, where neither WeChat nor we have had too many.
    async fn exchange_code(
        &self,
        issuer: &Issuer,
        code: &AuthCode,
    ) -> Result<Exchanged, LoginError> {
        let call = self
            .quota
            .enter(&issuer.appid, issuer.endpoint)
            .map_err(LoginError::RateLimited)?;
        self.allowed.take(&()).map_err(LoginError::RateLimited)?;
        let (client, appid, secret) = (&self.client, &issuer.appid, &issuer.secret);
        let answer = match issuer.endpoint {
            Endpoint::CodeToSession => {
                let answer = client.miniprogram_login(appid, secret, code).await;
                answer.map(Exchanged::from)
            }
            _ => {
                let answer = client.exchange_code(appid, secret, code).await;
                answer.map(Exchanged::from)
            }
        };
        if call.end(answer.as_ref().is_err_and(is_used_up)) {
            tracing::error!(
                account = issuer.account,
                wechat_errcode = answer.as_ref().err().and_then(wechat::Error::errcode),
                "WeChat has had too many logins of this account; it is not asked for a while"
            );
        }
        answer.map_err(LoginError::Wechat)
    }

    /// Name and picture where granted. A login without them is still a login.
    async fn user_info(&self, appid: &AppId, grant: &Exchanged) -> Option<UserInfo> {
        let token = grant.token.as_ref()?;
        let Ok(call) = self.quota.enter(appid, Endpoint::UserInfo) else {
            tracing::warn!("signing in without name and picture: WeChat has had too many calls");
            return None;
        };
        let answer = self.client.fetch_user_info(token, &grant.openid).await;
        call.end(answer.as_ref().is_err_and(is_used_up));
        answer
            .inspect_err(|error| {
                tracing::warn!(
                    error = %error,
                    wechat_errcode = error.errcode(),
                    wechat_rid = error.rid(),
                    "signing in without name and picture"
                );
            })
            .ok()
    }
}
