//! `cargo xtask api-fuzz`: schemathesis over the description of a running proxy, on both databases
//! (`proxy/tests/fuzz/`).

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::clients::Simulator;
use crate::listening::{Listening, socket_address};
use crate::packages::{PYTHON_3_11, Package};
use crate::postgres::Postgres;
use crate::processes;
use crate::services::{ORDER_SYSTEM_KEY, PROXY_CONFIG};
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

/// Only these steps.
///
/// # Errors
/// When anything is found.
pub(crate) fn run() -> anyhow::Result<()> {
    crate::postgres::ensure()?;
    let mut tally = Tally::start();
    steps(&mut tally);
    tally.finish()
}

/// The steps of `make test`.
pub(crate) fn steps(tally: &mut Tally) {
    tally.step("fuzzed API on SQLite (schemathesis)", "2 minutes", || {
        fuzz(|| {
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
            fuzz(|| {
                let server = Postgres::start()?;
                Ok((server.database_url(), Some(server)))
            })
        },
    );
}

/// One run on the database that `open` gives the address of, and its server if it has one.
fn fuzz(
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
    let simulator = Simulator::start()?;
    let (database_url, _server) = open()?;
    let proxy = Listening::start(&mut proxy(&simulator, &database_url)?, socket_address)
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
    let status = processes::run(workspace::locked_cargo("test").args([
        "--quiet",
        "--workspace",
        "--test=start",
        "--no-run",
    ]))?;
    anyhow::ensure!(status.success(), "the proxy does not compile, see above");
    let mut command = workspace::command(workspace::debug_binary("wechat-login-proxy")?);
    command
        .args(["serve", "--config", PROXY_CONFIG])
        .env("WECHAT_LOGIN__LISTEN", "127.0.0.1:0")
        .env("WECHAT_LOGIN__DATABASE_URL", database_url)
        .env("WECHAT_LOGIN__WECHAT__API_BASE", simulator.base_url())
        .env("WECHAT_LOGIN__WECHAT__OPEN_BASE", simulator.base_url())
        .stderr(Stdio::piped());
    Ok(command)
}

fn empty_folder() -> anyhow::Result<PathBuf> {
    let folder = workspace::debug_binary(FOLDER)?;
    crate::install::remove_folder(&folder)?;
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}
