//! Real WeChat clients, as their registries publish them, against the simulator (`tests/clients/`).
//!
//! Their claims are part of `make test`. What can be missing is the language or its registry; that is a skipped step
//! with its reason, while a claim that does not hold, or a package that is not the pinned one, is a failure.

mod simulator;

use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) use simulator::Simulator;

use crate::packages::{NODE_20, PYTHON_3_11, Package};
use crate::workspace;

/// Python's: wechatpy, django-allauth, social-auth-core.
const PYTHON: Client = Client {
    step: "simulator against Python's clients",
    package: Package {
        name: "python-clients",
        language: &PYTHON_3_11,
        folder: "tests/clients/python",
        pins: &["requirements.txt"],
    },
    run: |installed| {
        let mut command = workspace::command(installed.join("bin/python"));
        // No compiled files beside the sources.
        command.arg("-B").arg(script("python/claims.py"));
        command
    },
};

/// Node's: co-wechat-oauth, passport-wechat, @auth/core.
const NODE: Client = Client {
    step: "simulator against Node's clients",
    package: Package {
        name: "node-clients",
        language: &NODE_20,
        folder: "tests/clients/node",
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

/// A process each, one after the other on the same simulator.
pub(crate) const ALL: [Client; 2] = [PYTHON, NODE];

/// The client packages of a language and how their claims are started.
pub(crate) struct Client {
    /// The step's name in `make test`.
    pub(crate) step: &'static str,
    /// What is installed.
    pub(crate) package: Package,
    /// The claims, for where the packages are installed; only the simulator's address is still to be added.
    pub(crate) run: fn(&Path) -> Command,
}

fn script(path: &str) -> PathBuf {
    workspace::root().join("tests/clients").join(path)
}
