//! Packages of other languages that tests need, in exact versions: installed into a cache that all checkouts share,
//! each set of pins in a folder of its own.
//!
//! What can be missing is the language or its registry; that is a reason to skip a step, while a package that is not
//! the pinned one is a failure.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::debian;
use crate::install::{lock, remove_folder};
use crate::interrupt;
use crate::log_lines::LogLines;
use crate::processes::Group;
use crate::screen;
use crate::tools;
use crate::workspace;

/// Written last: a folder without it was left half-made.
const COMPLETE: &str = ".complete";

/// How pip and npm say that a package is not the pinned one. Anything else they fail at is a matter of the machine.
const NOT_THE_PINNED_ONE: [&str; 2] = ["DO NOT MATCH THE HASHES", "EINTEGRITY"];

/// A language with its package manager.
pub(crate) struct Language {
    /// A command that succeeds where the language is there, and names its version.
    version: &'static [&'static str],
    /// The language in words.
    wanted: &'static str,
    /// What brings it on Debian.
    debian_packages: &'static [&'static str],
    /// The commands that install into a folder holding the pins.
    install: fn(&Path) -> Vec<Command>,
}

/// Python and pip.
pub(crate) const PYTHON_3_11: Language = Language {
    // ensurepip is what Debian leaves out of Python until somebody asks for python3-venv.
    version: &[
        "python3",
        "-c",
        "import sys, ensurepip, venv; assert sys.version_info >= (3, 11); print(sys.version)",
    ],
    wanted: "Python 3.11 or newer with venv",
    debian_packages: &["python3-venv"],
    install: python_packages,
};

/// Node and npm.
pub(crate) const NODE: Language = Language {
    version: &[
        "sh",
        "-c",
        "node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' && node --version && npm --version",
    ],
    wanted: "Node 18 or newer with npm",
    debian_packages: &["nodejs", "npm"],
    install: node_packages,
};

/// A newer Node, and npm.
pub(crate) const NODE_20: Language = Language {
    version: &[
        "sh",
        "-c",
        "node -e 'const [major, minor] = process.versions.node.split(\".\").map(Number); \
         process.exit(major * 100 + minor < 2019 ? 1 : 0)' && node --version && npm --version",
    ],
    wanted: "Node 20.19 or newer with npm",
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
    /// The files there that hold the exact versions.
    pub(crate) pins: &'static [&'static str],
}

/// Whether a package can be used here.
pub(crate) enum Installed {
    /// In this folder.
    Ready(PathBuf),
    /// Not, and why.
    Missing(String),
}

impl Package {
    /// Installs it, once for all checkouts.
    ///
    /// # Errors
    /// When it is not the pinned one, the cache cannot be written, or on an interruption.
    pub(crate) fn install(&self) -> anyhow::Result<Installed> {
        self.install_into(&tools::cache_folder("clients")?)
    }

    fn install_into(&self, cache: &Path) -> anyhow::Result<Installed> {
        std::fs::create_dir_all(cache)
            .with_context(|| format!("cannot create {}", cache.display()))?;
        // Before the language, too: of two who call apt-get at once one is turned away.
        let _lock = lock(cache)?;
        let Some(version) = self.language.version_or_debians()? else {
            return Ok(Installed::Missing(format!(
                "needs {}",
                self.language.wanted
            )));
        };
        // The language's version is part of the name, because a newer interpreter needs the packages once more.
        let fingerprint = fingerprint(self, &version)?;
        let folder = cache.join(format!("{}-{fingerprint:016x}", self.name));
        if !folder.join(COMPLETE).exists() {
            remove_folder(&folder)?;
            std::fs::create_dir(&folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
            for pins in self.pins {
                std::fs::copy(self.pin(pins), folder.join(pins))?;
            }
            screen::say(&format!("installing {}, once for all checkouts", self.name));
            for mut command in (self.language.install)(&folder) {
                if let Some(reason) = run(&mut command)? {
                    return Ok(Installed::Missing(reason));
                }
            }
            std::fs::write(folder.join(COMPLETE), "")?;
        }
        Ok(Installed::Ready(folder))
    }

    fn pin(&self, name: &str) -> PathBuf {
        workspace::root().join(self.folder).join(name)
    }
}

impl Language {
    /// What the language calls itself, after installing it where that is allowed.
    fn version_or_debians(&self) -> anyhow::Result<Option<String>> {
        if let Some(version) = self.version() {
            return Ok(Some(version));
        }
        if debian::may_install() {
            screen::say(&format!(
                "installing {} from Debian (about 1 minute)",
                self.wanted
            ));
            if let Err(error) = debian::install(self.debian_packages) {
                interrupt::check()?;
                screen::print_line(&format!("{error:#}"));
            }
        }
        Ok(self.version())
    }

    fn version(&self) -> Option<String> {
        let (program, arguments) = self.version.split_first()?;
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

/// Changes with the pins and with the interpreter.
fn fingerprint(package: &Package, language: &str) -> anyhow::Result<u64> {
    let mut hasher = DefaultHasher::new();
    language.hash(&mut hasher);
    for pins in package.pins {
        let path = package.pin(pins);
        let text =
            std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        text.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Runs an installer; gives why it could not install, with its own lines printed.
fn run(command: &mut Command) -> anyhow::Result<Option<String>> {
    interrupt::check()?;
    let mut group = Group::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let output = LogLines::each(group.leader(), |_| {});
    let status = group.wait()?;
    if status.success() {
        return Ok(None);
    }
    let lines = output.last_lines();
    for line in &lines {
        screen::print_line(&format!("    {line}"));
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let is_forged = lines
        .iter()
        .any(|line| NOT_THE_PINNED_ONE.iter().any(|words| line.contains(words)));
    anyhow::ensure!(
        !is_forged,
        "{program} got a package that is not the pinned one, see above"
    );
    let name = Path::new(&program).file_name().unwrap_or_default();
    Ok(Some(format!(
        "{} cannot install it ({status}): no package registry?",
        name.to_string_lossy()
    )))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn installer(script: &str) -> anyhow::Result<Option<String>> {
        run(Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn a_missing_registry_is_a_reason_and_a_forged_package_a_failure() {
        assert_eq!(installer("true").unwrap(), None);
        let reason = installer("echo 'npm error code ENOTFOUND' >&2; exit 1").unwrap();
        assert!(reason.unwrap().contains("no package registry?"));
        assert!(installer("echo 'npm error code EINTEGRITY' >&2; exit 1").is_err());
        assert!(installer("echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES'; exit 1").is_err());
    }

    #[test]
    fn one_after_the_other_looks_for_the_language_and_installs_it() {
        let cache = tempfile::tempdir().unwrap();
        // There only once somebody has its turn.
        let taken = format!("test -e {}/.lock && echo 1", cache.path().display());
        let version = ["sh", "-c", &*Box::leak(taken.into_boxed_str())];
        let package = Package {
            name: "nothing",
            language: Box::leak(Box::new(Language {
                version: Box::leak(Box::new(version)),
                wanted: "a lock",
                debian_packages: &[],
                install: |_| Vec::new(),
            })),
            folder: "tools/xtask",
            pins: &[],
        };
        let installed = package.install_into(cache.path()).unwrap();
        assert!(matches!(installed, Installed::Ready(_)));
    }

    #[test]
    fn another_interpreter_is_another_folder() {
        let package = &crate::axe::PACKAGE;
        let of = |language| fingerprint(package, language).unwrap();
        assert_eq!(of("3.11"), of("3.11"));
        assert_ne!(of("3.11"), of("3.12"));
    }
}
