//! `serve`: from the first request to the last, with a graceful shutdown.
//!
//! Asked to end, the process first only says so (readiness, `Connection: close`), so that load balancers turn to others
//! while everything still works; then it refuses new connections, finishes what is under way, and closes. Workers are
//! stopped last and together: connections to WeChat and to the database belong to the worker that opened them, but all
//! workers use them. systemd is told, where it started us (`Type=notify`).

use std::io;
use std::net::{Shutdown, TcpListener};
use std::path::Path;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt;
use actix_web::web::Data;
use anyhow::Context as _;
use clap::Args;
use login_store::DatabaseUrl;
use sd_notify::NotifyState;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::arguments::ConfigFile;
use super::signals::Signals;
use crate::config::{Config, Places, Problem, Problems, WechatConfig, origin_text, unreadable};
use crate::http::{AppState, StartError, app_files, metrics_server, serve};
use crate::login::clock::{Clock as _, SystemClock};

/// For the framework's thread to take its hands off the listener; it does not say when it has.
const LET_GO: Duration = Duration::from_millis(100);
/// For a simulator to take a connection.
const PATIENCE: Duration = Duration::from_secs(2);
/// For workers that were told to drop everything, and for answers on their way when somebody does not want to wait.
const LAST_MOMENT: Duration = Duration::from_millis(500);

#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    config: ConfigFile,
}

impl Serve {
    /// Exit code 0 if everything that was under way at the end was answered, 1 if something was cut off.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load()?;
        let bind = |key, address| {
            let listener = TcpListener::bind(address);
            let named = || format!("{}: cannot bind {address}", config.places.named(key));
            listener.with_context(named)
        };
        let listener = bind("listen", config.listen)?;
        let metrics = config.metrics_listen;
        let metrics = metrics.map(|address| bind("metrics_listen", address));
        let metrics = metrics.transpose()?;
        let mut signals = Signals::catch()?;
        say_what_starts(&config);
        if config.simulator {
            rt::spawn(look_for_simulator(config.wechat.clone()));
        }
        let (places, folder) = (config.places.clone(), config.static_dir.clone());
        // Changing the tables can take long, and nothing is under way that an end could cut off.
        let state = tokio::select! {
            state = AppState::open(config, Arc::new(SystemClock)) => Data::new(state.map_err(|error| {
                refused(&error, &places, folder.as_deref())
            })?),
            signal = signals.next() => {
                tracing::info!(%signal, "asked to end before the start");
                return Ok(ExitCode::SUCCESS);
            }
        };
        if let Some(listener) = metrics {
            let metrics_address = listener.local_addr()?;
            rt::spawn(metrics_server::serve(state.clone(), listener)?);
            tracing::info!(%metrics_address, "metrics");
        }
        serve_until_stopped(state, listener, signals).await
    }
}

/// Why there is no start. An app that cannot be served stays so until somebody mends it, as does a wrong setting.
fn refused(error: &StartError, places: &Places, folder: Option<&Path>) -> anyhow::Error {
    let StartError::App(app) = error else {
        let place = error.key().map(|key| format!("{}: ", places.of(key)));
        return anyhow::anyhow!("{}{error}", place.unwrap_or_default());
    };
    let text = match (app, folder) {
        (app_files::Error::Read { path, source }, Some(folder))
            if source.kind() == io::ErrorKind::PermissionDenied =>
        {
            unreadable::app(folder, path)
        }
        _ => app.to_string(),
    };
    Problems::from(Problem::new(places.named("static_dir"), text)).into()
}

/// What an operator wants to see first when something is odd. No address of the database: it may hold a password.
fn say_what_starts(config: &Config) {
    let database = match config.database {
        DatabaseUrl::SqliteFile(_) => "sqlite",
        DatabaseUrl::SqliteMemory => "sqlite in memory",
        DatabaseUrl::Postgres(_) => "postgres",
    };
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        public_url = config.public_url.text(),
        database,
        accounts = config.accounts.len(),
        serves_app = config.static_dir.is_some(),
        simulator = config.simulator,
        test_account = config.test_account,
        way_to_wechat = %config.wechat.way,
        "starting"
    );
    if config.simulator {
        tracing::info!(
            "open the app at {}: opened under another address, of another port or by localhost, it goes there first",
            config.public_url.text()
        );
    }
    if config.test_account {
        tracing::warn!(
            "test_account = true: for trying out with WeChat's test account (测试号) only, not for real users: sessions and \
             codes may travel over plain http, and every page says so in a red line"
        );
    }
    if config.wechat.is_relay {
        let relay = origin_text(&config.wechat.api_base);
        tracing::warn!(
            relay,
            "wechat.relay: this host is told the AppSecret and all codes, in WeChat's place"
        );
        if config.wechat.api_base.scheme() == "http" {
            tracing::warn!(
                relay,
                "the relay is asked by plain http: everybody on the way reads the AppSecret and all codes"
            );
        }
    }
}

