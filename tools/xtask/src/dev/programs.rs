//! The programs of `make dev`: compiled here, or taken over from another checkout that has compiled the same.

use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use crate::screen::{self, Colour};
use crate::workspace;

use super::building::{self, Place};
use super::servers::Servers;

/// All of them: package and program have the same name.
pub(super) const ALL: [&str; 5] = [
    "wechat-simulator",
    "wechat-login-proxy",
    "dev-server",
    "order-system",
    "app-build",
];

/// The files and folders that make them up.
pub(super) const SOURCES: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "crates",
    "proxy/Cargo.toml",
    "proxy/src",
    "simulator",
    "tools/app-build",
    "tools/dev-server",
    "tools/order-system",
];

/// Where they are.
pub(super) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Those in this folder.
    pub(super) fn in_folder(folder: PathBuf) -> Programs {
        Programs { folder }
    }

    /// The path of one.
    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    /// When each was written: cargo decides what a changed source file means, so a program has changed when cargo has
    /// written it anew.
    pub(super) fn written(&self) -> [Option<SystemTime>; 5] {
        ALL.map(|program| self.path(program).metadata().ok()?.modified().ok())
    }

    /// Compiles them. Nothing where they do not compile, and why is on the screen; whatever runs goes on.
    ///
    /// # Errors
    /// Where the user wants to stop, or cargo cannot be started.
    pub(super) fn build(
        servers: &mut Servers,
        place: Option<Place<'_>>,
    ) -> anyhow::Result<Option<Programs>> {
        let mut command = command();
        let label = ("build", Colour::Cyan);
        let built = building::run(&mut command, label, place, || servers.check())?;
        if !built.status.success() {
            building::advise(&built.said);
            return Ok(None);
        }
        let folder = workspace::debug_binary("")?;
        Ok(Some(Programs { folder }))
    }
}

/// One call for all: while the last crates of one are compiled there is something to do for the others.
fn command() -> Command {
    let mut command = workspace::cargo();
    command.arg("build");
    for program in ALL {
        command.args(["--package", program, "--bin", program]);
    }
    command
}

/// The command of a program, which colours its lines where ours are.
pub(super) fn start(programs: &Programs, program: &str) -> Command {
    let mut command = workspace::command(programs.path(program));
    if !screen::is_terminal() {
        command.env("NO_COLOR", "1");
    }
    command
}
