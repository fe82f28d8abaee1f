//! The command line: reads the configuration, then serves until stopped, erases a user, or describes the API.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use wechat_login_proxy::config::Config;
use wechat_login_proxy::store::{self, Owner};
use wechat_login_proxy::wechat::OpenId;
use wechat_login_proxy::{app, openapi, telemetry};

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
    /// Erase a user and all records bound to the user.
    Erase(Erase),
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
struct Erase {
    /// The configuration file.
    #[arg(long, env = "WECHAT_LOGIN_CONFIG", default_value = "proxy.toml")]
    config: PathBuf,
    /// The configured name of the official account.
    #[arg(long)]
    account: String,
    /// Who the user is there.
    #[arg(long)]
    openid: String,
}

#[actix_web::main]
async fn main() -> anyhow::Result<ExitCode> {
    let CommandLine { command, serve } = CommandLine::parse();
    let command = command.unwrap_or(Command::Serve(serve));
    let config = match &command {
        Command::Serve(Serve { config }) | Command::Erase(Erase { config, .. }) => config,
        Command::Openapi => {
            print!("{}", openapi::document(openapi::PRODUCTION_COOKIE)?);
            return Ok(ExitCode::SUCCESS);
        }
    };
    telemetry::init();
    let config = match Config::load(config) {
        Ok(config) => config,
        Err(problems) => {
            let count = problems.len();
            eprintln!("The configuration has {count} problem(s):\n{problems}");
            return Ok(ExitCode::from(2));
        }
    };
    match command {
        Command::Serve(_) => serve_until_stopped(config).await?,
        Command::Erase(Erase {
            account, openid, ..
        }) => erase(&config, &account, &openid).await?,
        Command::Openapi => {}
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve_until_stopped(config: Config) -> anyhow::Result<()> {
    let address = config.listen;
    let listener = TcpListener::bind(address).with_context(|| format!("cannot bind {address}"))?;
    // Not the one asked for: with port 0 the system chooses.
    let address = listener.local_addr()?;
    let server = app::run(config, listener).await?;
    tracing::info!(%address, "listening");
    Ok(server.await?)
}

/// Says how many records there were, and never repeats the openid.
async fn erase(config: &Config, account: &str, openid: &str) -> anyhow::Result<()> {
    let configured = config
        .account(account)
        .with_context(|| format!("no account {account:?} in the configuration"))?;
    let openid = OpenId::parse(openid)
        .context("this is no openid: 1 to 128 of A-Z, a-z, 0-9, _ and - are")?;
    let owner = Owner {
        appid: configured.appid.clone(),
        openid,
    };
    let store = store::open(&config.database).await?;
    let records = store.erase(&owner).await?;
    let records = records
        .with_context(|| format!("nobody with this openid was ever seen under {account:?}"))?;
    println!("Erased the user and {records} record(s).");
    Ok(())
}
