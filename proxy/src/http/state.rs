//! What handlers share. Below all routes: nothing here knows one.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::header::HeaderValue;
use login_store::{self as store, Observed, Owner, Store};

use super::app_files::{self, AppFiles};
use super::client_address::ClientNetwork;
use crate::config::Config;
use crate::login::account_token::AccountTokens;
use crate::login::clock::Clock;
use crate::login::cursor::Cursors;
use crate::login::exchange::Exchange;
use crate::login::follow::Follow;
use crate::login::in_flight::InFlight;
use crate::login::rate_limit::{Limit, PerMinute};
use crate::login::scans::Scans;
use crate::login::service_keys::ServiceKeys;
use crate::login::session::Sessions;
use crate::metrics::Metrics;

/// How many reports of broken apps the log takes in a minute.
const REPORTS: NonZeroU32 = NonZeroU32::new(60).unwrap();

/// What handlers share.
pub struct AppState {
    /// The configuration.
    pub config: Arc<Config>,
    /// The built app, if this process serves it.
    pub(crate) app_files: Option<AppFiles>,
    /// `Strict-Transport-Security`, where configured.
    pub(crate) hsts: Option<HeaderValue>,
    /// The session cookie.
    pub sessions: Sessions,
    /// Turns codes into sessions.
    pub(crate) exchange: Exchange,
    /// What accounts call WeChat with in their own name.
    pub(crate) tokens: Arc<AccountTokens>,
    /// Who follows them.
    pub(crate) follow: Arc<Follow>,
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// What happens, counted.
    pub metrics: Arc<Metrics>,
    /// The requests without an answer yet.
    pub(crate) requests: InFlight,
    /// How many logins each client may still try.
    pub(crate) exchanges_of_clients: PerMinute<ClientNetwork>,
    /// Computers that wait for phones.
    pub(crate) scans: Scans,
    /// How many of them each client may still begin.
    pub(crate) scans_of_clients: PerMinute<ClientNetwork>,
    /// How many records each user may still write.
    pub(crate) writes_of_users: PerMinute<Owner>,
    /// How many reports of broken apps the log still takes.
    pub(crate) reports: PerMinute<()>,
    /// What opens the service API.
    pub(crate) service_keys: ServiceKeys,
    /// Where pages of records end.
    pub(crate) cursors: Cursors,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    is_ending: AtomicBool,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// TLS towards WeChat cannot be set up.
    #[error("cannot set up TLS for calls to WeChat: {0}")]
    Tls(#[from] reqwest::Error),
    /// The app cannot be served.
    #[error("static_dir: {0}")]
    App(#[from] app_files::Error),
    /// The listener cannot be used.
    #[error("listen: {0}")]
    Listen(#[from] std::io::Error),
}

impl StartError {
    /// The setting to look at, if it is one.
    pub fn key(&self) -> Option<&'static str> {
        match self {
            Self::Store(_) => Some("database_url"),
            Self::App(_) => Some("static_dir"),
            Self::Listen(_) => Some("listen"),
            Self::Tls(_) => None,
        }
    }
}

impl AppState {
    /// Opens the store and sets up everything else. Needs [`crate::install_tls`].
    ///
    /// # Errors
    /// [`StartError`] if the store cannot be opened or TLS not be set up.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let metrics = Arc::new(Metrics::default());
        let store: Arc<dyn Store> = Arc::new(Observed {
            store: store::open(&config.database).await?,
            observer: metrics.clone(),
        });
        let client = config.wechat.client()?.observed_by(metrics.clone());
        let app_files = match &config.static_dir {
            Some(folder) => {
                let origins = config.page_origins();
                Some(AppFiles::read(folder, &origins, config.public_url.path())?)
            }
            None => None,
        };
        let config = Arc::new(config);
        let tokens = Arc::new(AccountTokens::new(&config, &client, &clock));
        let limits = &config.limits;
        let of_clients = || {
            let most = limits.exchanges_per_client;
            PerMinute::new(Limit::ExchangesOfClient, most, clock.clone())
        };
        let requests = InFlight::default();
        Ok(Self {
            hsts: config.hsts_max_age_days.and_then(|days| {
                HeaderValue::try_from(format!("max-age={}", u64::from(days) * 86_400)).ok()
            }),
            app_files,
            follow: Arc::new(Follow::new(
                config.clone(),
                tokens.clone(),
                store.clone(),
                clock.clone(),
                requests.clone(),
            )),
            tokens,
            exchange: Exchange::new(
                client,
                store.clone(),
                clock.clone(),
                config.session_ttl,
                metrics.clone(),
                limits,
            ),
            metrics,
            requests,
            exchanges_of_clients: of_clients(),
            scans_of_clients: of_clients(),
            scans: Scans::new(store.clone(), config.clone(), clock.clone()),
            writes_of_users: PerMinute::new(
                Limit::WritesOfUser,
                limits.writes_per_user,
                clock.clone(),
            ),
            reports: PerMinute::new(Limit::Reports, REPORTS, clock.clone()),
            service_keys: ServiceKeys::new(&config),
            cursors: Cursors::new(&config),
            is_ending: AtomicBool::new(false),
            sessions: Sessions::new(config.clone(), clock.clone()),
            store,
            clock,
            config,
        })
    }

    /// From now on readiness says no, and answers ask clients to open another connection, which then finds another
    /// process. Everything is still served.
    pub fn begin_the_end(&self) {
        self.is_ending.store(true, Ordering::SeqCst);
    }

    /// Answers those who only wait, and from now on at once: not before others take what they ask next.
    pub fn send_waiters_home(&self) {
        self.scans.waiters.end();
    }

    /// Whether the end has begun.
    pub(crate) fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::SeqCst)
    }
}
