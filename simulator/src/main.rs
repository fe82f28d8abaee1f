//! `wechat-simulator`: the simulator as a program of its own.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Parser;
use wechat_simulator::Platform;

/// WeChat's side of web authorization, simulated. For development and tests only.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address and port to listen on. Anything but loopback lets others on the network log in as anybody.
    #[arg(long, default_value = "127.0.0.1:8082")]
    listen: SocketAddr,
    /// Where browsers find the simulator if that is not the address they ask for, as behind a reverse proxy.
    #[arg(long)]
    public_url: Option<String>,
}

#[actix_web::main]
async fn main() -> ExitCode {
    match serve(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        // One line: a taken port is no bug, and a backtrace would only hide what to do about it.
        Err(error) => {
            eprintln!("wechat-simulator: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: Arguments) -> anyhow::Result<()> {
    let mut platform = Platform::default();
    if let Some(url) = arguments.public_url {
        let is_web_address = url.starts_with("http://") || url.starts_with("https://");
        ensure!(
            is_web_address,
            "--public-url must start with http:// or https://, but is {url:?}"
        );
        platform.set_public_url(url);
    }
    let listener = TcpListener::bind(arguments.listen).with_context(|| {
        format!(
            "cannot listen on {}; choose another port with --listen",
            arguments.listen
        )
    })?;
    let address = listener
        .local_addr()
        .context("cannot tell the address listened on")?;
    println!(
        "wechat-simulator: a simulation, not WeChat, at http://{address} (people and accounts: http://{address}/_simulator)"
    );
    wechat_simulator::run(listener, platform)
        .await
        .context("the server failed")
}
