//! `cargo xtask bench-proxy`: the proxy beside nginx, Node and Python. What follows is for the program in `tools/bench/`.

use std::path::PathBuf;

use crate::dist::binaries;
use crate::nginx;
use crate::packages::{Installed, NODE, PYTHON_3_11, Package};
use crate::postgres;
use crate::processes;
use crate::screen;
use crate::tools::{self, Pinned};
use crate::workspace;

/// Sources and pins of the others.
const SOURCES: &str = "tools/bench/proxy";

/// Has a place for the tables.
const DOCUMENT: &str = "docs/performance.md";

/// The load generator, optimised.
fn oha() -> Pinned {
    Pinned {
        program: "oha",
        package: "oha",
        version: "1.16.0".to_owned(),
        arguments: &["--locked", "--config", "profile.dev.opt-level=3"],
        usual_time: "4 minutes",
    }
}

/// Express and co-wechat-oauth.
const EXPRESS: Package = Package {
    name: "bench-proxy-node",
    language: &NODE,
    folder: "tools/bench/proxy/node",
    pins: &["package.json", "package-lock.json"],
};

/// FastAPI and wechatpy.
const FASTAPI: Package = Package {
    name: "bench-proxy-python",
    language: &PYTHON_3_11,
    folder: "tools/bench/proxy/python",
    pins: &["requirements.txt"],
};

/// Installs the others, builds our proxy and the program with optimisation, and runs it.
///
/// # Errors
/// When something cannot be installed or built, or goes wrong in the measurement.
pub(crate) fn run() -> anyhow::Result<()> {
    let options: Vec<String> = std::env::args().skip(2).collect();
    nginx::ensure()?;
    postgres::ensure()?;
    let oha = tools::find_or_install(&oha())?;
    let node_modules = installed(&EXPRESS)?.join("node_modules");
    let python = installed(&FASTAPI)?.join("bin/python");
    screen::say("building the static programs that are packed (6 minutes the first time)");
    binaries::ensure()?;
    let proxy = binaries::build()?.proxy;
    screen::say("building the measurement with optimisation (6 minutes the first time)");
    let program = ["--package", "bench", "--bin", "proxy"];
    let built = processes::run(
        workspace::locked_cargo("build")
            .arg("--release")
            .args(program),
    )?;
    anyhow::ensure!(built.success(), "the build failed, see above");
    screen::say("measuring: 6 minutes for each round, 3 of them unless --rounds says otherwise");
    let status = processes::run(
        workspace::locked_cargo("run")
            .args(["--quiet", "--release"])
            .args(program)
            .arg("--")
            .arg("--proxy")
            .arg(proxy)
            .arg("--oha")
            .arg(oha)
            .arg("--node-modules")
            .arg(node_modules)
            .arg("--python")
            .arg(python)
            .arg("--sources")
            .arg(workspace::root().join(SOURCES))
            .args(["--document", DOCUMENT])
            .args(options),
    )?;
    anyhow::ensure!(status.success(), "the measurement failed, see above");
    Ok(())
}

fn installed(package: &Package) -> anyhow::Result<PathBuf> {
    match package.install()? {
        Installed::Ready(folder) => Ok(folder),
        Installed::Missing(reason) => {
            anyhow::bail!("{} cannot be measured: {reason}", package.name)
        }
    }
}
