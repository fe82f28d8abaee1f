//! `cargo xtask dist`: what is put on a server, in one folder and one archive.
//!
//! `binaries` (static programs), `package` (what goes where, and the same bytes for the same commit), `licences`
//! (whose work is in it); then the tests of `proxy/tests/it/packed` unpack it and use what is in it. `make test` packs
//! the programs of its tests in the same way, for the same tests.

pub(crate) mod binaries;
mod licences;
mod package;

use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::book;
use crate::bundle;
use crate::foreign;
use crate::generated;
use crate::processes;
use crate::screen;
use crate::system;
use crate::tally::{self, Skipped, Tally};
use crate::tools::{self, Tools};
use crate::workspace;

/// Where the app for the package is built, from the workspace's root.
const APP_FOLDER: &str = "target/dist-app";

/// What is told to the tests of a package.
const PACKAGE: &str = "WECHAT_LOGIN_PACKAGE";

/// Builds everything, packs it, and uses what was packed.
pub(crate) fn run() -> anyhow::Result<()> {
    let tools = tools::ensure()?;
    let binaries = binaries::build()?;
    screen::say("building the optimised app (2 minutes the first time, then 1 minute)");
    let app = bundle::build(&tools, Path::new(APP_FOLDER))?;
    bundle::weigh(&app)?;

    screen::say("packing");
    book::build()?;
    let within = binaries::target_folder();
    let folder = package::assemble(&within, &binaries, &app, &tools)?;
    let archive = package::pack(&folder, &time()?)?;
    let simulator = package::assemble_simulator(&within, &binaries)?;
    let simulator = package::pack(&simulator, &time()?)?;
    screen::say("using what was packed");
    system::ensure_or_say(&system::MACHINE);
    let which = match system::ensure(&system::SAMPLES) {
        Ok(()) => "packed::",
        Err(error) => {
            screen::complain(&format!("no sample is started: {error:#}"));
            "packed::login"
        }
    };
    let mut tests = workspace::proxy_tests("--ignored", which);
    processes::run(tests.env(PACKAGE, package::unpack(&archive)?))?;
    for archive in [archive, simulator] {
        let megabytes = std::fs::metadata(&archive)?.len().div_ceil(1_000_000);
        screen::say(&format!("{} ({megabytes} MB)", archive.display()));
    }
    if package::has_changes()? {
        screen::complain("there are changes that no commit has: this is no release");
    }
    Ok(())
}

/// The commit's, in seconds since 1970.
fn time() -> anyhow::Result<String> {
    let time = processes::output(workspace::command("git").args(["log", "-1", "--format=%ct"]))?;
    Ok(time.trim().to_owned())
}

/// A step for the same tests on an archive of the programs that are compiled for tests, and of this app. The book has to
/// be there. `prepare` adds to the command what else the tests are told.
pub(crate) fn packed(
    tally: &mut Tally,
    tools: &Tools,
    app: &Path,
    prepare: impl FnOnce(&mut Command) -> &mut Command,
) {
    tally.step("packed archive", "1 minute", |counts| {
        if !cfg!(target_os = "linux") {
            return Err(Skipped("servers run Linux".to_owned()).into());
        }
        if let Some(name) = system::lacks(&system::SAMPLES) {
            return Err(Skipped(format!("needs {name}")).into());
        }
        let within = workspace::root().join("target/test-package");
        std::fs::create_dir_all(&within)?;
        let binaries = binaries::of_the_tests(&within)?;
        let folder = package::assemble(&within, &binaries, app, tools)?;
        let archive = package::pack(&folder, &time()?)?;
        let mut tests = foreign::ignored("packed::");
        tests.env(PACKAGE, package::unpack(&archive)?);
        tally::tests(prepare(&mut tests), counts)
    });
}

/// `cargo xtask replicas`: figures of several replicas of the shipped program while they are killed and restarted.
pub(crate) fn replicas() -> anyhow::Result<()> {
    system::ensure([&system::POSTGRES, &system::NGINX])?;
    let proxy = binaries::build()?.proxy;
    screen::say("ten rounds of killing one replica and restarting another, under load (3 minutes)");
    let mut rounds = workspace::proxy_tests("--include-ignored", "replicas::");
    rounds
        .env("WECHAT_LOGIN_REPLICAS_ROUNDS", "10")
        .env("WECHAT_LOGIN_REPLICAS_PROGRAM", proxy);
    processes::run(&mut rounds).context("something was lost")
}

/// The table of failovers, in `docs/generated/`.
const FAILOVERS: &str = "failover.en.md";

/// What is told to the test beside, and leaves something out.
const PARTS: [&str; 2] = [
    "WECHAT_LOGIN_FAILOVER_ONLY",
    "WECHAT_LOGIN_FAILOVER_WITHOUT_SCANS",
];

const FAILOVER: &str = "\
| what happened | seconds without a write, each time | not ready, s at most | writes acknowledged | of them missing | \
reads and writes refused | reads | of them failed | read less than was acknowledged | logins: at once / once more, \
unnoticed / after \"try again\" / lost | scan logins, alike | most taps of one person |
|---|---|---:|---:|---:|---|---:|---:|---:|---|---|---:|
";

/// `cargo xtask failover`: what a database that changes its leader costs, with the shipped program, whose figures are
/// written into the documents, or with another `PROGRAM`.
pub(crate) fn failover() -> anyhow::Result<()> {
    system::ensure(
        system::CLUSTER
            .iter()
            .chain([&system::POSTGRES, &system::NGINX]),
    )?;
    let patroni = foreign::PATRONI.install()?;
    let (other, rounds) = (workspace::told("PROGRAM"), workspace::told("ROUNDS"));
    let program = match &other {
        Some(program) => std::path::absolute(program)?,
        None => binaries::build()?.proxy,
    };
    screen::say(
        "changing, killing, freezing and cutting off PostgreSQL's leader, under load (a quarter of an hour)",
    );
    let report = workspace::debug_binary("failover-report")?;
    std::fs::write(&report, "")?;
    let mut cases = workspace::proxy_tests("--ignored", "failover::whatever");
    cases
        .env("WECHAT_LOGIN_PATRONI", patroni)
        .env("WECHAT_LOGIN_REPLICAS_PROGRAM", program)
        .env("WECHAT_LOGIN_FAILOVER_REPORT", &report)
        .env(
            "WECHAT_LOGIN_FAILOVER_ROUNDS",
            rounds.as_deref().unwrap_or("2"),
        );
    let outcome = processes::run(&mut cases).context("something was lost");
    let lines = std::fs::read_to_string(&report)?;
    let (rows, versions): (Vec<&str>, Vec<&str>) =
        lines.lines().partition(|it| it.starts_with('|'));
    let versions = versions.last().unwrap_or(&"");
    let table = format!("{versions}\n\n{FAILOVER}{}", rows.join("\n"));
    screen::print_line(&table);
    outcome?;
    anyhow::ensure!(!rows.is_empty(), "no case has said anything");
    let is_part = PARTS
        .into_iter()
        .any(|name| workspace::told(name).is_some());
    if other.is_none() && rounds.is_none() && !is_part {
        generated::write(FAILOVERS, &table)?;
    }
    Ok(())
}
