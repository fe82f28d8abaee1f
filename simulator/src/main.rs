//! `wechat-simulator`: the simulator as a program of its own.

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
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Parser;
use clap::builder::{OsStringValueParser, TypedValueParser};
use wechat_simulator::Platform;

/// WeChat's side of web authorization, simulated. For development and tests only.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address and port to listen on; may be given several times. Anything but loopback lets others on the network log
    /// in as anybody.
    #[arg(long, default_value = "127.0.0.1:8082")]
    listen: Vec<SocketAddr>,
    /// Where browsers find the simulator if that is not the address they ask for, as behind a reverse proxy.
    #[arg(long, default_value = "", hide_default_value = true)]
    public_url: String,
    /// A TOML file with accounts, people and settings in place of the built-in ones.
    #[arg(long, value_parser = path())]
    seed: Option<PathBuf>,
    /// A configuration of wechat-login-proxy, whose accounts are added to those of the seed.
    #[arg(long, value_parser = path())]
    accounts: Option<PathBuf>,
    /// A host that is treated as 127.0.0.1 is: codes go there for every account, at any port, and the simulator answers
    /// by its name; may be given several times.
    #[arg(long, value_name = "HOST")]
    permit_host: Vec<String>,
    /// A file that keeps people who are added while the simulator runs.
    #[arg(long, value_parser = path())]
    state_file: Option<PathBuf>,
    /// A file to which every secret, code, token, openid and unionid that is given out is appended, for tests that
    /// search logs for them.
    #[arg(long, env = "WECHAT_SIMULATOR_ISSUED_FILE", value_parser = path())]
    issued_file: Option<PathBuf>,
    /// WeChat's script for pages, jweixin, as npm has it; without it pages load WeChat's own from WeChat's host.
    #[arg(long, value_parser = path())]
    jweixin: Option<PathBuf>,
    /// Print the built-in seed file, with comments, and exit.
    #[arg(long)]
    print_seed: bool,
    /// Read seed, accounts and state file, say what is wrong with them, and exit.
    #[arg(long)]
    check: bool,
}

/// Any path, and an empty text, as of a variable that is handed on without being set, which names none.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

fn named(path: Option<PathBuf>) -> Option<PathBuf> {
    path.filter(|path| !path.as_os_str().is_empty())
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
    if arguments.print_seed {
        print!("{}", Platform::DEFAULT_SEED);
        return Ok(());
    }
    let at = |what: &str, path: &Path| format!("{what} {}", path.display());
    let mut platform = match named(arguments.seed) {
        Some(path) => {
            let text = std::fs::read_to_string(&path);
            let text = text.with_context(|| at("cannot read the seed file", &path))?;
            let platform = Platform::from_seed(&text);
            platform.with_context(|| at("there are mistakes in the seed file", &path))?
        }
        None => Platform::default(),
    };
    if let Some(path) = named(arguments.accounts) {
        let text = std::fs::read_to_string(&path);
        let text = text.with_context(|| at("cannot read the accounts in", &path))?;
        let added = platform.add_accounts_of_proxy(&text);
        added.with_context(|| at("there are mistakes in", &path))?;
    }
    for host in arguments.permit_host {
        platform.permit_host(&host);
    }
    if let Some(path) = named(arguments.state_file) {
        let kept = platform.keep_state_in(&path);
        kept.with_context(|| at("cannot use the state file", &path))?;
    }
    if arguments.check {
        return Ok(());
    }
    if let Some(path) = named(arguments.issued_file) {
        let noted = platform.note_issued_in(&path);
        noted.with_context(|| at("cannot write", &path))?;
    }
    if let Some(path) = named(arguments.jweixin) {
        let script = std::fs::read_to_string(&path);
        platform.set_jweixin(script.with_context(|| at("cannot read", &path))?);
    }
    let url = arguments.public_url;
    if !url.is_empty() {
        let is_web_address = url.starts_with("http://") || url.starts_with("https://");
        ensure!(
            is_web_address,
            "--public-url must start with http:// or https://, but is {url:?}"
        );
        platform.set_public_url(url);
    }
    let mut listeners = Vec::new();
    for listen in arguments.listen {
        let listener = TcpListener::bind(listen);
        listeners.push(listener.with_context(|| {
            format!("cannot listen on {listen}; choose another port with --listen")
        })?);
    }
    for listener in &listeners {
        let address = listener.local_addr();
        let address = address.context("cannot tell the address listened on")?;
        println!(
            "wechat-simulator: a simulation, not WeChat, at http://{address} (people and accounts: http://{address}/_simulator)"
        );
    }
    let served = wechat_simulator::run(listeners, platform).await;
    served.context("the server failed")
}
