//! The command line: reads the configuration, then serves until stopped, erases a user, says what is wrong, or describes
//! the API.

// Nothing that comes from outside may stop a thread; each exception says why it cannot happen.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use actix_web::web;
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use login_store::DatabaseUrl;
use login_store::Store;
use wechat_login_proxy::app::AppState;
use wechat_login_proxy::check::{self, Report, Site};
use wechat_login_proxy::clock::{Clock as _, SystemClock};
use wechat_login_proxy::config::Config;
use wechat_login_proxy::life_cycle::{End, Signals, serve_until_stopped};
use wechat_login_proxy::retention::{self, Forgotten, Mode, UNSEEN_DAYS};
use wechat_login_proxy::users::NamedAccount;
use wechat_login_proxy::web_server_headers::{self, Format};
use wechat_login_proxy::{health_probe, metrics, openapi, telemetry};
use wechat_oauth::OpenId;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Turns WeChat's web-page authorization into sessions.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Serve; what happens without a subcommand too.
    Serve(Serve),
    /// Look for everything that would send users to an error page of WeChat's.
    ///
    /// Exit code 0 where nothing has to be mended, 1 where something has, 2 where there is nothing to look at.
    Check(Check),
    /// Ask a running proxy whether it is alive.
    ///
    /// Exit code 0 if it is, 1 if not. For health checks of containers, which have no other program.
    Health(Health),
    /// Erase a user and all records bound to the user.
    Erase(Erase),
    /// Erase everybody who has neither signed in nor had a record written for many days.
    ///
    /// Meant to be run every night. May be stopped and repeated at any moment.
    Forget(Forget),
    /// Print the headers for the app's pages, for a web server that serves them instead of this program.
    Headers(Headers),
    /// Print the description of the HTTP API (OpenAPI 3.1, JSON).
    Openapi,
}

#[derive(Args)]
struct Serve {
    /// The configuration file.
    #[arg(long, env = "WECHAT_LOGIN_CONFIG", default_value = "proxy.toml")]
    config: PathBuf,
}

#[derive(Args)]
struct Check {
    /// The configuration file.
    #[arg(long, env = "WECHAT_LOGIN_CONFIG", default_value = "proxy.toml")]
    config: PathBuf,
    /// Findings as a JSON list.
    #[arg(long)]
    json: bool,
    /// Look at a running site from outside instead, without any configuration.
    #[arg(long, value_name = "https://…")]
    url: Option<String>,
    /// The verification file that must be answered there.
    #[arg(long, value_name = "MP_verify_….txt", requires = "url")]
    verify_file: Option<String>,
}

#[derive(Args)]
struct Health {
    /// The configuration file, which says where the proxy listens.
    #[arg(long, env = "WECHAT_LOGIN_CONFIG", default_value = "proxy.toml")]
    config: PathBuf,
    /// Where it listens instead.
    #[arg(long, value_name = "127.0.0.1:8081")]
    address: Option<SocketAddr>,
    /// It must be ready for requests, too: its database answers, and it is not about to end.
    #[arg(long)]
    ready: bool,
}

#[derive(Args)]
struct Erase {
    /// The configuration file.
    #[arg(long, env = "WECHAT_LOGIN_CONFIG", default_value = "proxy.toml")]
    config: PathBuf,
    /// The configured name of the official account, or one of its appids.
    #[arg(long)]
    account: String,
    /// Who the user is there.
    #[arg(long)]
    openid: String,
}

#[derive(Args)]
struct Headers {
    /// The folder of the built app.
    #[arg(long)]
    static_dir: PathBuf,
    /// Whose configuration to write.
    #[arg(long, value_enum, default_value = "plain")]
    format: Format,
    /// An origin of pictures besides WeChat's, such as a simulator's.
    #[arg(long, value_name = "http://…")]
    pictures: Vec<String>,
}

#[derive(Args)]
struct Forget {
    /// The configuration file.
    #[arg(long, env = "WECHAT_LOGIN_CONFIG", default_value = "proxy.toml")]
    config: PathBuf,
    /// For how many days.
    #[arg(long, value_name = "31…3660", value_parser = clap::value_parser!(u64).range(UNSEEN_DAYS))]
    unseen_days: u64,
    /// Only say how many that are.
    #[arg(long)]
    dry_run: bool,
}

