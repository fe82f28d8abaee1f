//! `cargo xtask test`: everything that has to hold, from formatting to journeys in a real browser.

use std::cell::{Cell, OnceCell};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;

use crate::api_fuzz;
use crate::axe;
use crate::browser;
use crate::bundle;
use crate::clients::{self, Client};
use crate::kernels;
use crate::nginx;
use crate::packages::{Installed, Package};
use crate::postgres;
use crate::processes;
use crate::screen::{self, Colour};
use crate::suite_logs::{self, AtLeast, LogFolder};
use crate::supply_chain;
use crate::tally::{Outcome, Tally, TestCounts};
use crate::tools::{self, Tools};
use crate::weight;
use crate::workspace;

/// Where the app under test is built; `dist/` stays what `make build` made.
const APP_FOLDER: &str = "target/dist-test";

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
/// Three lanes, because most of the time one of them waits: for a compiler's last crate, a registry, a browser.
///
/// | lane | does | waits for |
/// |---|---|---|
/// | this thread | system packages, formatting, lints and compilation, native tests, journeys | the app before the journeys |
/// | app | build tools, what comes from others, the optimised app and what it must be like | nothing |
/// | foreign | real WeChat clients, the fuzzed API | compilation |
///
/// # Errors
/// When any step failed, or something cannot be installed.
pub(crate) fn run() -> anyhow::Result<()> {
    // Before the long steps: what only a person can install should be known at once.
    browser::ensure()?;
    postgres::ensure()?;
    nginx::ensure()?;

    workspace::lint_what_is_compiled();
    let logs = LogFolder::fresh()?;
    let mut tally = Tally::start();
    let (app_is_there, app) = mpsc::channel();
    let (compiled, is_compiled) = mpsc::channel();
    let kept = &logs;
    let counts = std::thread::scope(|scope| {
        let app_lane = scope.spawn(move || app_lane(&app_is_there));
        let foreign_lane = scope.spawn(move || foreign_lane(kept, &is_compiled));
        let counts = Cell::new(TestCounts::default());
        native_steps(&mut tally, &logs, &counts, compiled);
        // No app, no sender: the lane has failed.
        journeys_steps(&mut tally, &logs, &counts, app.recv().ok().as_deref());
        let mut sum = counts.take();
        for lane in [app_lane, foreign_lane] {
            let (steps, counts) = lane.join().unwrap_or_else(|panic| resume_unwind(panic));
            tally.add(steps);
            sum += counts;
        }
        sum
    });
    tally.step("secrets in logs", "", || {
        suite_logs::search(logs.path(), &SEARCHED)
    });

    let result = tally.finish();
    // Last, so that the end of a log says how many tests there were.
    let verdict = if result.is_ok() { "ok" } else { "FAILED" };
    screen::print_line(&format!(
        "test result: {verdict}. {counts} (all test programs together)"
    ));
    result
}

/// What needs nothing but Rust; `compiled` is told once all programs are.
fn native_steps(
    tally: &mut Tally,
    logs: &LogFolder,
    counts: &Cell<TestCounts>,
    compiled: mpsc::Sender<()>,
) {
    tally.step("formatting", "", || {
        plain(workspace::cargo().args(["fmt", "--all", "--check"]))
    });
    tally.step("lints and compilation", "3 minutes the first time", || {
        let make = |targets: &[&str]| {
            let mut command = workspace::locked_cargo("test");
            command.args(["--workspace", "--no-run"]).args(targets);
            // A failure, but not before all programs are there.
            plain(command.env("CARGO_BUILD_WARNINGS", "deny"))
        };
        make(&["--all-targets"])?;
        // Those that run only where they are asked for are not among all targets.
        make(&["--test=journeys", "--test=fuzz", "--test=chaos"])
    });
    // Also where it failed: then the other lane's steps say so themselves.
    let _ = compiled.send(());
    tally.step("native tests", "1 minute", || {
        tests(
            logs.told_to(workspace::locked_cargo("test").args(["--workspace", "--no-fail-fast"])),
            counts,
        )
    });
}

