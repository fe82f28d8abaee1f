//! The command line: reads the configuration, binds, serves until stopped.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use wechat_login_proxy::config::Config;
use wechat_login_proxy::{app, telemetry};

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
}

#[derive(Args)]
struct Serve {
    /// The configuration file.
    #[arg(long, env = "WECHAT_LOGIN_CONFIG", default_value = "proxy.toml")]
    config: PathBuf,
}

#[actix_web::main]
async fn main() -> anyhow::Result<ExitCode> {
    let CommandLine { command, serve } = CommandLine::parse();
    let Serve { config } = command.map_or(serve, |Command::Serve(serve)| serve);
    telemetry::init();
    let config = match Config::load(&config) {
        Ok(config) => config,
        Err(problems) => {
            let count = problems.len();
            eprintln!("The configuration has {count} problem(s):\n{problems}");
            return Ok(ExitCode::from(2));
        }
    };
    let address = config.listen;
    let listener = TcpListener::bind(address).with_context(|| format!("cannot bind {address}"))?;
    let server = app::run(config, listener).await?;
    tracing::info!(%address, "listening");
    server.await?;
    Ok(ExitCode::SUCCESS)
}
