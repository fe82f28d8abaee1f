//! Packages of other languages that tests need, in exact versions: installed into a cache that all checkouts share,
//! each set of pins in a folder of its own.
//!
//! What can be missing is the language or its registry; that is a reason to skip a step, while a package that is not
//! the pinned one is a failure.

use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::interrupt;
use crate::processes::{POLL, output};
use crate::screen;
use crate::system;
use crate::tally::Skipped;
use crate::tools;
use crate::workspace;

/// Written last: a folder without it was left half-made.
const COMPLETE: &str = ".complete";

/// How pip and npm say that a package is not the pinned one. Anything else they fail at is a matter of the machine.
const NOT_THE_PINNED_ONE: [&str; 2] = ["DO NOT MATCH THE HASHES", "EINTEGRITY"];

/// A language with its package manager.
pub(crate) struct Language {
    /// What it is in words.
    wanted: &'static str,
    /// For `sh`: succeeds where the language is there, and names its version.
    version: &'static str,
    /// What brings it on Debian.
    debian_packages: &'static [&'static str],
    /// The files that hold the exact versions.
    pins: &'static [&'static str],
    /// For `sh`: installs into the folder `$1`, which holds the pins.
    install: &'static str,
}

/// Python and pip.
pub(crate) const PYTHON_3_11: Language = Language {
    wanted: "Python 3.11 or newer with venv",
    // ensurepip is what Debian leaves out of Python until somebody asks for python3-venv.
    version: "python3 -c 'import sys, ensurepip, venv; assert sys.version_info >= (3, 11); print(sys.version)'",
    debian_packages: &["python3-venv"],
    pins: &["requirements.txt"],
    // Long retries only delay the news that there is no registry.
    install: "python3 -m venv \"$1\" && \"$1/bin/python\" -m pip install --disable-pip-version-check --retries 2 \
              --no-deps --only-binary :all: --require-hashes --requirement \"$1/requirements.txt\"",
};

/// The same, and packages that are there as sources only, which are built by what was installed before.
pub(crate) const PYTHON_WITH_SOURCES: Language = Language {
    pins: &["requirements.txt", "sources.txt"],
    install: "cd \"$1\" && python3 -m venv . && \
              pip='bin/python -m pip install --disable-pip-version-check --retries 2 --no-deps --require-hashes' && \
              $pip --only-binary :all: --requirement requirements.txt && \
              $pip --no-build-isolation --requirement sources.txt",
    ..PYTHON_3_11
};

/// Node and npm.
pub(crate) const NODE: Language = Language {
    wanted: "Node 18 or newer with npm",
    version: "node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' && node --version && npm --version",
    debian_packages: &["nodejs", "npm"],
    pins: &["package.json", "package-lock.json"],
    install: "npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-retry-mintimeout=1000 \
              --prefix \"$1\"",
};

/// A newer Node, and npm.
pub(crate) const NODE_20: Language = Language {
    wanted: "Node 20.19 or newer with npm",
    version: "node -e 'const [major, minor] = process.versions.node.split(\".\").map(Number); \
              process.exit(major * 100 + minor < 2019 ? 1 : 0)' && node --version && npm --version",
    ..NODE
};

/// A package, or several that belong together.
pub(crate) struct Package {
    /// What it is called on the screen and in the cache.
    pub(crate) name: &'static str,
    /// What it is written in.
    pub(crate) language: &'static Language,
    /// Where the pins are, from the workspace's root.
    pub(crate) folder: &'static str,
}

impl Package {
    /// Installs it, once for all checkouts, and says where. [`Skipped`] where it cannot be had.
    pub(crate) fn install(&self) -> anyhow::Result<PathBuf> {
        self.install_into(&tools::cache_folder("clients")?)
    }

