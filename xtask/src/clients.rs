//! Real WeChat clients, as their registries publish them, against the simulator (`simulator/tests/clients/`).
//!
//! Their claims are part of `make test`. What can be missing is the language or its registry; that is a skipped step
//! with its reason, while a claim that does not hold, or a package that is not the pinned one, is a failure.

mod simulator;

use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) use simulator::Simulator;

use crate::packages::{NODE, PYTHON, Package};
use crate::workspace;

/// Python's client.
pub(crate) const WECHATPY: Client = Client {
    step: "simulator against Python's wechatpy",
    package: Package {
        name: "wechatpy",
        language: &PYTHON,
        folder: "simulator/tests/clients/python",
        pins: &["requirements.txt"],
    },
    run: |installed| {
        let mut command = workspace::command(installed.join("bin/python"));
        // No compiled files beside the sources.
        command.arg("-B").arg(script("python/claims.py"));
        command
    },
};

/// Node's client.
pub(crate) const CO_WECHAT_OAUTH: Client = Client {
    step: "simulator against Node's co-wechat-oauth",
    package: Package {
        name: "co-wechat-oauth",
        language: &NODE,
        folder: "simulator/tests/clients/node",
        pins: &["package.json", "package-lock.json"],
    },
    run: |installed| {
        let mut command = workspace::command("node");
        command
            .arg(script("node/claims.js"))
            .env("NODE_PATH", installed.join("node_modules"));
        command
    },
};

/// A client package and how its claims are started.
pub(crate) struct Client {
    /// The step's name in `make test`.
    pub(crate) step: &'static str,
    /// What is installed.
    pub(crate) package: Package,
    /// The claims, for where the package is installed; only the simulator's address is still to be added.
    pub(crate) run: fn(&Path) -> Command,
}

fn script(path: &str) -> PathBuf {
    workspace::root().join("simulator/tests/clients").join(path)
}
