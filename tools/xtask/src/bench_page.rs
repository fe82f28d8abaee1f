//! `cargo xtask bench-page`: the page beside others, measured in a browser. What follows is for the program in `tools/bench/`.

use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::Context;

use crate::browser;
use crate::bundle;
use crate::packages::{Installed, NODE_20, Package};
use crate::processes;
use crate::screen;
use crate::tools;
use crate::workspace;

/// Sources and pins of the other pages.
const SOURCES: &str = "tools/bench/page";

/// Where all pages are built, a folder for each.
const BUILDS: &str = "target/bench-page";

/// Has a place for the tables.
const DOCUMENT: &str = "docs/performance.md";

/// Vue, React and what builds them.
const PACKAGE: Package = Package {
    name: "bench-page",
    language: &NODE_20,
    folder: SOURCES,
    pins: &["package.json", "package-lock.json"],
};

/// Builds every page and the program with optimisation, and runs it.
///
/// # Errors
/// When something cannot be installed or built, or goes wrong in the measurement.
pub(crate) fn run() -> anyhow::Result<()> {
    let options: Vec<String> = std::env::args().skip(2).collect();
    browser::ensure()?;
    let tools = tools::ensure()?;
    build_peers()?;
    screen::say("building the optimised app (about 2 minutes the first time on two cores)");
    bundle::build(&tools, &Path::new(BUILDS).join("app"))?;
    screen::say("building the measurement with optimisation (6 minutes the first time)");
    let program = ["--release", "--package", "bench", "--bin", "page"];
    let built = processes::run(workspace::locked_cargo("build").args(program))?;
    anyhow::ensure!(built.success(), "the build failed, see above");
    screen::say("measuring: a minute for each run, 9 of them unless --runs says otherwise");
    let status = processes::run(
        workspace::locked_cargo("run")
            .arg("--quiet")
            .args(program)
            .args(["--", "--builds", BUILDS])
            .args(["--packages", &format!("{SOURCES}/package.json")])
            .args(["--document", DOCUMENT])
            .args(options),
    )?;
    anyhow::ensure!(status.success(), "the measurement failed, see above");
    Ok(())
}

/// The pages of others, each as its own tools build it.
fn build_peers() -> anyhow::Result<()> {
    let installed = match PACKAGE.install()? {
        Installed::Ready(folder) => folder,
        Installed::Missing(reason) => anyhow::bail!("Vue and React cannot be built: {reason}"),
    };
    link_packages(&installed.join("node_modules"))?;
    for name in ["vue", "react"] {
        let built = processes::run(
            workspace::command("node")
                .arg(format!("{SOURCES}/node_modules/vite/bin/vite.js"))
                .args(["build", &format!("{SOURCES}/{name}"), "--emptyOutDir"])
                .arg("--outDir")
                .arg(workspace::root().join(BUILDS).join(name)),
        )?;
        anyhow::ensure!(built.success(), "Vite does not build {name}, see above");
    }
    // This one needs no building, only our style sheet beside it.
    let floor = workspace::root().join(BUILDS).join("floor");
    std::fs::create_dir_all(&floor)
        .with_context(|| format!("cannot create {}", floor.display()))?;
    for (from, name) in [
        ("tools/bench/page/floor/index.html", "index.html"),
        ("frontend/style.css", "style.css"),
    ] {
        let copied = std::fs::copy(workspace::root().join(from), floor.join(name));
        copied.with_context(|| format!("cannot copy {from}"))?;
    }
    Ok(())
}

/// Puts the installed packages where the sources look for them.
fn link_packages(installed: &Path) -> anyhow::Result<()> {
    let link = workspace::root().join(SOURCES).join("node_modules");
    if link.is_symlink() {
        std::fs::remove_file(&link)?;
    }
    symlink(installed, &link).with_context(|| {
        format!(
            "cannot create {}; if there is a folder of that name, remove it",
            link.display()
        )
    })
}
