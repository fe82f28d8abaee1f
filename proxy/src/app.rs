//! The server: what its handlers share, and every route it has.

use std::future::ready;
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::sync::Arc;

use actix_http::HttpService;
use actix_service::{ServiceFactoryExt as _, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderValue;
use actix_web::middleware::{Condition, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpResponse, Resource, Route};

use tokio::net::TcpStream;

use crate::allowance::Allowance;
use crate::app_files::{self, AppFiles};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::cors;
use crate::cross_site;
use crate::cursor::Cursors;
use crate::error::ApiError;
use crate::exchange::Exchange;
use crate::guard::guarded;
use crate::life_cycle::LifeCycle;
use crate::limits;
use crate::limits::client::ClientNetwork;
use crate::limits::connections::Connections;
use crate::limits::guarded_stream::GuardedStream;
use crate::limits::per_minute::PerMinute;
use crate::metrics::Metrics;
use crate::routes::{
    auth, bootstrap, health, openapi, qr, records, report, service, session, verify_file,
};
use crate::service_key::{self, ServiceKeys};
use crate::session::Sessions;
use crate::telemetry;
use login_store::{self as store, Observed, Owner, Store};

/// What handlers share.
pub struct AppState {
    /// The configuration.
    pub config: Arc<Config>,
    /// The built app, if this process serves it.
    pub app_files: Option<AppFiles>,
    /// `Strict-Transport-Security`, where configured.
    pub(crate) hsts: Option<HeaderValue>,
    /// The session cookie.
    pub sessions: Sessions,
    /// Turns codes into sessions.
    pub exchange: Exchange,
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// What happens, counted.
    pub metrics: Arc<Metrics>,
    /// Whether the process is ending, and what it has to finish first.
    pub life: LifeCycle,
    /// The open connections of clients.
    pub(crate) connections: Connections,
    /// How many logins each client may still try.
    pub(crate) exchanges_of_clients: PerMinute<ClientNetwork>,
    /// How many records each user may still write.
    pub(crate) writes_of_users: PerMinute<Owner>,
    /// How many reports of broken apps the log still takes.
    pub(crate) reports: Allowance,
    /// What opens the service API.
    pub service_keys: ServiceKeys,
    /// Where pages of records end.
    pub cursors: Cursors,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened.
    #[error("database_url: {0}")]
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

impl AppState {
    /// Opens the store and sets up everything else.
    ///
    /// # Errors
    /// [`StartError`] if the store cannot be opened or TLS not be set up.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let metrics = Arc::new(Metrics::default());
        let store: Arc<dyn Store> = Arc::new(Observed {
            store: store::open(&config.database).await?,
            observer: metrics.clone(),
        });
        install_tls();
        let client = config.wechat.client()?.observed_by(metrics.clone());
        let app_files = match &config.static_dir {
            Some(folder) => Some(AppFiles::read(folder, &config.picture_origins())?),
            None => None,
        };
        let config = Arc::new(config);
        Ok(Self {
            hsts: config.hsts_max_age_days.and_then(|days| {
                HeaderValue::try_from(format!("max-age={}", u64::from(days) * 86_400)).ok()
            }),
            app_files,
            sessions: Sessions::new(config.clone(), clock.clone()),
            exchange: Exchange::new(
                client,
                store.clone(),
                clock.clone(),
                config.session_ttl,
                metrics.clone(),
                &config.limits,
            ),
            metrics,
            store,
            life: LifeCycle::default(),
            connections: Connections::default(),
            exchanges_of_clients: PerMinute::new(config.limits.exchanges_per_client, clock.clone()),
            writes_of_users: PerMinute::new(config.limits.writes_per_user, clock.clone()),
            reports: Allowance::per_minute(60),
            service_keys: ServiceKeys::new(&config),
            cursors: Cursors::new(&config),
            clock,
            config,
        })
    }
}

/// Says by what TLS is done; the crates that use it come without.
pub(crate) fn install_tls() {
    // Fails only if a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Opens the store, then serves on `listener`: await the result to run until a signal or its handle stops it.
///
/// # Errors
/// [`StartError`], before any request is taken.
pub async fn run(config: Config, listener: TcpListener) -> Result<Server, StartError> {
    let state = AppState::open(config, Arc::new(SystemClock)).await?;
    serve(web::Data::new(state), listener)
}

/// Serves on `listener` with a state that is open already.
///
/// # Errors
/// [`StartError::Listen`] if the listener cannot be used.
pub fn serve(state: web::Data<AppState>, listener: TcpListener) -> Result<Server, StartError> {
    let patience = state.config.limits.patience.clone();
    let guard_state = state.clone();
    let connections = limits::files::possible_connections(state.config.limits.connections);
    state.connections.set_possible(connections);
    let workers = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
    let app = move || app(state.clone());
    // What `HttpServer` does, but for the stream: it takes no guarded one.
    let address = listener.local_addr()?;
    let connected = move || {
        let (state, patience) = (guard_state.clone(), patience.clone());
        let http = HttpService::build()
            .keep_alive(patience.idle)
            .client_request_timeout(patience.head)
            .client_disconnect_timeout(patience.answer)
            .local_addr(address)
            .h1(map_config(app(), |()| AppConfig::default()));
        fn_service(move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            let stream = GuardedStream::new(stream, &patience, state.life.closing())
                .counted(state.connections.begin());
            ready(Ok((stream, peer)))
        })
        .and_then(http)
    };
    Ok(Server::build()
        .workers(workers)
        .max_concurrent_connections(connections.div_ceil(workers))
        // Whoever runs it decides when it ends: `life_cycle` by signals, tests by the handle.
        .disable_signals()
        .listen("http", listener, connected)?
        .run())
}

/// Everything that answers requests, without a server around it.
pub fn app(
    state: web::Data<AppState>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let is_development = state.config.simulator;
    App::new()
        .app_data(state.clone())
        .configure(|app| routes(app, is_development))
        .wrap(from_fn(limits::request::admit))
        .wrap(Condition::new(
            !state.config.allowed_origins.is_empty(),
            cors::for_app(&state.config),
        ))
        .wrap(from_fn(telemetry::observe))
        .wrap(from_fn(limits::connection::guard))
}

/// Every route, grouped by who calls it, with what guards it. `proxy/tests/it/api/guards` tries all guards in their order.
fn routes(app: &mut ServiceConfig, is_development: bool) {
    // The app.
    app.service(resource("/api/bootstrap", "GET").get(bootstrap::show));
    app.service(
        resource("/api/session", "GET, POST, DELETE")
            .get(session::show)
            .route(for_our_pages(web::post().to(session::sign_in)))
            .route(for_our_pages(web::delete().to(session::sign_out))),
    );
    app.service(resource("/api/qr.svg", "GET").get(qr::show));
    app.service(resource("/api/report", "POST").route(for_our_pages(web::post().to(report::take))));
    app.service(resource("/api/records", "GET").get(records::list));
    app.service(
        resource("/api/records/{kind}/{key}", "GET, PUT, DELETE")
            .get(records::show)
            .route(for_our_pages(web::put().to(records::put)))
            .route(for_our_pages(web::delete().to(records::delete))),
    );
    // Backends of the company.
    app.service(
        resource(
            "/service/accounts/{account}/users/{openid}",
            "GET, PUT, DELETE",
        )
        .route(for_backends(web::get().to(service::show_user)))
        .route(for_backends(web::put().to(service::note_user)))
        .route(for_backends(web::delete().to(service::erase_user))),
    );
    app.service(
        resource("/service/accounts/{account}/users/{openid}/records", "GET")
            .route(for_backends(web::get().to(service::list_records))),
    );
    app.service(
        resource(
            "/service/accounts/{account}/users/{openid}/records/{kind}/{key}",
            "GET, PUT, DELETE",
        )
        .route(for_backends(web::get().to(service::show_record)))
        .route(for_backends(web::put().to(service::put_record)))
        .route(for_backends(web::delete().to(service::delete_record))),
    );
    // The web server in front of backends.
    app.service(
        resource("/api/auth", "GET, HEAD")
            .get(auth::show)
            .route(web::head().to(auth::show_head)),
    );
    // Operations.
    app.service(resource("/api/openapi.json", "GET").get(openapi::show));
    app.service(
        resource("/healthz", "GET, HEAD")
            .get(health::alive)
            .route(web::head().to(health::alive_head)),
    );
    app.service(
        resource("/readyz", "GET, HEAD")
            .get(health::ready)
            .route(web::head().to(health::ready_head)),
    );
    // WeChat's console.
    app.service(
        resource("/MP_verify_{name}", "GET, HEAD")
            .get(verify_file::show)
            .route(web::head().to(verify_file::show)),
    );
    // Developers: not in the description, because production has none.
    if is_development {
        app.service(resource("/api/docs", "GET").get(openapi::page));
    }
    // Browsers: the app's files and pages, where this process serves them.
    app.default_service(web::to(app_files::serve));
}

/// A route that changes something, which pages of other sites may not.
fn for_our_pages(route: Route) -> Route {
    guarded(route, cross_site::refuse)
}

/// A route for who shows a service key.
fn for_backends(route: Route) -> Route {
    guarded(route, service_key::require)
}

/// A path that refuses every method but those added to it, which `allow` lists for the caller.
fn resource(path: &str, allow: &'static str) -> Resource {
    let refuse =
        move || async move { Err::<HttpResponse, _>(ApiError::MethodNotAllowed { allow }) };
    web::resource(path).default_service(web::to(refuse))
}
