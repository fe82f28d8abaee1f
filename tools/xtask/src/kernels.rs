//! Whether the oldest kernels can run the built app: its instruction set, and the syntax and globals of its scripts
//! (`tools/shipped-app/`).

use std::cell::Cell;
use std::path::Path;

use anyhow::Context;

use crate::packages::{NODE, Package};
use crate::tally::{Outcome, Tally, TestCounts};
use crate::test::{installed, plain, tests};
use crate::weight;
use crate::workspace;

/// The parser of the check on the scripts.
const ACORN: Package = Package {
    name: "acorn",
    language: &NODE,
    folder: "tools/shipped-app/syntax",
    pins: &["package.json", "package-lock.json"],
};

/// `cargo xtask kernels`: only this, for the app that `make build` left in `dist/`.
///
/// # Errors
/// When an old kernel cannot run it.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut tally = Tally::start();
    let app = workspace::root().join("dist");
    steps(&mut tally, Some(&app), &Cell::default());
    tally.finish()
}

/// The steps of `make test`.
pub(crate) fn steps(tally: &mut Tally, app: Option<&Path>, counts: &Cell<TestCounts>) {
    let with_app = |check: &dyn Fn(&Path) -> anyhow::Result<Outcome>| match app {
        Some(app) => check(app),
        None => Ok(Outcome::Skipped("no optimised app".to_owned())),
    };
    tally.step("instruction set of the app", "", || {
        with_app(&instruction_set)
    });
    tally.step("scripts of the app (acorn)", "", || {
        with_app(&|app| scripts(app, counts))
    });
}

/// Fails when the WASM in `app` needs instructions that the oldest kernels do not have.
fn instruction_set(app: &Path) -> anyhow::Result<Outcome> {
    let mut check = workspace::locked_cargo("run");
    check
        .args(["--quiet", "--package", "shipped-app", "--", "check"])
        .arg(weight::wasm_in(app)?);
    plain(&mut check)?;
    Ok(Outcome::Passed("Chrome 74, iOS 14.5 and newer".to_owned()))
}

/// Fails when a script in `app` needs newer syntax or globals than these kernels have, or when the check does not see
/// such things.
fn scripts(app: &Path, counts: &Cell<TestCounts>) -> anyhow::Result<Outcome> {
    let packages = match installed(&ACORN)? {
        Ok(folder) => folder.join("node_modules"),
        Err(skipped) => return Ok(skipped),
    };
    let node = |script: &str| {
        let mut command = workspace::command("node");
        command
            .arg(format!("{}/{script}", ACORN.folder))
            .env("NODE_PATH", &packages);
        command
    };
    let outcome = tests(&mut node("claims.js"), counts)?;
    plain(node("check.js").arg(app)).context("an old kernel does not take a script")?;
    Ok(outcome)
}
