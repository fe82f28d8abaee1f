//! Static programs: linked with musl, so that they run on any Linux of this architecture, in an empty container too.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::debian;
use crate::processes;
use crate::screen;
use crate::tools::search_path;
use crate::workspace;

/// The profile in Cargo.toml.
const PROFILE: &str = "server";
/// Compiles SQLite, ring and mimalloc against musl's headers.
const C_COMPILER: &str = "musl-gcc";
const DEBIAN_PACKAGE: &str = "musl-tools";

/// Where the programs are.
pub(crate) struct Binaries {
    /// `wechat-login-proxy`.
    pub(crate) proxy: PathBuf,
    /// `wechat-simulator`.
    pub(crate) simulator: PathBuf,
}

/// The machine's own architecture with musl.
pub(crate) fn target() -> String {
    format!("{}-unknown-linux-musl", std::env::consts::ARCH)
}

/// Installs Rust's library for musl and a C compiler for it, where they are missing and that is allowed.
///
/// # Errors
/// Says how to install them.
pub(crate) fn ensure() -> anyhow::Result<()> {
    anyhow::ensure!(
        cfg!(target_os = "linux"),
        "the static programs are for Linux and are built on Linux"
    );
    if search_path(C_COMPILER).is_none() && debian::may_install() {
        screen::say("installing musl's C compiler from Debian (a few seconds)");
        debian::install(&[DEBIAN_PACKAGE])?;
    }
    anyhow::ensure!(
        search_path(C_COMPILER).is_some(),
        "static programs need {C_COMPILER}. Install:\n{}",
        how_to_install()
    );
    // Says nothing and takes no time where it is there already.
    let mut rustup = workspace::command("rustup");
    let status = processes::run(rustup.args(["--quiet", "target", "add", &target()]))?;
    anyhow::ensure!(status.success(), "rustup cannot install {}", target());
    Ok(())
}

/// Builds both programs.
///
/// # Errors
/// When cargo fails, or what it made is not static.
pub(crate) fn build() -> anyhow::Result<Binaries> {
    let target = target();
    let status = processes::run(
        workspace::cargo()
            .args([
                "build",
                "--locked",
                "--profile",
                PROFILE,
                "--target",
                &target,
            ])
            .args(["--package", "wechat-login-proxy"])
            .args(["--package", "wechat-simulator"])
            .envs(environment(&target)?)
            // They would replace ours.
            .env_remove("RUSTFLAGS"),
    )?;
    anyhow::ensure!(status.success(), "cargo build failed ({status}), see above");
    let folder = target_directory().join(&target).join(PROFILE);
    let binaries = Binaries {
        proxy: folder.join("wechat-login-proxy"),
        simulator: folder.join("wechat-simulator"),
    };
    for binary in [&binaries.proxy, &binaries.simulator] {
        let bytes =
            std::fs::read(binary).with_context(|| format!("cannot read {}", binary.display()))?;
        anyhow::ensure!(
            is_static(&bytes),
            "{} asks for a dynamic linker, so it would not run in an empty container",
            binary.display()
        );
        if let Some(path) = places().iter().find(|place| contains(&bytes, place)) {
            anyhow::bail!("{} contains the path {path}", binary.display());
        }
    }
    Ok(binaries)
}

/// What makes the same commit the same bytes wherever it is built: no path and no time goes in.
fn environment(target: &str) -> anyhow::Result<Vec<(String, OsString)>> {
    let shown = ["/build", "/cargo", "/rust"];
    let mut rust = Vec::new();
    let mut c = Vec::new();
    for (place, shown) in [workspace_place(), cargo_home()?, rust_source()?]
        .iter()
        .zip(shown)
    {
        rust.push(format!("--remap-path-prefix={place}={shown}"));
        c.push(format!("-ffile-prefix-map={place}={shown}"));
    }
    let suffix = target.replace('-', "_");
    Ok(vec![
        // Instead of the time of the build in __DATE__ and __TIME__, which mimalloc has in it. Not the commit's: cargo
        // does not compile C again because this has changed.
        ("SOURCE_DATE_EPOCH".to_owned(), "0".into()),
        (
            "CARGO_ENCODED_RUSTFLAGS".to_owned(),
            rust.join("\x1f").into(),
        ),
        (format!("CC_{suffix}"), C_COMPILER.into()),
        (format!("CFLAGS_{suffix}"), c.join(" ").into()),
    ])
}

fn places() -> Vec<String> {
    [
        Some(workspace_place()),
        cargo_home().ok(),
        rust_source().ok(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn workspace_place() -> String {
    workspace::root().display().to_string()
}

/// Where cargo keeps the crates it has downloaded.
pub(super) fn cargo_home() -> anyhow::Result<String> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
    let folder = set
        .or_else(home)
        .context("neither CARGO_HOME nor HOME is set")?;
    Ok(folder.display().to_string())
}

/// Where the standard library's source is: rustc puts it in place of the neutral path it was built under.
fn rust_source() -> anyhow::Result<String> {
    let output = workspace::command("rustc")
        .args(["--print", "sysroot"])
        .output()
        .context("cannot ask rustc where it is")?;
    let sysroot = String::from_utf8(output.stdout)?;
    let source = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
    Ok(source.display().to_string())
}

fn target_directory() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace::root().join("target"), PathBuf::from)
}

/// Whether an ELF file names no interpreter: no program header of the type PT_INTERP.
fn is_static(elf: &[u8]) -> bool {
    const PT_INTERP: u32 = 3;
    let number = |at: usize, length: usize| {
        let bytes = elf.get(at..at + length)?;
        let digits = bytes.iter().rev();
        Some(digits.fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    // A 64-bit file with little-endian numbers, as every target of ours has.
    if elf.get(..6) != Some(b"\x7fELF\x02\x01") {
        return false;
    }
    let header = || {
        let table = usize::try_from(number(0x20, 8)?).ok()?;
        let size = usize::try_from(number(0x36, 2)?).ok()?;
        let count = usize::try_from(number(0x38, 2)?).ok()?;
        (0..count)
            .map(|index| number(table + index * size, 4))
            .collect::<Option<Vec<u64>>>()
    };
    header().is_some_and(|types| !types.is_empty() && !types.contains(&u64::from(PT_INTERP)))
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

fn how_to_install() -> String {
    format!(
        "  Debian, Ubuntu: sudo apt-get install --no-install-recommends {DEBIAN_PACKAGE}\n\
         \x20 Fedora:         sudo dnf install musl-gcc\n\
         \x20 Arch:           sudo pacman -S musl"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_a_dynamic_linker_is_not_static_and_no_program_is_neither() {
        if cfg!(target_os = "linux") {
            // Linked with the system's library, as tests are.
            let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
            assert!(!is_static(&own));
        }
        assert!(!is_static(b"#!/bin/sh"));
        assert!(!is_static(b"\x7fELF\x02\x01"));
    }

    #[test]
    fn a_program_with_loadable_parts_only_is_static() {
        let mut elf = vec![0_u8; 0x40 + 2 * 0x38];
        elf[..6].copy_from_slice(b"\x7fELF\x02\x01");
        elf[0x20] = 0x40;
        elf[0x36] = 0x38;
        elf[0x38] = 2;
        elf[0x40] = 1;
        elf[0x40 + 0x38] = 2;
        assert!(is_static(&elf));
        elf[0x40 + 0x38] = 3;
        assert!(!is_static(&elf));
    }

    #[test]
    fn a_path_is_found_wherever_it_stands() {
        assert!(contains(b"\0/home/li/src\0", "/home/li"));
        assert!(!contains(b"/home", "/home/li"));
    }
}