#[actix_web::main]
async fn main() -> anyhow::Result<ExitCode> {
    let CommandLine { command, serve } = CommandLine::parse();
    let command = command.unwrap_or(Command::Serve(serve));
    let file = match &command {
        Command::Serve(Serve { config })
        | Command::Check(Check { config, .. })
        | Command::Health(Health {
            config,
            address: None,
            ..
        })
        | Command::Erase(Erase { config, .. })
        | Command::Forget(Forget { config, .. }) => config,
        Command::Health(Health {
            address: Some(address),
            ready,
            ..
        }) => return Ok(ask(*address, *ready)),
        Command::Headers(headers) => return print_headers(headers),
        Command::Openapi => {
            print!("{}", openapi::document(openapi::PRODUCTION_COOKIE)?);
            return Ok(ExitCode::SUCCESS);
        }
    };
    if let Command::Check(Check {
        url: Some(url),
        json,
        verify_file,
        ..
    }) = &command
    {
        return check_site(url, verify_file.as_deref(), *json).await;
    }
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(problems) => {
            let count = problems.len();
            eprintln!("The configuration has {count} problem(s):\n{problems}");
            return Ok(ExitCode::from(2));
        }
    };
    telemetry::init(config.log_format);
    match command {
        Command::Serve(_) => return run(config).await,
        Command::Health(Health { ready, .. }) => return Ok(ask(config.listen, ready)),
        Command::Check(Check {
            config: file, json, ..
        }) => {
            let report = check::configuration(&config, &file, &SystemClock).await;
            return show(&report.context(NO_TLS)?, json);
        }
        Command::Erase(Erase {
            account, openid, ..
        }) => erase(&config, &account, &openid).await?,
        Command::Forget(Forget {
            unseen_days,
            dry_run,
            ..
        }) => forget(&config, unseen_days, dry_run).await?,
        // Answered above.
        Command::Headers(_) | Command::Openapi => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Exit code 0 if everything that was under way at the end was answered, 1 if something was cut off.
async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let address = config.listen;
    let listener = TcpListener::bind(address).with_context(|| format!("cannot bind {address}"))?;
    let metrics = match config.metrics_listen {
        Some(address) => Some(
            TcpListener::bind(address)
                .with_context(|| format!("cannot bind metrics_listen {address}"))?,
        ),
        None => None,
    };
    let mut signals = Signals::catch()?;
    say_what_starts(&config);
    // Changing the tables can take long, and nothing is under way that an end could cut off.
    let state = tokio::select! {
        state = AppState::open(config, Arc::new(SystemClock)) => web::Data::new(state?),
        signal = signals.next() => {
            tracing::info!(%signal, "asked to end before the start");
            return Ok(ExitCode::SUCCESS);
        }
    };
    if let Some(listener) = metrics {
        let metrics_address = listener.local_addr()?;
        actix_web::rt::spawn(metrics::server::serve(state.clone(), listener)?);
        tracing::info!(%metrics_address, "metrics");
    }
    Ok(match serve_until_stopped(state, listener, signals).await? {
        End::Finished => ExitCode::SUCCESS,
        End::Cut => ExitCode::FAILURE,
    })
}

fn ask(listen: SocketAddr, must_be_ready: bool) -> ExitCode {
    match health_probe::ask(listen, must_be_ready) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}.");
            ExitCode::FAILURE
        }
    }
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
        public_url = config.public_url.origin(),
        database,
        accounts = config.accounts.len(),
        serves_app = config.static_dir.is_some(),
        simulator = config.simulator,
        "starting"
    );
}

const NO_TLS: &str = "TLS cannot be set up";

async fn check_site(url: &str, verify_file: Option<&str>, json: bool) -> anyhow::Result<ExitCode> {
    match Site::parse(url, verify_file) {
        Ok(site) => show(&check::site(&site).await.context(NO_TLS)?, json),
        Err(error) => {
            eprintln!("{error}.");
            Ok(ExitCode::from(2))
        }
    }
}

fn show(report: &Report, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        println!("{}", serde_json::to_string_pretty(report)?);
    } else {
        println!("{report}");
    }
    Ok(ExitCode::from(u8::from(report.has_errors())))
}

/// Never a new database: whoever mistypes its path must not read that there was nobody to erase.
async fn open_existing(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    match &config.database {
        DatabaseUrl::SqliteFile(path) => anyhow::ensure!(
            path.exists(),
            "database_url: there is no database at {}; run this where the proxy runs, with its configuration",
            path.display()
        ),
        DatabaseUrl::SqliteMemory => anyhow::bail!(
            "database_url: a database in memory is known to the running proxy alone; use its service API"
        ),
        DatabaseUrl::Postgres(_) => {}
    }
    Ok(login_store::open(&config.database).await?)
}

/// Says how many records there were, and never repeats the openid.
async fn erase(config: &Config, account: &str, openid: &str) -> anyhow::Result<()> {
    let configured = NamedAccount::find(config, account)
        .with_context(|| format!("no account {account:?} in the configuration"))?;
    let openid = OpenId::parse(openid)
        .context("this is no openid: 1 to 128 of A-Z, a-z, 0-9, _ and - are")?;
    let store = open_existing(config).await?;
    let records = configured.erase(&*store, &openid).await?;
    let records = records
        .with_context(|| format!("nobody with this openid was ever seen under {account:?}"))?;
    println!("Erased the user and {records} record(s).");
    Ok(())
}

async fn forget(config: &Config, days: u64, dry_run: bool) -> anyhow::Result<()> {
    let store = open_existing(config).await?;
    let mode = if dry_run { Mode::Count } else { Mode::Forget };
    let now = SystemClock.now();
    let Forgotten { users, records } = retention::forget_unseen(&*store, now, days, mode).await?;
    let verb = if dry_run { "Would forget" } else { "Forgot" };
    println!("{verb} {users} user(s) not seen for {days} days, and {records} record(s).");
    Ok(())
}

fn print_headers(headers: &Headers) -> anyhow::Result<ExitCode> {
    let page = headers.static_dir.join("index.html");
    let html = std::fs::read_to_string(&page)
        .with_context(|| format!("cannot read {}, which `make build` makes", page.display()))?;
    print!(
        "{}",
        web_server_headers::for_page(&html, &headers.pictures, headers.format)
    );
    Ok(ExitCode::SUCCESS)
}
