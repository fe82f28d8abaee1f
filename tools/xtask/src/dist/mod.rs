//! `cargo xtask dist`: what is put on a server, in one folder and one archive.
//!
//! `binaries` (static programs), `package` (what goes where), `licences` (whose work is in it), `archive` (the same
//! bytes for the same commit), `smoke` (a login through what was packed).

mod archive;
pub(crate) mod binaries;
mod licences;
mod package;
mod smoke;
pub(crate) mod unit;
mod versions;

use std::path::{Path, PathBuf};

use crate::bundle;
use crate::processes;
use crate::screen;
use crate::tools;
use crate::weight;
use crate::workspace;

use binaries::Binaries;

/// Where the app for the package is built, from the workspace's root.
const APP_FOLDER: &str = "target/dist-app";

/// Builds everything, packs it, and logs somebody in through what was packed.
///
/// # Errors
/// When something cannot be installed or built, or what was packed does not work.
pub(crate) fn run() -> anyhow::Result<()> {
    binaries::ensure()?;
    let tools = tools::ensure()?;

    screen::say("building the static programs (6 minutes the first time on two cores)");
    let binaries = binaries::build()?;
    screen::say("building the optimised app (2 minutes the first time, then 1 minute)");
    let app = bundle::build(&tools, Path::new(APP_FOLDER))?;
    weight::of_entry_page(&app)?.check_limit()?;

    screen::say("packing");
    let versions = versions::collect(&tools)?;
    let folder = package::assemble(&binaries, &app, &versions)?;
    let archive = archive::write(&folder, versions.commit_time)?;

    screen::say("looking at the systemd unit");
    match unit::verify(&folder.join(package::PROXY))? {
        unit::Verdict::Fine => {}
        unit::Verdict::Unknown(reason) => screen::print_line(&format!("    skipped: {reason}")),
    }
    screen::say("logging somebody in through what was packed");
    smoke::log_in(&folder)?;
    screen::say(&format!(
        "{} ({} MB) and {}",
        archive.display(),
        std::fs::metadata(&archive)?.len() / 1_000_000,
        folder.display()
    ));
    if versions.is_dirty {
        screen::complain("there are changes that no commit has: this is no release");
    }
    Ok(())
}

/// `cargo xtask replicas`: figures of several replicas of the shipped program while they are killed and restarted.
///
/// # Errors
/// When something cannot be built, or a login or a record is lost.
pub(crate) fn replicas() -> anyhow::Result<()> {
    crate::postgres::ensure()?;
    crate::nginx::ensure()?;
    binaries::ensure()?;
    screen::say("building the static programs (6 minutes the first time on two cores)");
    let Binaries { proxy, .. } = binaries::build()?;
    screen::say("ten rounds of killing one replica and restarting another, under load (3 minutes)");
    let status = processes::run(
        workspace::locked_cargo("test")
            .args(["--quiet", "--package", "wechat-login-proxy"])
            .args([
                "--test",
                "replicas",
                "--",
                "--include-ignored",
                "--nocapture",
            ])
            .env("WECHAT_LOGIN_REPLICAS_ROUNDS", "10")
            .env("WECHAT_LOGIN_REPLICAS_PROGRAM", proxy),
    )?;
    anyhow::ensure!(status.success(), "something was lost, see above");
    Ok(())
}

/// The folder of everything that is made here.
fn target_folder() -> PathBuf {
    workspace::root().join("target/dist")
}
