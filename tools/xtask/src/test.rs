//! `cargo xtask test`: everything that has to hold, from formatting to journeys in a real browser.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use crate::book;
use crate::browser_engines;
use crate::bundle;
use crate::dist;
use crate::engines::{self, JWEIXIN, PACKAGES};
use crate::foreign;
use crate::processes;
use crate::screen;
use crate::suite_logs::{self, AtLeast, LogFolder};
use crate::supply_chain;
use crate::system;
use crate::tally::{self, Skipped, Tally};
use crate::tools;
use crate::trunk;
use crate::workspace;

/// Where the app under test is built; `dist/` stays what `make build` made.
pub(crate) const APP_FOLDER: &str = "target/dist-test";

/// What `make test` collects at least, journeys and fuzzing left aside, which need more than Rust.
const SEARCHED: AtLeast = AtLeast {
    lines: 5_000,
    values: 1_000,
    programs: &[
        ("it", " answered "),
        ("program", " answered "),
        // A log was once silent about whatever had reached PostgreSQL.
        ("replica-on-postgresql", "route=\"/api/session\" status=200"),
    ],
};

/// Runs all steps and prints what they came to.
///
/// Three lanes, because most of the time one of them waits: for a compiler's last crate, a registry, a browser.
///
/// | lane | does | waits for |
/// |---|---|---|
/// | this thread | system packages, formatting, lints and compilation, native tests, journeys | the app before the journeys |
/// | app | build tools, what comes from others, the optimised app and what it must be like, the book, the archive | compilation before the archive |
/// | foreign | real WeChat clients, a back end on Express, the fuzzed API, a change of PostgreSQL's leader | compilation |
pub(crate) fn run() -> anyhow::Result<()> {
    // Before the long steps: what only a person can install should be known at once.
    system::ensure(system::BROWSER.iter().chain(&system::SAMPLES).chain([
        &system::POSTGRES,
        &system::PGBOUNCER,
        &system::TINYPROXY,
    ]))?;
    // Without these a step each is skipped.
    for needed in [
        &system::WEBKIT[..],
        &system::CLUSTER,
        &system::SAMPLES,
        &system::MACHINE,
    ] {
        system::ensure_or_say(needed);
    }
    workspace::lint_what_is_compiled();
    let logs = LogFolder::fresh()?;
    let mut tally = Tally::start();
    let (app_is_there, app) = mpsc::channel();
    let [(compiled, is_compiled), (compiled_too, is_compiled_too)] =
        [(), ()].map(|()| mpsc::channel());
    std::thread::scope(|scope| {
        let app_lane = scope.spawn(|| app_lane(&logs, app_is_there, is_compiled_too));
        let foreign_lane = scope.spawn(|| foreign_lane(&logs, is_compiled));
        native_steps(&mut tally, &logs, [compiled, compiled_too]);
        // No app, no sender: the lane has failed.
        journeys(&mut tally, &logs, app.recv().ok());
        for lane in [app_lane, foreign_lane] {
            tally.add(lane.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
    });
    tally.step("secrets in logs", "", |_| {
        suite_logs::search(logs.path(), &SEARCHED)
    });

    let result = tally.finish();
    // Last, so that the end of a log says how many tests there were.
    let verdict = if result.is_ok() { "ok" } else { "FAILED" };
    screen::print_line(&format!(
        "test result: {verdict}. {} (all test programs together)",
        tally.counts
    ));
    result
}

/// `cargo xtask packed`: the packed archive alone, with programs of today and the app that was tested last.
pub(crate) fn packed() -> anyhow::Result<()> {
    system::ensure(&system::SAMPLES)?;
    system::ensure_or_say(&system::MACHINE);
    let (tools, app) = (tools::ensure()?, workspace::root().join(APP_FOLDER));
    if !app.exists() {
        bundle::build(&tools, Path::new(APP_FOLDER))?;
    }
    book::build()?;
    // All that the tests need, the simulator with them.
    processes::run(foreign::ignored("packed::").arg("--list"))?;
    Tally::only(|tally| dist::packed(tally, &tools, &app, |command| command))
}

/// What needs nothing but Rust; `compiled` are told once all programs are.
fn native_steps(tally: &mut Tally, logs: &LogFolder, compiled: [mpsc::Sender<()>; 2]) {
    tally.step("formatting", "", |_| {
        processes::run(workspace::cargo().args(["fmt", "--all", "--check"]))?;
        Ok(String::new())
    });
    tally.step("lints and compilation", "3 minutes the first time", |_| {
        // The journeys, which run only where they are asked for, are not among all targets.
        for targets in ["--all-targets", "--test=journeys"] {
            let mut command = workspace::locked_cargo("test");
            command.args(["--workspace", "--no-run", targets]);
            // A failure, but not before all programs are there.
            processes::run(command.env("CARGO_BUILD_WARNINGS", "deny"))?;
        }
        Ok(String::new())
    });
    // Also where it failed: then the other lanes' steps say so themselves.
    for lane in compiled {
        let _ = lane.send(());
    }
    let mut native = workspace::locked_cargo("test");
    native.args(["--workspace", "--no-fail-fast"]);
    tally.tests("native tests", "1 minute", logs.told_to(&mut native));
}

/// Tools, app and archive; `app_is_there` is told where.
fn app_lane(
    logs: &LogFolder,
    app_is_there: mpsc::Sender<PathBuf>,
    is_compiled: mpsc::Receiver<()>,
) -> Tally {
    let mut tally = Tally::beside();
    let mut tools = Err(Skipped("no build tools".to_owned()));
    tally.step("build tools", "3 minutes once", |_| {
        tools = Ok(tools::ensure()?);
        Ok(String::new())
    });
    // Before the app, whose end is what the journeys wait for.
    tally.step("foreign app", "1 minute the first time", |_| {
        bundle::build_example(tools.as_ref().map_err(Clone::clone)?)?;
        Ok(String::new())
    });
    let mut app = None;
    tally.step("optimised app", "2 minutes the first time", |_| {
        let (tools, folder) = (tools.as_ref().map_err(Clone::clone)?, Path::new(APP_FOLDER));
        bundle::by_trunk(tools, folder)?;
        trunk::compare(tools, &workspace::root().join(folder))?;
        let built = bundle::finish(folder)?;
        // Whoever waits for it may have failed meanwhile.
        let _ = app_is_there.send(built.clone());
        app = Some(built);
        Ok(String::new())
    });
    // Without it the step above says why.
    if let Some(app) = &app {
        tally.step("weight of the entry page", "", |_| bundle::weigh(app));
        browser_engines::steps(&mut tally, app);
    }
    tally.step("book", "2 minutes the first time", |_| book::build());
    supply_chain::steps(&mut tally);
    if let (Ok(tools), Some(app)) = (&tools, &app) {
        // As the other lane: where that failed it fails here, too.
        let _ = is_compiled.recv();
        dist::packed(&mut tally, tools, app, |command| logs.told_to(command));
    }
    tally
}

/// What other people wrote, against simulator and proxy.
fn foreign_lane(logs: &LogFolder, is_compiled: mpsc::Receiver<()>) -> Tally {
    let mut tally = Tally::beside();
    // Nobody compiles the same at once; where that failed it fails here, too.
    let _ = is_compiled.recv();
    foreign::clients(&mut tally);
    foreign::express(&mut tally, |command| logs.told_to(command));
    foreign::api_fuzz(&mut tally, |command| logs.told_to(command));
    foreign::switchover(&mut tally, |command| logs.told_to(command));
    tally
}

fn journeys(tally: &mut Tally, logs: &LogFolder, app: Option<PathBuf>) {
    if let Some(app) = &app {
        engines::steps(tally, app, |play| {
            logs.told_to(play);
        });
    }
    // A step of its own: where they cannot be installed the journeys look at everything else, and the table says so.
    let [mut axe, mut jweixin] = ["none", "none"].map(PathBuf::from);
    tally.step("axe-core and jweixin for the journeys", "", |_| {
        let packages = PACKAGES.install()?;
        axe = packages.join("node_modules/axe-core/axe.min.js");
        jweixin = packages.join(JWEIXIN);
        Ok(String::new())
    });
    tally.step("browser journeys", "2 minutes", |counts| {
        let app = app.ok_or_else(|| Skipped("no optimised app".to_owned()))?;
        let mut command = workspace::locked_cargo("test");
        command
            // The whole workspace, so that nothing is compiled again with other features.
            .args(["--workspace", "--test=journeys", "--no-fail-fast", "--"])
            .arg(format!("--test-threads={}", journeys_at_once()))
            .env("WECHAT_LOGIN_DIST", app)
            .env(
                "WECHAT_LOGIN_EXAMPLE_DIST",
                workspace::root().join(bundle::EXAMPLE_FOLDER),
            )
            .env("WECHAT_LOGIN_AXE", axe)
            .env("WECHAT_LOGIN_JWEIXIN", jweixin);
        tally::tests(logs.told_to(&mut command), counts)
    });
}

/// A journey mostly waits for its browser, so twice as many as there are processors keep these busy. Not more than
/// eight, for each browser takes 300 MB.
fn journeys_at_once() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    (2 * processors).min(8)
}
