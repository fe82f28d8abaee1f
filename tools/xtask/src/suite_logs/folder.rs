//! Where logs and values are kept, and how the programs of a step learn of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::install;
use crate::workspace;

/// Below the folder of built programs.
const FOLDER: &str = "suite-logs";
/// What test programs keep their logs by (`tests/suite-log`).
const LOGS: &str = "WECHAT_LOGIN_LOG_DIR";
/// Where simulators note what they give out.
const ISSUED: &str = "WECHAT_SIMULATOR_ISSUED_FILE";

/// A folder for one run of `make test`.
pub(crate) struct LogFolder(PathBuf);

impl LogFolder {
    /// An empty one. That of the run before is gone then.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn fresh() -> anyhow::Result<LogFolder> {
        let folder = workspace::debug_binary(FOLDER)?;
        install::remove_folder(&folder)?;
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(LogFolder(folder))
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Has `command`, and whatever it starts, keep here what it logs and gives out.
    pub(crate) fn told_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env(LOGS, &self.0)
            .env(ISSUED, self.0.join("issued-by-simulators.txt"))
    }
}
