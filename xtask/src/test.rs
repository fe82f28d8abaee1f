//! `cargo xtask test`: everything that has to hold, from formatting to journeys in a real browser.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::api_fuzz;
use crate::browser;
use crate::bundle;
use crate::clients::{self, Client};
use crate::log_lines::LogLines;
use crate::postgres;
use crate::processes::{self, Group};
use crate::screen;
use crate::tally::{Outcome, Tally, TestCounts};
use crate::tools::{self, Tools};
use crate::weight;
use crate::workspace;

/// Where the app under test is built; `dist/` stays what `make build` made.
const APP_FOLDER: &str = "target/dist-test";

/// Runs all steps and prints what they came to.
///
/// # Errors
/// When any step failed, or something cannot be installed.
pub(crate) fn run() -> anyhow::Result<()> {
    // Before the long steps: what only a person can install should be known at once.
    browser::ensure()?;
    postgres::ensure()?;

    let tools: OnceCell<Tools> = OnceCell::new();
    let app: OnceCell<PathBuf> = OnceCell::new();
    let counts = Cell::new(TestCounts::default());
    let mut tally = Tally::start();

    tally.step("formatting", "", || {
        plain(workspace::cargo().args(["fmt", "--all", "--check"]))
    });
    tally.step("licences, bans and sources (cargo-deny)", "", || {
        if tools::search_path("cargo-deny").is_none() {
            return Ok(Outcome::Skipped("cargo-deny is not installed".to_owned()));
        }
        plain(workspace::cargo().args(["deny", "check", "licenses", "bans", "sources"]))
    });
    tally.step("lints", "2 minutes the first time", || {
        plain(workspace::cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--test=journeys",
            "--",
            "-D",
            "warnings",
        ]))
    });
    tally.step("native tests", "4 minutes the first time", || {
        tests(
            workspace::cargo().args(["test", "--workspace", "--no-fail-fast"]),
            &counts,
        )
    });
    real_clients(&mut tally, &counts);
    api_fuzz::steps(&mut tally);
    tally.step("build tools", "3 minutes once", || {
        let _ = tools.set(tools::ensure()?);
        Ok(Outcome::Passed(String::new()))
    });
    tally.step("optimised app", "2 minutes the first time", || {
        let Some(tools) = tools.get() else {
            return Ok(Outcome::Skipped("no build tools".to_owned()));
        };
        let _ = app.set(bundle::build(tools, Path::new(APP_FOLDER))?);
        Ok(Outcome::Passed(String::new()))
    });
    tally.step("weight of the entry page", "", || {
        let Some(app) = app.get() else {
            return Ok(Outcome::Skipped("no optimised app".to_owned()));
        };
        let weight = weight::of_entry_page(app)?;
        weight.print();
        weight.check_limit()?;
        Ok(Outcome::Passed(weight.summary()))
    });
    tally.step("browser journeys", "1 minute", || {
        let Some(app) = app.get() else {
            return Ok(Outcome::Skipped("no optimised app".to_owned()));
        };
        tests(
            workspace::cargo()
                // The whole workspace, so that nothing is compiled again with other features.
                .args(["test", "--workspace", "--test=journeys", "--no-fail-fast"])
                .env("WECHAT_LOGIN_DIST", app),
            &counts,
        )
    });

    let result = tally.finish();
    // Last, so that the end of a log says how many tests there were.
    let verdict = if result.is_ok() { "ok" } else { "FAILED" };
    screen::print_line(&format!(
        "test result: {verdict}. {} (all test programs together)",
        counts.take()
    ));
    result
}

/// `cargo xtask clients`: only what the real WeChat clients claim about the simulator.
///
/// # Errors
/// When a claim does not hold.
pub(crate) fn run_clients() -> anyhow::Result<()> {
    let counts = Cell::new(TestCounts::default());
    let mut tally = Tally::start();
    real_clients(&mut tally, &counts);
    tally.finish()
}

fn real_clients(tally: &mut Tally, counts: &Cell<TestCounts>) {
    for client in [&clients::WECHATPY, &clients::CO_WECHAT_OAUTH] {
        tally.step(client.step, "1 minute the first time", || {
            claims_of(client, counts)
        });
    }
}

/// Runs what a real client claims about the simulator. What is missing on this machine is no failure, but is said.
fn claims_of(client: &Client, all: &Cell<TestCounts>) -> anyhow::Result<Outcome> {
    let mut command = match client.install()? {
        clients::Installed::Ready(command) => command,
        clients::Installed::Missing(reason) => {
            screen::print_skipped(client.step, &reason);
            return Ok(Outcome::Skipped(reason));
        }
    };
    let simulator = clients::Simulator::start()?;
    tests(command.arg(simulator.base_url()), all)
}

/// Runs a command that says everything itself.
fn plain(command: &mut Command) -> anyhow::Result<Outcome> {
    let status = processes::run(command)?;
    anyhow::ensure!(status.success(), "{status}, see above");
    Ok(Outcome::Passed(String::new()))
}

/// Runs `cargo test`, passes its lines on and adds up its closing lines.
fn tests(command: &mut Command, all: &Cell<TestCounts>) -> anyhow::Result<Outcome> {
    let mut group = Group::spawn(command.stdout(Stdio::piped()))?;
    let (sender, lines) = std::sync::mpsc::channel();
    let log = LogLines::each(group.leader(), move |line| {
        screen::print_line(line);
        // The receiver lives as long as this function.
        let _ = sender.send(line.to_owned());
    });
    let status = group.wait()?;
    drop(log.last_lines());
    let mut own = TestCounts::default();
    let mut sum = all.take();
    for line in lines.try_iter() {
        own.add(&line);
        sum.add(&line);
    }
    all.set(sum);
    anyhow::ensure!(status.success(), "{own}");
    anyhow::ensure!(own.passed > 0, "no test ran");
    Ok(Outcome::Passed(own.to_string()))
}
