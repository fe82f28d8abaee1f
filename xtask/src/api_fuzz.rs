//! `cargo xtask api-fuzz`: schemathesis over the description of a running proxy, on both databases
//! (`proxy/tests/fuzz/`).

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::Context;

use crate::clients::Simulator;
use crate::listening::{Listening, socket_address};
use crate::packages::{PYTHON_3_11, Package};
use crate::postgres::Postgres;
use crate::processes;
use crate::services::{ORDER_SYSTEM_KEY, PROXY_CONFIG};
use crate::suite_logs::LogFolder;
use crate::tally::{Outcome, Tally};
use crate::test::installed;
use crate::workspace;

/// What asks whatever the description allows, and more.
const PACKAGE: Package = Package {
    name: "schemathesis",
    language: &PYTHON_3_11,
    folder: "proxy/tests/fuzz",
    pins: &["requirements.txt"],
};
/// Repeats a run: `WECHAT_LOGIN_FUZZ_SEED=7 cargo xtask api-fuzz`.
const SEED: &str = "WECHAT_LOGIN_FUZZ_SEED";
/// Whatever the runs leave, below the target folder; each begins with an empty one.
const FOLDER: &str = "api-fuzz";

/// All requests come from one address and one user, and as fast as they can.
const UNLIMITED: [&str; 2] = [
    "WECHAT_LOGIN__LIMITS__EXCHANGES_PER_CLIENT_PER_MINUTE",
    "WECHAT_LOGIN__LIMITS__WRITES_PER_USER_PER_MINUTE",
];

/// Only these steps.
///
/// # Errors
/// When anything is found.
pub(crate) fn run() -> anyhow::Result<()> {
    crate::postgres::ensure()?;
    let mut tally = Tally::start();
    steps(&mut tally, &LogFolder::fresh()?);
    tally.finish()
}

/// The steps of `make test`; `logs` is where the proxy's log is kept.
pub(crate) fn steps(tally: &mut Tally, logs: &LogFolder) {
    tally.step("fuzzed API on SQLite (schemathesis)", "2 minutes", || {
        fuzz(logs, || {
            let folder = empty_folder()?;
            Ok((
                format!("sqlite:{}", folder.join("proxy.sqlite").display()),
                None,
            ))
        })
    });
    tally.step(
        "fuzzed API on PostgreSQL (schemathesis)",
        "2 minutes",
        || {
            fuzz(logs, || {
                let server = Postgres::start()?;
                Ok((server.database_url(), Some(server)))
            })
        },
    );
}

/// One run on the database that `open` gives the address of, and its server if it has one.
fn fuzz(
    logs: &LogFolder,
    open: impl FnOnce() -> anyhow::Result<(String, Option<Postgres>)>,
) -> anyhow::Result<Outcome> {
    let folder = match installed(&PACKAGE)? {
        Ok(folder) => folder,
        Err(skipped) => return Ok(skipped),
    };
    let mut command = workspace::command(folder.join("bin/python"));
    // No compiled files beside the sources.
    command
        .arg("-B")
        .arg(workspace::root().join(PACKAGE.folder).join("run.py"));
    let simulator = Simulator::start_with(|command| {
        logs.told_to(command);
    })?;
    let (database_url, _server) = open()?;
    logs.must_not_be_logged(ORDER_SYSTEM_KEY)?;
    let mut proxy = proxy(&simulator, &database_url)?;
    let proxy = Listening::start_and(&mut proxy, socket_address, keep_in(&logs.log_of("fuzz"))?)
        .context("the proxy")?;
    command
        .arg(format!("http://{}", proxy.found))
        .args([simulator.base_url(), ORDER_SYSTEM_KEY])
        .args(std::env::var_os(SEED));
    let status = processes::run(&mut command)?;
    anyhow::ensure!(
        status.success(),
        "schemathesis found something, see above; {SEED} repeats a run"
    );
    Ok(Outcome::Passed(String::new()))
}

/// The proxy of `make dev`, elsewhere and on another database.
fn proxy(simulator: &Simulator, database_url: &str) -> anyhow::Result<Command> {
    // The tests of the program bring it along, compiled as the native tests left it.
    let status = processes::run(workspace::cargo().args([
        "test",
        "--quiet",
        "--workspace",
        "--test=start",
        "--no-run",
    ]))?;
    anyhow::ensure!(status.success(), "the proxy does not compile, see above");
    let mut command = workspace::command(workspace::debug_binary("wechat-login-proxy")?);
    command
        .args(["serve", "--config", PROXY_CONFIG])
        // As much as any operator can have it say: the log is searched afterwards.
        .env("RUST_LOG", "trace")
        .env("WECHAT_LOGIN__LISTEN", "127.0.0.1:0")
        .env("WECHAT_LOGIN__DATABASE_URL", database_url)
        .env("WECHAT_LOGIN__WECHAT__API_BASE", simulator.base_url())
        .env("WECHAT_LOGIN__WECHAT__OPEN_BASE", simulator.base_url())
        .envs(UNLIMITED.map(|limit| (limit, "1000000")))
        .stderr(Stdio::piped());
    Ok(command)
}

/// Appends lines to this file.
fn keep_in(log: &Path) -> anyhow::Result<impl Fn(&str) + Clone + Send + use<>> {
    let file = OpenOptions::new().create(true).append(true).open(log);
    let file = file.with_context(|| format!("cannot write {}", log.display()))?;
    let file = Arc::new(file);
    Ok(move |line: &str| {
        // A full disk shows in the search, which then has too little to search.
        let _ = (&*file).write_all(format!("{line}\n").as_bytes());
    })
}

fn empty_folder() -> anyhow::Result<PathBuf> {
    let folder = workspace::debug_binary(FOLDER)?;
    crate::install::remove_folder(&folder)?;
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}