/// Tools and app; `app_is_there` is told where.
fn app_lane(app_is_there: &mpsc::Sender<PathBuf>) -> (Tally, TestCounts) {
    let counts = Cell::new(TestCounts::default());
    let mut tally = Tally::beside();
    let tools: OnceCell<Tools> = OnceCell::new();
    let app: OnceCell<PathBuf> = OnceCell::new();
    tally.step("build tools", "3 minutes once", || {
        let _ = tools.set(tools::ensure()?);
        Ok(Outcome::Passed(String::new()))
    });
    // Before the app, whose end is what the journeys wait for.
    tally.step("foreign app", "1 minute the first time", || {
        let Some(tools) = tools.get() else {
            return Ok(Outcome::Skipped("no build tools".to_owned()));
        };
        bundle::build_example(tools)?;
        Ok(Outcome::Passed(String::new()))
    });
    tally.step("optimised app", "2 minutes the first time", || {
        let Some(tools) = tools.get() else {
            return Ok(Outcome::Skipped("no build tools".to_owned()));
        };
        let built = bundle::build(tools, Path::new(APP_FOLDER))?;
        // Whoever waits for it may have failed meanwhile.
        let _ = app_is_there.send(built.clone());
        let _ = app.set(built);
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
    supply_chain::steps(&mut tally);
    (tally, counts.take())
}

/// What other people wrote, against simulator and proxy.
fn foreign_lane(logs: &LogFolder, is_compiled: &mpsc::Receiver<()>) -> (Tally, TestCounts) {
    let counts = Cell::new(TestCounts::default());
    let mut tally = Tally::beside();
    // Nobody compiles the same at once; where that failed it fails here, too.
    let _ = is_compiled.recv();
    real_clients(&mut tally, &counts);
    tally.step("fuzzed API (schemathesis)", "1 minute", || {
        api_fuzz::fuzz(&counts, |command| logs.told_to(command))
    });
    (tally, counts.take())
}

fn journeys_steps(
    tally: &mut Tally,
    logs: &LogFolder,
    counts: &Cell<TestCounts>,
    app: Option<&Path>,
) {
    // A step of its own: where axe-core cannot be installed the journeys look at everything else, and the table says so.
    let mut axe = None;
    tally.step("axe-core for the journeys", "", || {
        Ok(match installed(&axe::PACKAGE)? {
            Ok(folder) => {
                axe = Some(folder.join(axe::SCRIPT));
                Outcome::Passed(String::new())
            }
            Err(skipped) => skipped,
        })
    });
    tally.step("browser journeys", "2 minutes", || {
        let Some(app) = app else {
            return Ok(Outcome::Skipped("no optimised app".to_owned()));
        };
        let mut journeys = journeys(app);
        journeys.env("WECHAT_LOGIN_AXE", axe.unwrap_or_else(|| "none".into()));
        tests(logs.told_to(&mut journeys), counts)
    });
}

/// The journeys through the app in this folder; what follows are arguments of theirs.
fn journeys(app: &Path) -> Command {
    let mut command = workspace::locked_cargo("test");
    command
        // The whole workspace, so that nothing is compiled again with other features.
        .args(["--workspace", "--test=journeys", "--no-fail-fast"])
        .arg("--")
        .arg(format!("--test-threads={}", journeys_at_once()))
        .env("WECHAT_LOGIN_DIST", app)
        .env(
            "WECHAT_LOGIN_EXAMPLE_DIST",
            workspace::root().join(bundle::EXAMPLE_FOLDER),
        );
    command
}

/// A journey mostly waits for its browser, so twice as many as there are processors keep these busy. Not more than
/// eight, for each browser takes 300 MB.
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
    let status = if screen::is_held_back() {
        processes::run_by_line(command, |_| {})?
    } else {
        processes::run(command)?
    };
    anyhow::ensure!(status.success(), "{status}, see above");
    Ok(Outcome::Passed(String::new()))
}

/// Runs `cargo test`, passes its lines on and adds up its closing lines.
pub(crate) fn tests(command: &mut Command, all: &Cell<TestCounts>) -> anyhow::Result<Outcome> {
    let mut own = TestCounts::default();
    let mut sum = all.take();
    let status = processes::run_by_line(command, |line| {
        own.add(line);
        sum.add(line);
    });
    all.set(sum);
    let status = status?;
    anyhow::ensure!(status.success(), "{own}");
    anyhow::ensure!(own.passed > 0, "no test ran");
    Ok(Outcome::Passed(own.to_string()))
}
