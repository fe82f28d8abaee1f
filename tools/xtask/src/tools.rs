//! The pinned build tools, compiled once by `cargo install` into a per-user cache that all checkouts share.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::processes;
use crate::screen;
use crate::workspace;

/// The last trunk that builds without any TLS library: nothing here downloads through it, and it compiles in a
/// seventh of the time. From 0.22 on one is required, and a JavaScript compiler comes along.
const TRUNK_VERSION: &str = "0.21.14";

/// Makes the book of Markdown. Under the Mozilla Public License, which is fine here: it is a tool as it was published, and
/// no part of what we build but for the pages' own style and scripts, which come with their source.
const MDBOOK_VERSION: &str = "0.5.4";

/// All of them are compiled in one folder, for they share many crates; it goes when trunk and wasm-bindgen are there.
const BUILD_FOLDER: &str = "target/tools";

/// The tools, ready to be called.
pub(crate) struct Tools {
    trunk: PathBuf,
    /// The folder of `app-build`.
    ours: PathBuf,
    /// PATH with our wasm-bindgen first, so that trunk looks no further.
    path: OsString,
}

impl Tools {
    /// trunk in the checkout's top folder.
    pub(crate) fn trunk(&self) -> Command {
        let mut command = workspace::command(&self.trunk);
        command.env("PATH", &self.path);
        // trunk reads NO_COLOR as a switch that has to say "true" and fails on the usual "1".
        command.env_remove("NO_COLOR");
        // With it a misspelt word in the app is followed by a hundred lines of trunk's own call stack.
        command.env_remove("RUST_BACKTRACE");
        command.env("TRUNK_COLOR", screen::colours());
        command
    }
}

impl Tools {
    /// What builds the app without trunk, in the checkout's top folder.
    pub(crate) fn app_build(&self) -> Command {
        workspace::command(self.ours.join("app-build"))
    }
}

/// Finds or compiles trunk and wasm-bindgen.
pub(crate) fn ensure() -> anyhow::Result<Tools> {
    let ours = app_build()?;
    let arguments = ["--no-default-features", "--locked"];
    let trunk = installed("trunk", "trunk", TRUNK_VERSION, &arguments)?;
    workspace::remove_folder(&workspace::root().join(BUILD_FOLDER))?;
    let path = path_with(&ours)?;
    Ok(Tools { trunk, ours, path })
}

/// PATH with this folder first.
fn path_with(first: &Path) -> anyhow::Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(first.to_owned()).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(all)?)
}

/// The folder of `app-build`, which is there under the name `wasm-bindgen`, too: compiled of the sources and versions of
/// this checkout, once for all checkouts that have the same.
fn app_build() -> anyhow::Result<PathBuf> {
    const SOURCES: &str = "tools/app-build";
    let lock = workspace::read("Cargo.lock")?;
    // What reads and writes modules; the rest makes no difference to them.
    let packages = lock.split("\n[[package]]\n").filter(|package| {
        ["wasm", "walrus"]
            .iter()
            .any(|it| package.starts_with(&format!("name = \"{it}")))
    });
    let packages: Vec<String> = packages.map(str::to_owned).collect();
    let paths = [SOURCES, "rust-toolchain.toml"];
    let hash = workspace::digest(&workspace::root(), paths, &packages)?;
    let folder = cache_folder("tools")?.join(format!("app-build-{hash}"));
    if folder.is_dir() {
        return Ok(folder);
    }
    screen::say("compiling wasm-bindgen, once for all checkouts (half a minute on two cores)");
    let target = workspace::root().join(BUILD_FOLDER);
    let mut cargo = workspace::cargo();
    cargo
        .args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "app-build",
            "--target-dir",
        ])
        .arg(&target);
    processes::run(&mut cargo).context("wasm-bindgen does not compile")?;
    // Under its name when it is complete.
    let new = folder.with_extension(format!("new-{}", std::process::id()));
    std::fs::create_dir_all(&new)?;
    for name in ["app-build", "wasm-bindgen"] {
        std::fs::copy(target.join("debug/app-build"), new.join(name))?;
    }
    // Somebody else may have been as quick; theirs is the same.
    if std::fs::rename(&new, &folder).is_err() {
        workspace::remove_folder(&new)?;
    }
    Ok(folder)
}

/// mdBook, found or compiled, without what serves and watches a book.
pub(crate) fn mdbook() -> anyhow::Result<PathBuf> {
    let arguments = ["--locked", "--no-default-features", "--features=search"];
    let mdbook = installed("mdbook", "mdbook", MDBOOK_VERSION, &arguments)?;
    workspace::remove_folder(&workspace::root().join(BUILD_FOLDER))?;
    Ok(mdbook)
}

/// Where the program of a package in exactly this version is. `cargo install` leaves it alone where it is there already,
/// and makes whoever wants to install the same at the same time wait.
pub(crate) fn installed(
    package: &str,
    program: &str,
    version: &str,
    arguments: &[&str],
) -> anyhow::Result<PathBuf> {
    let folder = cache_folder("tools")?.join(format!("{program}-{version}"));
    let path = folder.join("bin").join(program);
    if !path.exists() {
        screen::say(&format!(
            "compiling {package} {version}, once for all checkouts (1 or 2 minutes on two cores)"
        ));
    }
    let mut cargo = workspace::cargo();
    cargo
        .args(["install", package, "--quiet", "--debug"])
        .args(["--version", &format!("={version}"), "--bin", program])
        .args(arguments)
        .arg("--root")
        .arg(folder)
        .env("CARGO_TARGET_DIR", workspace::root().join(BUILD_FOLDER))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        // What they would look after at run time is compiled, too.
        .env("CARGO_PROFILE_DEV_DEBUG_ASSERTIONS", "false")
        .env("CARGO_PROFILE_DEV_OVERFLOW_CHECKS", "false")
        .env("CARGO_INCREMENTAL", "0");
    processes::run(&mut cargo).with_context(|| format!("cannot install {package} {version}"))?;
    Ok(path)
}

/// The first file called `program` in the folders of PATH.
pub(crate) fn search_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// The user's folder for `purpose`, which all checkouts share: by the XDG base directory specification, which has
/// `$XDG_CACHE_HOME` count only if it is absolute.
pub(crate) fn cache_folder(purpose: &str) -> anyhow::Result<PathBuf> {
    let told = |name| Some(PathBuf::from(std::env::var_os(name)?)).filter(|it| it.is_absolute());
    let caches = told("XDG_CACHE_HOME").or_else(|| Some(told("HOME")?.join(".cache")));
    let caches = caches.context("neither XDG_CACHE_HOME nor HOME names a folder: no cache")?;
    Ok(caches.join("wechat-login").join(purpose))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_finds_our_wasm_bindgen_before_any_other() {
        let theirs = std::env::var_os("PATH").unwrap_or_default();
        let tools = Tools {
            trunk: "/cache/trunk/bin/trunk".into(),
            ours: "/cache/ours".into(),
            path: path_with("/cache/ours".as_ref()).unwrap(),
        };
        let trunk = tools.trunk();
        // The file itself, whatever else is called trunk.
        assert_eq!(trunk.get_program(), "/cache/trunk/bin/trunk");
        let path = trunk.get_envs().find(|(name, _)| *name == "PATH");
        let path = path.unwrap().1.unwrap();
        let mut folders = std::env::split_paths(path);
        assert_eq!(folders.next(), Some(PathBuf::from("/cache/ours")));
        assert!(folders.eq(std::env::split_paths(&theirs)));
    }
}
