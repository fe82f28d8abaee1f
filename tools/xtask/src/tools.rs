//! The pinned build tools: from PATH when the version is exactly right, else from a per-user cache that all
//! checkouts share, else compiled into that cache.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::install;
use crate::screen;
use crate::workspace;

/// The last trunk that builds without any TLS library: nothing here downloads through it, and it compiles in a
/// seventh of the time. From 0.22 on one is required, and a JavaScript compiler comes along.
const TRUNK_VERSION: &str = "0.21.14";

/// A tool, its exact version, and how it is compiled.
pub(crate) struct Pinned {
    /// The program's name.
    pub(crate) program: &'static str,
    /// The package it comes from.
    pub(crate) package: &'static str,
    /// The only version that will do.
    pub(crate) version: String,
    /// Further arguments of `cargo install`.
    pub(crate) arguments: &'static [&'static str],
    /// What compiling usually takes, for the screen.
    pub(crate) usual_time: &'static str,
}

/// The tools, ready to be called.
pub(crate) struct Tools {
    trunk: PathBuf,
    wasm_bindgen: PathBuf,
}

impl Tools {
    /// wasm-bindgen in the checkout's top folder.
    pub(crate) fn wasm_bindgen(&self) -> Command {
        workspace::command(&self.wasm_bindgen)
    }

    /// trunk in the checkout's top folder, with our wasm-bindgen first on its PATH so that it looks no further.
    pub(crate) fn trunk(&self) -> Command {
        let mut command = workspace::command(&self.trunk);
        let first = self.wasm_bindgen.parent().map(Path::to_owned);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = first.into_iter().chain(std::env::split_paths(&path));
        if let Ok(path) = std::env::join_paths(folders) {
            command.env("PATH", path);
        }
        // trunk reads NO_COLOR as a switch that has to say "true" and fails on the usual "1".
        command.env_remove("NO_COLOR");
        // With it a misspelt word in the app is followed by a hundred lines of trunk's own call stack.
        command.env_remove("RUST_BACKTRACE");
        let colour = if screen::is_terminal() {
            "always"
        } else {
            "never"
        };
        command.env("TRUNK_COLOR", colour);
        command
    }
}

/// `cargo xtask tools`: says what is there in the end.
///
/// # Errors
/// As [`ensure`].
pub(crate) fn run() -> anyhow::Result<()> {
    let tools = ensure()?;
    for program in [&tools.trunk, &tools.wasm_bindgen] {
        screen::say(&format!("ready: {}", program.display()));
    }
    Ok(())
}

/// Finds or compiles every tool.
///
/// # Errors
/// When a tool cannot be installed, or on an interruption.
pub(crate) fn ensure() -> anyhow::Result<Tools> {
    let lock_file = workspace::root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&lock_file)
        .with_context(|| format!("cannot read {}", lock_file.display()))?;
    // The tool refuses modules of any other version of the library, so the library decides.
    let wasm_bindgen_version = workspace::locked_version(&lock, "wasm-bindgen")?;

    let wasm_bindgen = find_or_install(&Pinned {
        program: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        version: wasm_bindgen_version,
        // Not --locked: the lock file it is published with does not resolve. The one optimised crate is the
        // one that reads the modules.
        arguments: &[
            "--no-default-features",
            "--config",
            "profile.dev.package.walrus.opt-level=2",
        ],
        usual_time: "1 minute",
    })?;
    let trunk = find_or_install(&Pinned {
        program: "trunk",
        package: "trunk",
        version: TRUNK_VERSION.to_owned(),
        arguments: &["--no-default-features", "--locked"],
        usual_time: "2 minutes",
    })?;
    install::clean_up(&cache_folder("tools")?);
    Ok(Tools {
        trunk,
        wasm_bindgen,
    })
}

/// Where the tool is, after compiling it into the cache if it is nowhere.
///
/// # Errors
/// When it cannot be installed, or on an interruption.
pub(crate) fn find_or_install(tool: &Pinned) -> anyhow::Result<PathBuf> {
    let on_path = search_path(tool.program);
    if let Some(program) = on_path.filter(|program| has_version(program, &tool.version)) {
        return Ok(program);
    }
    let cache = cache_folder("tools")?;
    let program = installed_folder(&cache, tool)
        .join("bin")
        .join(tool.program);
    if !has_version(&program, &tool.version) {
        install::install(tool, &cache, &program)?;
    }
    Ok(program)
}

/// Where a tool of exactly this version lives in the cache.
pub(crate) fn installed_folder(cache: &Path, tool: &Pinned) -> PathBuf {
    cache.join(format!("{}-{}", tool.program, tool.version))
}

/// Whether `program` runs and calls itself by this version.
pub(crate) fn has_version(program: &Path, version: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| reported_version(&output.stdout) == Some(version))
}

/// The version in an answer like `trunk 0.21.14`, `wasm-bindgen 0.2.130 (abcdef)` or just `0.9.2`.
fn reported_version(answer: &[u8]) -> Option<&str> {
    let mut words = std::str::from_utf8(answer).ok()?.split_whitespace();
    words.find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

/// The first file called `program` in the folders of PATH.
pub(crate) fn search_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// The user's folder for `purpose`, which all checkouts share.
///
/// # Errors
/// When the environment names no place for it.
pub(crate) fn cache_folder(purpose: &str) -> anyhow::Result<PathBuf> {
    cache_folder_from(
        purpose,
        std::env::var_os("XDG_CACHE_HOME").as_deref(),
        std::env::var_os("HOME").as_deref(),
    )
    .context("neither XDG_CACHE_HOME nor HOME is set: no place for what is installed once")
}

/// `$XDG_CACHE_HOME` counts only if it is absolute, as the XDG base directory specification has it.
fn cache_folder_from(purpose: &str, xdg: Option<&OsStr>, home: Option<&OsStr>) -> Option<PathBuf> {
    let caches = xdg
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| {
            let home = home.map(OsString::from).filter(|home| !home.is_empty())?;
            Some(PathBuf::from(home).join(".cache"))
        })?;
    Some(caches.join("wechat-login").join(purpose))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_the_first_word_that_begins_with_a_digit() {
        assert_eq!(reported_version(b"trunk 0.21.14\n"), Some("0.21.14"));
        assert_eq!(
            reported_version(b"wasm-bindgen 0.2.130 (0123abc)\n"),
            Some("0.2.130")
        );
        assert_eq!(reported_version(b"0.9.2\n"), Some("0.9.2"));
        assert_eq!(reported_version(b"trunk"), None);
        assert_eq!(reported_version(b""), None);
    }

    #[test]
    fn cache_is_per_user_and_outside_the_checkout() {
        let folder = |xdg: Option<&str>, home: Option<&str>| {
            cache_folder_from("tools", xdg.map(OsStr::new), home.map(OsStr::new))
        };
        let in_home = PathBuf::from("/home/li/.cache/wechat-login/tools");
        assert_eq!(folder(None, Some("/home/li")), Some(in_home.clone()));
        assert_eq!(folder(Some(""), Some("/home/li")), Some(in_home.clone()));
        assert_eq!(folder(Some("cache"), Some("/home/li")), Some(in_home));
        assert_eq!(
            folder(Some("/var/cache"), Some("/home/li")),
            Some(PathBuf::from("/var/cache/wechat-login/tools"))
        );
        assert_eq!(folder(None, None), None);
        assert_eq!(folder(None, Some("")), None);
    }

    #[test]
    fn a_program_that_does_not_exist_has_no_version() {
        assert!(!has_version(Path::new("/nonexistent/trunk"), "0.21.14"));
    }
}
