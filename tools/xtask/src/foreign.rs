//! What other people wrote, as their registries publish it: real WeChat clients against the simulator
//! (`tests/clients/`), schemathesis over the description of a running proxy, directly and behind nginx
//! (`proxy/tests/fuzz/`), Patroni, which changes PostgreSQL's leader under the proxy (`proxy/tests/it/failover/`), and
//! Express, which one of the recipes stands on (`examples/express-behind-nginx/`).
//!
//! What can be missing is the language or its registry; that is a skipped step with its reason, while a claim that does
//! not hold, or a package that is not the pinned one, is a failure.

use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;

use crate::packages::{NODE as NODE_18, NODE_20, PYTHON_3_11, PYTHON_WITH_SOURCES, Package};
use crate::processes::{self, Group};
use crate::suite_logs::LogFolder;
use crate::system;
use crate::tally::{self, Skipped, Tally, TestCounts};
use crate::workspace;

/// wechatpy, django-allauth, social-auth-core.
const PYTHON: Package = Package {
    name: "python-clients",
    language: &PYTHON_3_11,
    folder: "tests/clients/python",
};

/// co-wechat-oauth, co-wechat-api, passport-wechat, @auth/core.
const NODE: Package = Package {
    name: "node-clients",
    language: &NODE_20,
    folder: "tests/clients/node",
};

/// What a recipe's back end is written with.
const EXPRESS: Package = Package {
    name: "express",
    language: &NODE_18,
    folder: "examples/express-behind-nginx",
};

/// What asks whatever the API's description allows, and more.
const SCHEMATHESIS: Package = Package {
    name: "schemathesis",
    language: &PYTHON_3_11,
    folder: "proxy/tests/fuzz",
};

/// What replaces a PostgreSQL that fails.
pub(crate) const PATRONI: Package = Package {
    name: "patroni",
    language: &PYTHON_WITH_SOURCES,
    folder: "proxy/tests/it/failover/patroni",
};

/// `cargo xtask api-fuzz`: only the fuzzed API.
pub(crate) fn run_api_fuzz() -> anyhow::Result<()> {
    system::ensure([&system::POSTGRES, &system::NGINX])?;
    let logs = LogFolder::fresh()?;
    Tally::only(|tally| api_fuzz(tally, |command| logs.told_to(command)))
}

/// A step for each language.
pub(crate) fn clients(tally: &mut Tally) {
    let once = "1 minute the first time";
    tally.step("simulator against Python's clients", once, |counts| {
        let mut python = workspace::command(PYTHON.install()?.join("bin/python"));
        // No compiled files beside the sources.
        claims(
            python.args(["-B", "tests/clients/python/claims.py"]),
            counts,
        )
    });
    tally.step("simulator against Node's clients", once, |counts| {
        let mut node = workspace::command("node");
        node.env("NODE_PATH", NODE.install()?.join("node_modules"));
        claims(node.arg("tests/clients/node/claims.js"), counts)
    });
}

/// Runs claims about a simulator of their own.
fn claims(command: &mut Command, counts: &mut TestCounts) -> anyhow::Result<String> {
    // The contract tests bring the program along, compiled as the native tests left it, so this takes no time.
    let mut compile = workspace::locked_cargo("test");
    compile.args(["--quiet", "--workspace", "--test=contract", "--no-run"]);
    processes::run(&mut compile).context("the simulator does not compile")?;
    let mut simulator = workspace::command(workspace::debug_binary("wechat-simulator")?);
    let (said, greeting) = mpsc::channel();
    let piped = simulator.stdout(Stdio::piped());
    let _simulator = Group::spawn(piped.args(["--listen", "127.0.0.1:0"]), move |line| {
        // Nobody listens any more once the address is known.
        let _ = said.send(line.to_owned());
    })?;
    // It takes a hundredth of that.
    let greeting = greeting.recv_timeout(Duration::from_secs(20));
    let greeting = greeting.context("the simulator does not start")?;
    let address = greeting.split(' ').find(|word| word.starts_with("http://"));
    tally::tests(command.arg(address.context(greeting.clone())?), counts)
}

/// The proxy's tests with this name that only run where they are asked for. Of the whole workspace, so that nothing is
/// compiled again with other features.
pub(crate) fn ignored(named: &str) -> Command {
    let mut command = workspace::locked_cargo("test");
    command.args(["--workspace", "--test=it", "--no-fail-fast"]);
    command.args(["--", "--ignored", named]);
    command
}

/// A step for both runs of schemathesis, side by side; `prepare` adds to the command what else the tests are told.
pub(crate) fn api_fuzz(tally: &mut Tally, prepare: impl FnOnce(&mut Command) -> &mut Command) {
    tally.step("fuzzed API (schemathesis)", "1 minute", |counts| {
        let mut command = ignored("fuzz::");
        command.env("WECHAT_LOGIN_SCHEMATHESIS", SCHEMATHESIS.install()?);
        tally::tests(prepare(&mut command), counts)
    });
}

/// A step for the recipe whose back end is not written in Rust.
pub(crate) fn express(tally: &mut Tally, prepare: impl FnOnce(&mut Command) -> &mut Command) {
    tally.step("back end on Express behind nginx", "", |counts| {
        let mut command = ignored("forward_auth::express");
        command.env("WECHAT_LOGIN_EXPRESS", EXPRESS.install()?);
        tally::tests(prepare(&mut command), counts)
    });
}

/// A step for one planned change of PostgreSQL's leader; all others are `cargo xtask failover`.
pub(crate) fn switchover(tally: &mut Tally, prepare: impl FnOnce(&mut Command) -> &mut Command) {
    tally.step("switchover (Patroni)", "1 minute", |counts| {
        if let Some(name) = system::lacks(&system::CLUSTER) {
            return Err(Skipped(format!("needs {name}")).into());
        }
        let mut command = ignored("failover::a_planned_switchover");
        command.env("WECHAT_LOGIN_PATRONI", PATRONI.install()?);
        tally::tests(prepare(&mut command), counts)
    });
}