/// Whoever starts the programs by hand may have forgotten this one.
async fn look_for_simulator(wechat: WechatConfig) {
    let base = &wechat.api_base;
    let place = base.host_str().zip(base.port_or_known_default());
    let Some((host, port)) = place else { return };
    let connection = timeout(PATIENCE, TcpStream::connect((host, port)));
    if !matches!(connection.await, Ok(Ok(_))) {
        let [words, _] = wechat.no_simulator();
        tracing::warn!("{words}");
    }
}

/// Serves on `listener` until a signal comes, and ends as described above.
///
/// A second signal ends the waiting for load balancers, one more the waiting for what is under way.
async fn serve_until_stopped(
    state: Data<AppState>,
    listener: TcpListener,
    mut signals: Signals,
) -> anyhow::Result<ExitCode> {
    // Not the one asked for: with port 0 the system chooses.
    let address = listener.local_addr()?;
    let socket = listener.try_clone()?;
    let server = serve(state.clone(), listener)?;
    let handle = server.handle();
    let mut serving = rt::spawn(server);
    tracing::info!(%address, "listening");
    tell_supervisor(NotifyState::Ready);
    let signal = tokio::select! {
        ended = &mut serving => {
            ended.map_err(io::Error::other)??;
            anyhow::bail!("the server ended by itself");
        }
        signal = signals.next() => signal,
    };
    let ending = Ending {
        begun: SystemClock.monotonic(),
        state,
        handle,
        socket,
        signals,
    };
    tracing::info!(%signal, "asked to end");
    Ok(ending.run().await)
}

fn tell_supervisor(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd cannot be told");
    }
}

/// Why something is cut off.
#[derive(Clone, Copy)]
enum Cut {
    Limit,
    Insisted,
}

struct Ending {
    state: Data<AppState>,
    handle: ServerHandle,
    socket: TcpListener,
    signals: Signals,
    begun: Duration,
}

impl Ending {
    async fn run(mut self) -> ExitCode {
        tell_supervisor(NotifyState::Stopping);
        self.let_others_notice().await;
        self.refuse_newcomers().await;
        if let Err(why) = self.finish().await {
            return self.cut(why).await;
        }
        tracing::info!("ended; nothing was cut off");
        ExitCode::SUCCESS
    }

    /// Load balancers ask for readiness every few seconds.
    async fn let_others_notice(&mut self) {
        self.state.begin_the_end();
        let delay = self.state.config.shutdown.delay;
        if delay.is_zero() {
            return;
        }
        tracing::info!(
            seconds = delay.as_secs(),
            "readiness says no; everything is still served"
        );
        tokio::select! {
            () = sleep(delay) => {}
            signal = self.signals.next() => tracing::info!(%signal, "asked again; not waiting any longer"),
        }
    }

    /// The framework can stop accepting connections, but then the system goes on collecting them for it, and they end
    /// unseen with the process. A shut socket refuses them, and the web server in front asks another process at once.
    async fn refuse_newcomers(&self) {
        // Before the socket is shut, or the framework would take that for an error.
        self.handle.pause().await;
        sleep(LET_GO).await;
        if let Err(error) = SockRef::from(&self.socket).shutdown(Shutdown::Read) {
            tracing::debug!(%error, "the listening socket cannot be shut");
        }
        tracing::info!(
            requests = self.state.requests.count(),
            exchanges = self.state.exchange.in_flight().count(),
            "new connections are refused; finishing what is under way"
        );
        self.state.send_waiters_home();
    }

    /// Answers everything, sends the responses and closes, unless that is not done in time, or somebody does not want to
    /// wait while something is under way.
    async fn finish(&mut self) -> Result<(), Cut> {
        let Self { state, handle, .. } = self;
        let (requests, exchanges) = (&state.requests, state.exchange.in_flight());
        let is_busy = || requests.count() > 0 || exchanges.count() > 0;
        let mut all = pin!(async {
            // One can begin while the others are waited for.
            while is_busy() {
                requests.none().await;
                exchanges.none().await;
            }
            handle.stop(true).await;
            state.store.close().await;
        });
        let limit = state.config.shutdown.limit;
        let taken = SystemClock.monotonic().saturating_sub(self.begun);
        let left = limit.saturating_sub(taken);
        tokio::select! {
            finished = timeout(left, &mut all) => finished.map_err(|_| Cut::Limit),
            signal = self.signals.next() => {
                if is_busy() {
                    tracing::info!(%signal, "asked again; not finishing");
                    return Err(Cut::Insisted);
                }
                tracing::info!(%signal, "asked again; nothing is under way");
                timeout(LAST_MOMENT, all).await.map_err(|_| Cut::Insisted)
            }
        }
    }

    async fn cut(self, why: Cut) -> ExitCode {
        let requests = self.state.requests.count();
        let exchanges = self.state.exchange.in_flight().count();
        match why {
            Cut::Limit => tracing::error!(
                requests,
                exchanges,
                "ended before everything was finished; shutdown_limit_seconds says how long that may take"
            ),
            Cut::Insisted => tracing::warn!(
                requests,
                exchanges,
                "ended before everything was finished, for somebody asked again"
            ),
        }
        let stop = self.handle.stop(false);
        let _ = timeout(LAST_MOMENT, stop).await;
        ExitCode::FAILURE
    }
}
