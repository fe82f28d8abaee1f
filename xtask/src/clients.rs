//! Real WeChat clients, as their registries publish them, against the simulator (`simulator/tests/clients/`).
//!
//! Their claims are part of `make test`. What can be missing is the language or its registry; that is a skipped step
//! with its reason, while a claim that does not hold, or a package that is not the pinned one, is a failure.

mod package;
mod simulator;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) use package::Installed;
pub(crate) use simulator::Simulator;

use crate::debian;
use crate::screen;
use crate::workspace;

/// Python's client.
pub(crate) const WECHATPY: Client = Client {
    step: "simulator against Python's wechatpy",
    name: "wechatpy",
    // ensurepip is what Debian leaves out of Python until somebody asks for python3-venv.
    language: &[
        "python3",
        "-c",
        "import sys, ensurepip, venv; assert sys.version_info >= (3, 10); print(sys.version)",
    ],
    wanted: "Python 3.10 or newer with venv",
    debian_packages: &["python3-venv"],
    folder: "simulator/tests/clients/python",
    pins: &["requirements.txt"],
    install: python_packages,
    run: |installed| {
        let mut command = workspace::command(installed.join("bin/python"));
        // No compiled files beside the sources.
        command
            .arg("-B")
            .arg(script("simulator/tests/clients/python/claims.py"));
        command
    },
};

/// Node's client.
pub(crate) const CO_WECHAT_OAUTH: Client = Client {
    step: "simulator against Node's co-wechat-oauth",
    name: "co-wechat-oauth",
    language: &[
        "sh",
        "-c",
        "node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' && node --version && npm --version",
    ],
    wanted: "Node 18 or newer with npm",
    debian_packages: &["nodejs", "npm"],
    folder: "simulator/tests/clients/node",
    pins: &["package.json", "package-lock.json"],
    install: node_packages,
    run: |installed| {
        let mut command = workspace::command("node");
        command
            .arg(script("simulator/tests/clients/node/claims.js"))
            .env("NODE_PATH", installed.join("node_modules"));
        command
    },
};

/// No client of WeChat's but one of ours: it asks the proxy whatever its description allows, and more.
pub(crate) const SCHEMATHESIS: Client = Client {
    step: "fuzzed API (schemathesis)",
    name: "schemathesis",
    language: &[
        "python3",
        "-c",
        "import sys, ensurepip, venv; assert sys.version_info >= (3, 11); print(sys.version)",
    ],
    wanted: "Python 3.11 or newer with venv",
    debian_packages: &["python3-venv"],
    folder: "proxy/tests/fuzz",
    pins: &["requirements.txt"],
    install: python_packages,
    run: |installed| {
        let mut command = workspace::command(installed.join("bin/python"));
        command.arg("-B").arg(script("proxy/tests/fuzz/run.py"));
        command
    },
};

/// A client package, the language it needs and how both are started.
pub(crate) struct Client {
    /// The step's name in `make test`.
    pub(crate) step: &'static str,
    name: &'static str,
    /// A command that succeeds where the language is there, and names its version.
    language: &'static [&'static str],
    /// The language in words.
    wanted: &'static str,
    /// What brings it on Debian.
    debian_packages: &'static [&'static str],
    /// In the checkout.
    folder: &'static str,
    /// The files there that hold the exact versions.
    pins: &'static [&'static str],
    /// The commands that install into a folder holding the pins.
    install: fn(&Path) -> Vec<Command>,
    /// The claims; only the simulator's address is still to be added.
    run: fn(&Path) -> Command,
}

impl Client {
    /// Installs the package, once for all checkouts, and gives the command of its claims.
    ///
    /// # Errors
    /// When a package is not the pinned one, the cache cannot be written, or on an interruption.
    pub(crate) fn install(&self) -> anyhow::Result<Installed> {
        let Some(version) = self.language_or_debians()? else {
            return Ok(Installed::Missing(format!("needs {}", self.wanted)));
        };
        package::install(self, &version)
    }

    /// What the language calls itself, after installing it where that is allowed.
    fn language_or_debians(&self) -> anyhow::Result<Option<String>> {
        if let Some(version) = self.language_version() {
            return Ok(Some(version));
        }
        if debian::may_install() {
            screen::say(&format!(
                "installing {} from Debian (about 1 minute)",
                self.wanted
            ));
            if let Err(error) = debian::install(self.debian_packages) {
                crate::interrupt::check()?;
                screen::print_line(&format!("{error:#}"));
            }
        }
        Ok(self.language_version())
    }

    fn language_version(&self) -> Option<String> {
        let (program, arguments) = self.language.split_first()?;
        let answer = workspace::command(program)
            .args(arguments)
            .stderr(Stdio::null())
            .output()
            .ok()?;
        answer
            .status
            .success()
            .then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
    }
}

fn script(path: &str) -> PathBuf {
    workspace::root().join(path)
}

fn python_packages(folder: &Path) -> Vec<Command> {
    let mut environment = workspace::command("python3");
    environment.args([OsStr::new("-m"), OsStr::new("venv"), folder.as_os_str()]);
    let mut packages = workspace::command(folder.join("bin/python"));
    packages
        .args(["-m", "pip", "install", "--disable-pip-version-check"])
        // Long retries only delay the news that there is no registry.
        .args(["--retries", "2"])
        .args(["--no-deps", "--only-binary", ":all:", "--require-hashes"])
        .arg("--requirement")
        .arg(folder.join("requirements.txt"));
    vec![environment, packages]
}

fn node_packages(folder: &Path) -> Vec<Command> {
    let mut packages = workspace::command("npm");
    packages
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--fetch-retries=1",
            "--fetch-retry-mintimeout=1000",
            "--prefix",
        ])
        .arg(folder);
    vec![packages]
}
