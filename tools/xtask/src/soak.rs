//! `cargo xtask soak`: an hour's mixed load in minutes. What follows is for the program in `tools/bench/`.

use crate::dist::binaries;
use crate::processes;
use crate::screen;
use crate::workspace;

/// Has a place for the figures.
const DOCUMENT: &str = "docs/reliability.md";

/// Builds the program that is shipped and the one that asks, and runs them.
///
/// # Errors
/// When something cannot be built, or grows that must not.
pub(crate) fn run() -> anyhow::Result<()> {
    let options: Vec<String> = std::env::args().skip(2).collect();
    screen::say("building the static programs that are packed (6 minutes the first time)");
    binaries::ensure()?;
    let proxy = binaries::build()?.proxy;
    screen::say("soaking: 5 minutes until it is full of what it keeps, and 5 to be watched");
    let status = processes::run(
        workspace::locked_cargo("run")
            .args(["--quiet", "--package", "bench", "--bin", "soak", "--"])
            .arg("--proxy")
            .arg(proxy)
            .args(["--document", DOCUMENT])
            .args(options),
    )?;
    anyhow::ensure!(status.success(), "it does not hold, see above");
    Ok(())
}