    fn install_into(&self, cache: &Path) -> anyhow::Result<PathBuf> {
        fs::create_dir_all(cache).with_context(|| format!("cannot create {}", cache.display()))?;
        // Before the language, too: of two who call apt-get at once one is turned away.
        let _lock = lock(cache)?;
        let version = self.language.version_or_debians()?;
        // The language's version is part of the name, because a newer interpreter needs the packages once more.
        let mut name = DefaultHasher::new();
        version.hash(&mut name);
        let pins = workspace::root().join(self.folder);
        for file in self.language.pins {
            let path = pins.join(file);
            let text = fs::read(&path).with_context(|| format!("no {}", path.display()))?;
            text.hash(&mut name);
        }
        let folder = cache.join(format!("{}-{:016x}", self.name, name.finish()));
        if !folder.join(COMPLETE).exists() {
            workspace::remove_folder(&folder)?;
            fs::create_dir(&folder)?;
            for file in self.language.pins {
                fs::copy(pins.join(file), folder.join(file))?;
            }
            screen::say(&format!("installing {}, once for all checkouts", self.name));
            let mut installer = workspace::command("sh");
            installer.args(["-c", self.language.install, "sh"]);
            install(installer.arg(&folder))?;
            fs::write(folder.join(COMPLETE), "")?;
        }
        Ok(folder)
    }
}

impl Language {
    /// What the language calls itself, after installing it where that is allowed.
    fn version_or_debians(&self) -> anyhow::Result<String> {
        let ask = || output(workspace::command("sh").args(["-c", self.version]));
        if let Ok(version) = ask() {
            return Ok(version);
        }
        if system::may_install()
            && let Err(error) = system::apt_install(self.debian_packages)
        {
            interrupt::check()?;
            screen::print_line(&format!("{error:#}"));
        }
        ask().map_err(|_| Skipped(format!("needs {}", self.wanted)).into())
    }
}

/// Waits until nobody else installs into this cache: another checkout, or what runs beside.
fn lock(cache: &Path) -> anyhow::Result<File> {
    let file = File::create(cache.join(".lock"))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => interrupt::check()?,
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        std::thread::sleep(POLL);
    }
}

/// Runs an installer, whose lines matter only where it fails.
fn install(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().context("cannot start an installer")?;
    interrupt::check()?;
    if output.status.success() {
        return Ok(());
    }
    let lines = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    screen::print_line(&lines);
    let is_forged = NOT_THE_PINNED_ONE.iter().any(|words| lines.contains(words));
    anyhow::ensure!(!is_forged, "a package is not the pinned one, see above");
    let status = output.status;
    Err(Skipped(format!(
        "it cannot be installed ({status}): no package registry?"
    ))
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_registry_is_a_reason_and_a_forged_package_a_failure() {
        let failure = |script: &str| install(Command::new("sh").args(["-c", script])).unwrap_err();
        assert!(install(&mut Command::new("true")).is_ok());
        assert!(failure("echo 'npm error code ENOTFOUND' >&2; exit 1").is::<Skipped>());
        for forged in [
            "echo 'npm error code EINTEGRITY' >&2; exit 1",
            "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES'; exit 1",
        ] {
            assert!(!failure(forged).is::<Skipped>(), "{forged}");
        }
    }

    /// Looks for the language only when it has its turn, and has another folder for another interpreter.
    #[test]
    fn a_package_is_installed_once_for_each_version_of_its_language() {
        let cache = tempfile::tempdir().unwrap();
        let folder = |version: &str| {
            let is_locked = format!("test -e {}/.lock && echo {version}", cache.path().display());
            let language = Language {
                version: is_locked.leak(),
                pins: &["Cargo.toml"],
                install: "test ! -e \"$1/seen\" && touch \"$1/seen\"",
                ..NODE
            };
            let package = Package {
                name: "nothing",
                language: Box::leak(Box::new(language)),
                folder: "tools/xtask",
            };
            package.install_into(cache.path()).unwrap()
        };
        assert_eq!(folder("3.11"), folder("3.11"));
        assert_ne!(folder("3.11"), folder("3.12"));
    }
}
