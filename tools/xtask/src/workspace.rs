//! Where things are in this checkout, and how its cargo is called.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::Context;

/// The checkout's top folder.
pub(crate) fn root() -> PathBuf {
    // cargo says at run time which checkout called; the compiled-in path covers a direct start of the binary.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest
        .ancestors()
        .nth(2)
        .map_or(manifest.clone(), Path::to_owned)
}

/// The text of a file of the checkout.
pub(crate) fn read(path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(root().join(path)).with_context(|| format!("cannot read {path}"))
}

/// The paths of all files below `folder`, sorted.
pub(crate) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A hash over files of a folder, with their names, and over texts; what is not there counts as that. Folders stand for
/// all that is in them.
pub(crate) fn digest<'a>(
    folder: &Path,
    paths: impl IntoIterator<Item = &'a str>,
    texts: &[String],
) -> anyhow::Result<String> {
    let mut found = Vec::new();
    for path in paths {
        let path = folder.join(path);
        match path.is_dir() {
            true => found.extend(files(&path)?),
            false => found.push(path),
        }
    }
    found.sort();
    // Two of 64 bits: nobody chooses what goes in, but it must not happen by itself.
    let mut hashers = [0_u8, 1].map(|first| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(first);
        texts.hash(&mut hasher);
        hasher
    });
    for path in found {
        let content = path.exists().then(|| std::fs::read(&path)).transpose();
        let content = content.with_context(|| format!("cannot read {}", path.display()))?;
        for hasher in &mut hashers {
            (path.strip_prefix(folder)?, &content).hash(hasher);
        }
    }
    Ok(hashers.map(|it| format!("{:016x}", it.finish())).concat())
}

/// Removes a folder if it is there.
pub(crate) fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// A debug binary of the workspace: cargo puts all of them beside this program, wherever the target folder is.
pub(crate) fn debug_binary(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot find the folder of built programs")?;
    Ok(own.with_file_name(name))
}

/// The environment variable of this name; an empty one is as good as none.
pub(crate) fn told(name: &str) -> Option<String> {
    let text = std::env::var(name).ok()?;
    (!text.trim().is_empty()).then_some(text)
}

/// A command in the checkout's top folder, without input, and without the variables that `cargo run` set for xtask:
/// build scripts take some of them for their own and would run again.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// The cargo that runs xtask, so the pinned toolchain.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A subcommand of it on exactly the versions in `Cargo.lock`: where the file does not fit the manifests it fails
/// instead of choosing others.
pub(crate) fn locked_cargo(subcommand: &str) -> Command {
    let mut command = cargo();
    command.args([subcommand, "--locked"]);
    if let Some(clippy) = COMPILER.get() {
        command.env("RUSTC_WORKSPACE_WRAPPER", clippy);
    }
    command
}

/// The proxy's tests whose names have this in them and that only run where they are asked for, with all that they print;
/// `which` is `--ignored`, or `--include-ignored` for the others, too.
pub(crate) fn proxy_tests(which: &str, named: &str) -> Command {
    let mut command = locked_cargo("test");
    command.args(["--quiet", "--package", "wechat-login-proxy"]);
    command.args(["--test", "it", "--", which, "--nocapture", named]);
    command
}

/// What compiles our own crates, if it is not rustc alone.
static COMPILER: OnceLock<PathBuf> = OnceLock::new();

/// From now on clippy looks at whatever [`locked_cargo`] compiles, as `cargo clippy` has it look: so nothing is checked
/// first and then compiled again, dependencies above all.
pub(crate) fn lint_what_is_compiled() {
    let beside = std::env::var_os("CARGO").map(PathBuf::from);
    let driver = beside.map_or_else(
        || PathBuf::from("clippy-driver"),
        |cargo| cargo.with_file_name("clippy-driver"),
    );
    // Whoever was first has said the same.
    let _ = COMPILER.set(driver);
}

/// The version that Cargo.lock holds for `package`.
pub(crate) fn locked_version(lock: &str, package: &str) -> anyhow::Result<String> {
    let entry = format!("[[package]]\nname = \"{package}\"\nversion = \"");
    match lock.split(&entry).collect::<Vec<&str>>()[..] {
        [_, rest] => Ok(rest.split('"').next().unwrap_or_default().to_owned()),
        _ => anyhow::bail!(
            "Cargo.lock has not exactly one version of {package}, for the tool of the same name"
        ),
    }
}

/// The files of the repository that these patterns of git's fit, new ones included.
#[cfg(test)]
pub(crate) fn files_like(patterns: &[&str]) -> Vec<PathBuf> {
    let mut git = command("git");
    git.args(["ls-files", "-co", "--exclude-standard", "--"]);
    let listed = String::from_utf8(git.args(patterns).output().unwrap().stdout).unwrap();
    listed.lines().map(|file| root().join(file)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\ndependencies = [\n \"wasm-bindgen-macro\",\n]\n\n[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.131\"\n";

    #[test]
    fn locked_version_is_of_the_whole_name_and_of_one() {
        let version = |lock: &str, name| locked_version(lock, name).ok();
        assert_eq!(version(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(
            version(LOCK, "wasm-bindgen-macro").as_deref(),
            Some("0.2.131")
        );
        assert_eq!(version(LOCK, "wasm"), None);
        assert_eq!(version(&LOCK.repeat(2), "wasm-bindgen"), None);
    }

    #[test]
    fn the_hash_is_another_one_after_every_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let hash = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|it| (*it).to_owned()).collect();
            digest(folder.path(), ["a", "b"], &texts).unwrap()
        };
        std::fs::create_dir(path("a")).unwrap();
        let mut seen = vec![hash(&[]), hash(&["x"]), hash(&["y"])];
        std::fs::write(path("a/1"), "1").unwrap();
        seen.push(hash(&[]));
        std::fs::write(path("a/1"), "2").unwrap();
        seen.push(hash(&[]));
        std::fs::rename(path("a/1"), path("a/2")).unwrap();
        seen.push(hash(&[]));
        std::fs::write(path("b"), "").unwrap();
        seen.push(hash(&[]));
        assert_eq!(hash(&[]), seen[6]);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 7);
    }
}
