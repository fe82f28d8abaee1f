//! Calls to WeChat's API host.
//!
//! They carry secrets in their query string, as WeChat demands; therefore no URL ever leaves this file and the one below
//! it.

mod transport;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use tokio::time::Instant;

use crate::answer::{self, Grant, UserInfo};
use crate::facts::{API_HOST, GRANT_CODE, GRANT_REFRESH, OPEN_HOST};
use crate::{AccessToken, AppId, AppSecret, AuthCode, Endpoint, Error, OpenId, RefreshToken};

/// Whom to ask, and for how long.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Origin of the API host.
    pub api_base: String,
    /// Origin of the authorize page.
    pub open_base: String,
    /// How long WeChat may take.
    pub timeouts: Timeouts,
    /// What errors call the forward proxy that all calls go through, where there is one: `http://10.0.0.1:3128`. A name
    /// only, which may be logged; the proxy itself, with its password, is the builder's.
    pub proxy_name: Option<String>,
}

impl Default for Options {
    /// WeChat's own hosts.
    fn default() -> Self {
        Self {
            api_base: API_HOST.to_owned(),
            open_base: OPEN_HOST.to_owned(),
            timeouts: Timeouts::default(),
            proxy_name: None,
        }
    }
}

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

/// Asks WeChat, or a simulator. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Client {
    observer: Option<Arc<dyn CallObserver>>,
    pub(crate) http: reqwest::Client,
    options: Arc<Options>,
    /// The addresses of all calls, read once; none where `api_base` is no address.
    urls: Arc<HashMap<Endpoint, Url>>,
}

impl Client {
    /// A client for WeChat's own hosts.
    ///
    /// User agent, TLS and proxies are those of `http`, so unless told otherwise the forward proxy of `HTTPS_PROXY`,
    /// `ALL_PROXY` and `NO_PROXY`. Redirects, repetitions and timeouts are not: a redirect would carry the AppSecret to
    /// wherever it points, and a code is good for one exchange.
    ///
    /// # Errors
    /// If TLS cannot be set up, for example without any root certificate on the machine.
    pub fn new(http: reqwest::ClientBuilder) -> Result<Self, reqwest::Error> {
        Self::with(http, Options::default())
    }

    /// The same with other hosts and timeouts.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with(http: reqwest::ClientBuilder, options: Options) -> Result<Self, reqwest::Error> {
        let http = http
            .connect_timeout(options.timeouts.connect)
            .timeout(options.timeouts.total)
            .redirect(reqwest::redirect::Policy::none())
            // Nothing below this file may repeat a request.
            .retry(reqwest::retry::never())
            // An exchange that meets a connection in the moment its server closes it is lost, and the login with it. No
            // common server gives an idle one less than five seconds, and nobody knows what WeChat's gives.
            .pool_idle_timeout(Duration::from_secs(4))
            .build()?;
        let read = |endpoint| Some((endpoint, Url::parse(&url_in(&options, endpoint)).ok()?));
        let urls = Endpoint::ALL.into_iter().filter_map(read).collect();
        Ok(Self {
            observer: None,
            http,
            urls: Arc::new(urls),
            options: Arc::new(options),
        })
    }

    /// Origin of the authorize page, without a trailing slash.
    pub(crate) fn open_base(&self) -> &str {
        self.options.open_base.trim_end_matches('/')
    }

    /// The same client, with somebody who is told about every call.
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
    /// turn a lost answer into "code been used". Only a connection that did not come about is tried a second time, and
    /// not where a proxy wants another password.
    ///
    /// # Errors
    /// Every [`Error`]; [`Error::is_not_sent`] means that the code is unspent.
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
            ("grant_type", GRANT_CODE),
        ];
        self.get_unrepeated(Endpoint::AccessToken, &query, Grant::read)
            .await
    }

    /// Gives a token two more hours, or makes a new one; WeChat's `GET /sns/oauth2/refresh_token`. Few need it: who has
    /// stored openid and profile has no use for the token.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn refresh(&self, appid: &AppId, token: &RefreshToken) -> Result<Grant, Error> {
        let query = [
            ("appid", appid.as_str()),
            ("grant_type", GRANT_REFRESH),
            ("refresh_token", token.expose()),
        ];
        let total = self.options.timeouts.total;
        self.get(Endpoint::RefreshToken, &query, total, Grant::read)
            .await
    }

    /// Succeeds if a token is still good, and the openid its user's; WeChat's `GET /sns/auth`.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is not, the others if nobody knows.
    pub async fn check_token(&self, token: &AccessToken, openid: &OpenId) -> Result<(), Error> {
        let query = [
            ("access_token", token.expose()),
            ("openid", openid.expose()),
        ];
        let total = self.options.timeouts.total;
        self.get(Endpoint::Auth, &query, total, answer::read_ok)
            .await
    }

    /// Tells the observer how this call went.
    pub(crate) async fn observe<T>(
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
        let timeouts = &self.options.timeouts;
        let (started, total) = (Instant::now(), timeouts.total);
        let mut pauses = timeouts.user_info_pauses.iter();
        loop {
            let left = total.saturating_sub(started.elapsed());
            let read = |_, body: &[u8]| UserInfo::from_body(body, openid);
            let answer = self.get(Endpoint::UserInfo, &query, left, read);
            match (answer.await, pauses.next()) {
                (Err(error), Some(pause))
                    if error.is_transient() && started.elapsed().saturating_add(*pause) < total =>
                {
                    tokio::time::sleep(*pause).await;
                }
                (answer, _) => return answer,
            }
        }
    }

    pub(crate) fn url(&self, endpoint: Endpoint) -> String {
        url_in(&self.options, endpoint)
    }

    /// The exchange of a code: a second call only where the first did not reach WeChat.
    pub(crate) async fn get_unrepeated<T>(
        &self,
        endpoint: Endpoint,
        query: &[(&str, &str)],
        read: fn(Endpoint, &[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let total = self.total_timeout();
        match self.get(endpoint, query, total, read).await {
            Err(error) if error.is_not_sent() && error.is_transient() => {
                self.get(endpoint, query, total, read).await
            }
            other => other,
        }
    }

    /// How long one call may take.
    pub(crate) fn total_timeout(&self) -> Duration {
        self.options.timeouts.total
    }

    /// One call, told to the observer.
    pub(crate) async fn get<T>(
        &self,
        endpoint: Endpoint,
        query: &[(&str, &str)],
        timeout: Duration,
        read: impl FnOnce(Endpoint, &[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let request = match self.urls.get(&endpoint) {
            Some(url) => {
                let mut url = url.clone();
                url.query_pairs_mut().extend_pairs(query);
                self.http.get(url)
            }
            // Which says what is wrong with it.
            None => self.http.get(self.url(endpoint)),
        };
        let call = async {
            let response = self.send(endpoint, request.timeout(timeout)).await?;
            read(endpoint, &self.body_of(endpoint, response).await?)
        };
        self.observe(endpoint, call).await
    }
}

fn url_in(options: &Options, endpoint: Endpoint) -> String {
    let base = options.api_base.trim_end_matches('/');
    format!("{base}{}", endpoint.path())
}
