//! The two calls to WeChat's API host.
//!
//! Both carry secrets in their query string, as WeChat demands; therefore no URL ever leaves this file.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{StatusCode, Url};
use tokio::time::Instant;

use super::answer::{Grant, UserInfo};
use super::error::{Endpoint, Error};
use super::ids::{AccessToken, AppId, AppSecret, AuthCode, OpenId};

/// Longest body read; WeChat's answers are below 2 KiB.
const BODY_BYTES: usize = 64 * 1024;

/// How long WeChat may take, and how patiently `userinfo` is repeated.
#[derive(Debug, Clone)]
pub struct Timeouts {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For one exchange, and for `userinfo` with all its repetitions.
    pub total: Duration,
    /// Pauses before the repetitions of `userinfo`; their number is the number of repetitions.
    pub user_info_pauses: Vec<Duration>,
}

impl Default for Timeouts {
    /// Somebody is looking at an empty page meanwhile: 3 and 6 seconds, two repetitions.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            total: Duration::from_secs(6),
            user_info_pauses: vec![Duration::from_millis(100), Duration::from_millis(400)],
        }
    }
}

/// Whoever wants to know how calls to WeChat went.
pub trait CallObserver: std::fmt::Debug + Send + Sync {
    /// One call ended, repetitions counted one by one.
    fn called(&self, endpoint: Endpoint, took: Duration, error: Option<&Error>);
}

/// WeChat's API host, or a simulator's.
#[derive(Debug, Clone)]
pub struct Client {
    observer: Option<Arc<dyn CallObserver>>,
    pub(super) http: reqwest::Client,
    api_base: Url,
    timeouts: Timeouts,
}

impl Client {
    /// A client for the API host at `api_base`, an origin such as `https://api.weixin.qq.com`.
    ///
    /// # Errors
    /// If TLS cannot be set up, for example without any root certificate on the machine.
    pub fn new(api_base: Url, timeouts: Timeouts) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("wechat-login-proxy/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.total)
            // A redirect would carry the AppSecret to wherever it points.
            .redirect(reqwest::redirect::Policy::none())
            // A code is good for one exchange, so nothing below this file may repeat a request.
            .retry(reqwest::retry::never())
            .no_proxy()
            // An exchange that meets a connection in the moment its server closes it is lost, and the login with it. No
            // common server gives an idle one less than five seconds, and nobody knows what WeChat's gives.
            .pool_idle_timeout(Duration::from_secs(4))
            .build()?;
        Ok(Self {
            observer: None,
            http,
            api_base,
            timeouts,
        })
    }

    /// The same client, with somebody who is told about every exchange and every `userinfo`.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn CallObserver>) -> Self {
        Self {
            observer: Some(observer),
            ..self
        }
    }

    /// Exchanges a code, WeChat's `GET /sns/oauth2/access_token`.
    ///
    /// Once WeChat may have seen the request it is never repeated: the code may be spent, and the repetition would
    /// turn a lost answer into "code been used". Only a connection that did not come about is tried a second time.
    ///
    /// # Errors
    /// Every [`Error`]; [`Error::NotSent`] means that the code is unspent.
    pub async fn exchange_code(
        &self,
        appid: &AppId,
        secret: &AppSecret,
        code: &AuthCode,
    ) -> Result<Grant, Error> {
        let query = [
            ("appid", appid.as_str()),
            ("secret", secret.expose()),
            ("code", code.expose()),
            ("grant_type", "authorization_code"),
        ];
        let url = self.url("/sns/oauth2/access_token", &query);
        let call = async |url| {
            let body = self.get(Endpoint::AccessToken, url).await?;
            Grant::from_body(&body)
        };
        match self.observe(Endpoint::AccessToken, call(url.clone())).await {
            Err(Error::NotSent { .. }) => self.observe(Endpoint::AccessToken, call(url)).await,
            other => other,
        }
    }

    /// Tells the observer how this call went.
    async fn observe<T>(
        &self,
        endpoint: Endpoint,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let result = call.await;
        if let Some(observer) = &self.observer {
            observer.called(endpoint, started.elapsed(), result.as_ref().err());
        }
        result
    }

    /// Fetches name and picture, WeChat's `GET /sns/userinfo`; harmless to repeat, so transient failures are.
    ///
    /// # Errors
    /// The last [`Error`] after all repetitions or when the time is over.
    pub async fn fetch_user_info(
        &self,
        token: &AccessToken,
        openid: &OpenId,
    ) -> Result<UserInfo, Error> {
        let query = [
            ("access_token", token.expose()),
            ("openid", openid.expose()),
            ("lang", "zh_CN"),
        ];
        let url = self.url("/sns/userinfo", &query);
        let (started, total) = (Instant::now(), self.timeouts.total);
        let mut pauses = self.timeouts.user_info_pauses.iter();
        loop {
            let attempt = async {
                let body = self.get(Endpoint::UserInfo, url.clone());
                match tokio::time::timeout(total.saturating_sub(started.elapsed()), body).await {
                    Ok(body) => body.and_then(|body| UserInfo::from_body(&body, openid)),
                    Err(_) => Err(Error::Transport {
                        endpoint: Endpoint::UserInfo,
                        cause: "out of time".into(),
                    }),
                }
            };
            let answer = self.observe(Endpoint::UserInfo, attempt).await;
            match (answer, pauses.next()) {
                (Err(error), Some(pause))
                    if error.is_transient() && started.elapsed().saturating_add(*pause) < total =>
                {
                    tokio::time::sleep(*pause).await;
                }
                (answer, _) => return answer,
            }
        }
    }

    pub(super) fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.api_base.clone();
        url.set_path(path);
        url.query_pairs_mut().extend_pairs(query);
        url
    }

    async fn get(&self, endpoint: Endpoint, url: Url) -> Result<Vec<u8>, Error> {
        let failed = |error| transport_error(endpoint, error);
        let mut response = self.http.get(url).send().await.map_err(failed)?;
        if response.status() != StatusCode::OK {
            let status = response.status().as_u16();
            return Err(Error::Status { endpoint, status });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len().saturating_add(chunk.len()) > BODY_BYTES {
                let reason = "longer than 64 KiB";
                return Err(Error::Unusable { endpoint, reason });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

pub(super) fn transport_error(endpoint: Endpoint, error: reqwest::Error) -> Error {
    let is_not_sent = error.is_connect();
    let cause = cause_chain(error);
    if is_not_sent {
        Error::NotSent { endpoint, cause }
    } else {
        Error::Transport { endpoint, cause }
    }
}

/// The error and its causes in one line, without the URL and its secrets.
fn cause_chain(error: reqwest::Error) -> Arc<str> {
    let error = error.without_url();
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    chain.into()
}
