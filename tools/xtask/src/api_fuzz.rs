//! `cargo xtask api-fuzz`: schemathesis over the description of a running proxy, directly and behind nginx
//! (`proxy/tests/fuzz/`).

use std::cell::Cell;
use std::process::Command;

use crate::packages::{PYTHON_3_11, Package};
use crate::suite_logs::LogFolder;
use crate::tally::{Outcome, Tally, TestCounts};
use crate::test::{installed, tests};
use crate::workspace;

/// What asks whatever the description allows, and more.
const PACKAGE: Package = Package {
    name: "schemathesis",
    language: &PYTHON_3_11,
    folder: "proxy/tests/fuzz",
    pins: &["requirements.txt"],
};

/// Only this step.
///
/// # Errors
/// When anything is found.
pub(crate) fn run() -> anyhow::Result<()> {
    crate::postgres::ensure()?;
    crate::nginx::ensure()?;
    let mut tally = Tally::start();
    let logs = LogFolder::fresh()?;
    tally.step("fuzzed API (schemathesis)", "1 minute", || {
        fuzz(&Cell::default(), |command| logs.told_to(command))
    });
    tally.finish()
}

/// Both runs, side by side; `prepare` adds to the command what else the tests are told.
///
/// # Errors
/// When anything is found.
pub(crate) fn fuzz(
    counts: &Cell<TestCounts>,
    prepare: impl FnOnce(&mut Command) -> &mut Command,
) -> anyhow::Result<Outcome> {
    let folder = match installed(&PACKAGE)? {
        Ok(folder) => folder,
        Err(skipped) => return Ok(skipped),
    };
    let mut command = workspace::locked_cargo("test");
    // The whole workspace, so that nothing is compiled again with other features.
    command
        .args(["--workspace", "--test=fuzz", "--no-fail-fast"])
        .env("WECHAT_LOGIN_SCHEMATHESIS", folder);
    tests(prepare(&mut command), counts)
}
