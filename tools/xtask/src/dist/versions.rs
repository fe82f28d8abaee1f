//! What a package was made of and with.

use std::process::Command;

use anyhow::Context;

use crate::tools::Tools;
use crate::workspace;

/// What a package was made of and with.
pub(crate) struct Versions {
    /// The product's, from Cargo.toml.
    pub(crate) product: String,
    /// Seconds since 1970 of the commit: the time of every file in the archive.
    pub(crate) commit_time: u64,
    /// Whether there are changes that no commit has.
    pub(crate) is_dirty: bool,
    lines: Vec<(String, String)>,
}

/// Asks git and the tools.
///
/// # Errors
/// When one of them does not answer.
pub(crate) fn collect(tools: &Tools) -> anyhow::Result<Versions> {
    let product = env!("CARGO_PKG_VERSION").to_owned();
    let commit = answer(workspace::command("git").args(["rev-parse", "HEAD"]))?;
    let commit_time = answer(workspace::command("git").args(["log", "-1", "--format=%ct"]))?;
    let is_dirty = !answer(workspace::command("git").args(["status", "--porcelain"]))?.is_empty();
    let lock = std::fs::read_to_string(workspace::root().join("Cargo.lock"))?;
    let musl = answer(workspace::command("musl-gcc").arg("-dumpfullversion"))?;
    let lines = [
        ("wechat-login", product.clone()),
        (
            "commit",
            format!("{commit}{}", if is_dirty { " with changes" } else { "" }),
        ),
        ("target", super::binaries::target()),
        (
            "rustc",
            answer(workspace::command("rustc").arg("--version"))?,
        ),
        ("gcc for musl", musl),
        ("trunk", answer(tools.trunk().arg("--version"))?),
        (
            "wasm-bindgen",
            workspace::locked_version(&lock, "wasm-bindgen")?,
        ),
    ];
    Ok(Versions {
        commit_time: commit_time
            .parse()
            .context("git tells no time of the commit")?,
        product,
        is_dirty,
        lines: lines.map(|(name, value)| (name.to_owned(), value)).into(),
    })
}

impl std::fmt::Display for Versions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, value) in &self.lines {
            writeln!(formatter, "{name}: {value}")?;
        }
        Ok(())
    }
}

fn answer(command: &mut Command) -> anyhow::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("cannot start {program}"))?;
    anyhow::ensure!(
        output.status.success(),
        "{program} failed ({}): {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
