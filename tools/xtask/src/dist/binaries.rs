//! Static programs: linked with musl, so that they run on any Linux of this architecture, in an empty container too.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use anyhow::Context;

use crate::processes;
use crate::screen;
use crate::system;
use crate::workspace;

/// The profile in Cargo.toml.
const PROFILE: &str = "server";

/// Where the programs are.
pub(crate) struct Binaries {
    /// `wechat-login-proxy`.
    pub(crate) proxy: PathBuf,
    /// `wechat-simulator`.
    pub(crate) simulator: PathBuf,
    /// What they were built for and with, in the package's list of versions.
    pub(super) built: String,
}

/// The machine's own architecture with musl.
pub(super) fn target() -> String {
    format!("{}-unknown-linux-musl", std::env::consts::ARCH)
}

/// Builds both programs, after installing Rust's library for musl and a C compiler for it where that is allowed.
///
/// # Errors
/// When something is missing, cargo fails, or what it made is not static or names a place of this machine.
pub(crate) fn build() -> anyhow::Result<Binaries> {
    anyhow::ensure!(
        cfg!(target_os = "linux"),
        "the static programs are for Linux and are built on Linux"
    );
    system::ensure([&system::MUSL])?;
    let target = target();
    // Says nothing and takes no time where it is there already.
    let mut rustup = workspace::command("rustup");
    processes::run(rustup.args(["--quiet", "target", "add", &target]))?;
    screen::say("building the static programs (6 minutes the first time on two cores)");
    let places = places()?;
    let mut cargo = workspace::cargo();
    cargo
        .args(["build", "--locked", "--profile", PROFILE])
        .args(["--target", &target])
        .args(["--package=wechat-login-proxy", "--package=wechat-simulator"])
        .envs(environment(&target, &places))
        // They would replace ours.
        .env_remove("RUSTFLAGS");
    processes::run(&mut cargo)?;
    let folder = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace::root().join("target"), PathBuf::from)
        .join(&target)
        .join(PROFILE);
    let binaries = Binaries {
        proxy: folder.join("wechat-login-proxy"),
        simulator: folder.join("wechat-simulator"),
        built: format!(
            "target: {target}\ngcc for musl: {}",
            processes::output(workspace::command("musl-gcc").arg("-dumpfullversion"))?.trim()
        ),
    };
    let sought = AhoCorasick::new(places.iter().map(|(place, _)| place))?;
    for binary in [&binaries.proxy, &binaries.simulator] {
        anyhow::ensure!(
            is_static(binary)?,
            "{} asks for a dynamic linker, so it would not run in an empty container",
            binary.display()
        );
        let found = sought.find(&std::fs::read(binary)?);
        let found = found.and_then(|place| places.get(place.pattern().as_usize()));
        anyhow::ensure!(
            found.is_none(),
            "{} has the path {found:?}",
            binary.display()
        );
    }
    Ok(binaries)
}

/// Those that the tests run, without their symbols, in this folder.
///
/// # Errors
/// When they are not compiled, or nothing here strips them.
pub(super) fn of_the_tests(folder: &Path) -> anyhow::Result<Binaries> {
    let stripped = |name: &str| -> anyhow::Result<PathBuf> {
        let program = folder.join(name);
        let mut strip = workspace::command("strip");
        strip.arg("-o").arg(&program);
        processes::run(strip.arg(workspace::debug_binary(name)?))?;
        Ok(program)
    };
    Ok(Binaries {
        proxy: stripped("wechat-login-proxy")?,
        simulator: stripped("wechat-simulator")?,
        built: "target: this machine, for tests: no release".to_owned(),
    })
}

/// What makes the same commit the same bytes wherever it is built: no path and no time goes in.
fn environment(target: &str, places: &[(String, &str)]) -> Vec<(String, OsString)> {
    let all = |option: &str, separator: &str| {
        let options = places
            .iter()
            .map(|(place, shown)| format!("{option}={place}={shown}"));
        options.collect::<Vec<String>>().join(separator)
    };
    let suffix = target.replace('-', "_");
    let rust = all("--remap-path-prefix", "\x1f");
    let c = all("-ffile-prefix-map", " ");
    vec![
        // Instead of the time of the build in __DATE__ and __TIME__, which mimalloc has in it. Not the commit's: cargo
        // does not compile C again because this has changed.
        ("SOURCE_DATE_EPOCH".to_owned(), "0".into()),
        ("CARGO_ENCODED_RUSTFLAGS".to_owned(), rust.into()),
        (format!("CC_{suffix}"), "musl-gcc".into()),
        // Of a huge page that holds one small thing all counts as used: at rest it was half of the program's memory.
        (
            format!("CFLAGS_{suffix}"),
            format!("{c} -DMI_DEFAULT_ALLOW_THP=0").into(),
        ),
    ]
}

/// Folders of this machine that must not be seen in a program, and what is to be seen instead.
fn places() -> anyhow::Result<[(String, &'static str); 3]> {
    // rustc puts the standard library's source in place of the neutral path it was built under.
    let sysroot = processes::output(workspace::command("rustc").args(["--print", "sysroot"]))?;
    let rust = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
    Ok([
        (workspace::root().display().to_string(), "/build"),
        (cargo_home()?, "/cargo"),
        (rust.display().to_string(), "/rust"),
    ])
}

/// Where cargo keeps the crates it has downloaded.
pub(super) fn cargo_home() -> anyhow::Result<String> {
    let told = |name| std::env::var_os(name).map(PathBuf::from);
    let folder = told("CARGO_HOME").or_else(|| Some(told("HOME")?.join(".cargo")));
    let folder = folder.context("neither CARGO_HOME nor HOME is set")?;
    Ok(folder.display().to_string())
}

/// Whether a program can be loaded and names no interpreter, as binutils see it.
fn is_static(program: &Path) -> anyhow::Result<bool> {
    let mut readelf = workspace::command("readelf");
    readelf.args(["--program-headers", "--wide"]).arg(program);
    let headers = processes::output(readelf.env("LC_ALL", "C"))?;
    Ok(headers.contains("\n  LOAD ") && !headers.contains("\n  INTERP "))
}

/// The folder of everything that is made for a server.
pub(super) fn target_folder() -> PathBuf {
    workspace::root().join("target/dist")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_with_a_dynamic_linker_is_not_static_and_no_program_is_neither() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.c");
        std::fs::write(&source, "int main(void) { return 0; }").unwrap();
        for (options, expected) in [
            (&["-static", "-nostartfiles", "-Wl,-emain"][..], true),
            (&[], false),
            (&["-c"], false),
        ] {
            let program = folder.path().join("program");
            let mut cc = workspace::command("cc");
            cc.args(options).arg(&source).arg("-o").arg(&program);
            processes::output(&mut cc).unwrap();
            assert_eq!(is_static(&program).unwrap(), expected, "{options:?}");
        }
    }
}
