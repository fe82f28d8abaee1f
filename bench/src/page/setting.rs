//! Where, when and with which versions was measured.

use std::path::Path;
use std::process::Command;

use anyhow::Context;
use serde_json::Value;

use crate::machine;

/// The packages whose versions matter to the figures.
const PACKAGES: [&str; 7] = [
    "vue",
    "vue-router",
    "react",
    "react-dom",
    "react-router",
    "axios",
    "vite",
];

/// What stands above the tables.
pub(crate) struct Setting {
    pub(crate) runs: u32,
    /// Such as `2026-11-22`.
    pub(crate) date: String,
    /// The commit, and whether something was not committed.
    pub(crate) commit: String,
    /// Processor, cores, memory.
    pub(crate) machine: String,
    /// Browser and packages with their versions.
    pub(crate) versions: String,
}

impl Setting {
    /// This machine, now, with the versions of `packages`, a package.json.
    ///
    /// # Errors
    /// When `packages` cannot be read or lacks one.
    pub(crate) fn here(chromium: String, packages: &Path, runs: u32) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(packages)
            .with_context(|| format!("cannot read {}", packages.display()))?;
        let manifest: Value = serde_json::from_str(&text)?;
        let mut versions = vec![chromium.replace('/', " ")];
        for name in PACKAGES {
            let version = manifest["dependencies"][name]
                .as_str()
                .with_context(|| format!("{} has no {name}", packages.display()))?;
            versions.push(format!("{name} {version}"));
        }
        Ok(Self {
            runs,
            date: said_by("date", &["-u", "+%Y-%m-%d"]).unwrap_or_else(|| "undated".to_owned()),
            commit: commit(),
            machine: match processor() {
                Some(name) => format!("{name}, {}", machine::description()),
                None => machine::description(),
            },
            versions: versions.join(", "),
        })
    }
}

fn commit() -> String {
    let Some(commit) = said_by("git", &["rev-parse", "--short", "HEAD"]) else {
        return "no commit".to_owned();
    };
    match said_by("git", &["status", "--porcelain", "--untracked-files=no"]) {
        None => format!("commit {commit}"),
        Some(_) => format!("commit {commit} with changes"),
    }
}

/// The name of the processor, where the system tells (Linux).
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The output of a program; `None` if there is none.
fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_are_those_of_the_committed_packages() {
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("page/package.json");
        let setting = Setting::here("Chrome/1.2".to_owned(), &packages, 9).unwrap();
        assert!(
            setting.versions.starts_with("Chrome 1.2, vue 3."),
            "{}",
            setting.versions
        );
        // Exact ones: a range would be measured one way today and another way tomorrow.
        assert!(
            !setting.versions.contains(['^', '~', '*']),
            "{}",
            setting.versions
        );
    }

    #[test]
    fn a_silent_or_failing_program_says_nothing() {
        assert_eq!(said_by("true", &[]), None);
        assert_eq!(said_by("false", &[]), None);
        assert_eq!(said_by("echo", &["a"]).as_deref(), Some("a"));
    }
}
