//! `cargo xtask test`: everything that has to hold, from formatting to journeys in a real browser.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::api_fuzz;
use crate::axe;
use crate::browser;
use crate::bundle;
use crate::clients::{self, Client};
use crate::kernels;
use crate::log_lines::LogLines;
use crate::nginx;
use crate::packages::{Installed, Package};
use crate::postgres;
use crate::processes::{self, Group};
use crate::screen::{self, Colour};
use crate::suite_logs::{self, AtLeast, LogFolder};
use crate::supply_chain;
use crate::tally::{Outcome, Tally, TestCounts};
use crate::tools::{self, Tools};
use crate::weight;
use crate::workspace;

/// Where the app under test is built; `dist/` stays what `make build` made.
const APP_FOLDER: &str = "target/dist-test";

/// The journeys that need axe-core.
const ACCESSIBILITY: &str = "accessibility::";

/// What `make test` collects at least, journeys and fuzzing left aside, which need more than Rust.
const SEARCHED: AtLeast = AtLeast {
    lines: 5_000,
    values: 1_000,
    programs: &[
        "api",
        "check",
        "durability",
        "forward_auth",
        "life_cycle",
        "replicas",
        "start",
    ],
};

/// Runs all steps and prints what they came to.
///
/// # Errors
/// When any step failed, or something cannot be installed.
pub(crate) fn run() -> anyhow::Result<()> {
    // Before the long steps: what only a person can install should be known at once.
    browser::ensure()?;
    postgres::ensure()?;
    nginx::ensure()?;

    let tools: OnceCell<Tools> = OnceCell::new();
    let app: OnceCell<PathBuf> = OnceCell::new();
    let counts = Cell::new(TestCounts::default());
    let logs = LogFolder::fresh()?;
    let mut tally = Tally::start();

    tally.step("formatting", "", || {
        plain(workspace::cargo().args(["fmt", "--all", "--check"]))
    });
    supply_chain::steps(&mut tally);
    tally.step("lints", "2 minutes the first time", || {
        plain(workspace::locked_cargo("clippy").args([
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
            logs.told_to(workspace::locked_cargo("test").args(["--workspace", "--no-fail-fast"])),
            &counts,
        )
    });
    real_clients(&mut tally, &counts);
    api_fuzz::steps(&mut tally, &logs);
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
    kernels::steps(&mut tally, app.get().map(PathBuf::as_path), &counts);
    tally.step("browser journeys", "2 minutes", || {
        let Some(app) = app.get() else {
            return Ok(Outcome::Skipped("no optimised app".to_owned()));
        };
        // Accessibility is a step of its own, because what it needs can be missing.
        let mut journeys = journeys(app);
        tests(
            logs.told_to(journeys.args(["--skip", ACCESSIBILITY])),
            &counts,
        )
    });
    tally.step("accessibility (axe-core)", "1 minute", || {
        let Some(app) = app.get() else {
            return Ok(Outcome::Skipped("no optimised app".to_owned()));
        };
        let axe = match installed(&axe::PACKAGE)? {
            Ok(folder) => folder.join(axe::SCRIPT),
            Err(skipped) => return Ok(skipped),
        };
        tests(
            logs.told_to(journeys(app).arg(ACCESSIBILITY))
                .env("WECHAT_LOGIN_AXE", axe),
            &counts,
        )
    });

    tally.step("secrets in logs", "", || {
        suite_logs::search(logs.path(), &SEARCHED)
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

/// The journeys through the app in this folder; what follows are arguments of theirs.
fn journeys(app: &Path) -> Command {
    let mut command = workspace::locked_cargo("test");
    command
        // The whole workspace, so that nothing is compiled again with other features.
        .args(["--workspace", "--test=journeys", "--no-fail-fast"])
        .arg("--")
        .arg(format!("--test-threads={}", journeys_at_once()))
        .env("WECHAT_LOGIN_DIST", app);
    command
}

/// A journey mostly waits for its browser, so twice as many as there are processors keep these busy. Not more than eight,
/// for each browser takes 300 MB.
fn journeys_at_once() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    (2 * processors).min(8)
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
    let mut simulator = None;
    for client in &clients::ALL {
        tally.step(client.step, "1 minute the first time", || {
            claims_of(client, &mut simulator, counts)
        });
    }
}

/// Runs what a real client claims about the simulator. What is missing on this machine is no failure, but is said.
fn claims_of(
    client: &Client,
    simulator: &mut Option<clients::Simulator>,
    all: &Cell<TestCounts>,
) -> anyhow::Result<Outcome> {
    let folder = match installed(&client.package)? {
        Ok(folder) => folder,
        Err(skipped) => return Ok(skipped),
    };
    let simulator = match simulator {
        Some(running) => running,
        None => simulator.insert(clients::Simulator::start()?),
    };
    let mut command = (client.run)(&folder);
    tests(command.arg(simulator.base_url()), all)
}

/// Where a package is; or that it is missing on this machine, which is no failure, but is said.
pub(crate) fn installed(package: &Package) -> anyhow::Result<Result<PathBuf, Outcome>> {
    match package.install()? {
        Installed::Ready(folder) => Ok(Ok(folder)),
        Installed::Missing(reason) => {
            screen::print_line(&screen::paint(
                Colour::Yellow,
                &format!("SKIPPED: {}: {reason}", package.name),
            ));
            Ok(Err(Outcome::Skipped(reason)))
        }
    }
}

/// Runs a command that says everything itself.
pub(crate) fn plain(command: &mut Command) -> anyhow::Result<Outcome> {
    let status = processes::run(command)?;
    anyhow::ensure!(status.success(), "{status}, see above");
    Ok(Outcome::Passed(String::new()))
}

/// Runs `cargo test`, passes its lines on and adds up its closing lines.
pub(crate) fn tests(command: &mut Command, all: &Cell<TestCounts>) -> anyhow::Result<Outcome> {
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
