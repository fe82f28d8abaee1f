//! `cargo xtask bench-data`: the store, measured while it grows. What follows is for the program in `tools/bench/`.

use crate::postgres;
use crate::processes;
use crate::screen;
use crate::workspace;

/// Has places for the tables.
const DOCUMENT: &str = "docs/data.md";

/// Builds the program with optimisation and runs it.
///
/// # Errors
/// When it cannot be built, or something goes wrong in it.
pub(crate) fn run() -> anyhow::Result<()> {
    let options: Vec<String> = std::env::args().skip(2).collect();
    let needs_postgres = !options
        .iter()
        .any(|option| option == "sqlite" || option == "--help");
    if needs_postgres {
        postgres::ensure()?;
    }
    screen::say("building the measurement with optimisation (5 minutes the first time)");
    let program = ["--release", "--package", "bench", "--bin", "store_growth"];
    let built = processes::run(workspace::locked_cargo("build").args(program))?;
    anyhow::ensure!(built.success(), "the build failed, see above");
    let status = processes::run(
        workspace::locked_cargo("run")
            .arg("--quiet")
            .args(program)
            .args(["--", "--document", DOCUMENT])
            .args(options),
    )?;
    anyhow::ensure!(status.success(), "the measurement failed, see above");
    Ok(())
}
