//! What we take from others: under which licences, from where, and nothing that is not used.
//!
//! | step | looks at | by |
//! |---|---|---|
//! | licences, bans and sources | every crate of `Cargo.lock`, by the rules of `deny.toml` | cargo-deny |
//! | unused dependencies | every `Cargo.toml` and what the sources name | cargo-machete |
//! | lock files | one beside every list of npm's and pip's packages, with hashes | a test below |
//! | no unsafe code | every crate of ours but one obeys the workspace's lints | a test below |

use crate::processes;
use crate::tally::Tally;
use crate::tools;
use crate::workspace;

/// The steps of `make test`.
pub(crate) fn steps(tally: &mut Tally) {
    tally.step(
        "licences, bans and sources (cargo-deny)",
        "1 minute the first time",
        |_| deny(&["licenses", "bans", "sources"]),
    );
    tally.step(
        "unused dependencies (cargo-machete)",
        "1 minute the first time",
        |_| {
            let machete =
                tools::installed("cargo-machete", "cargo-machete", "0.9.2", &["--locked"])?;
            processes::run(workspace::command(machete).arg("--with-metadata"))?;
            Ok(String::new())
        },
    );
}

/// `cargo xtask advisories`.
pub(crate) fn advisories() -> anyhow::Result<()> {
    deny(&["advisories"]).map(drop)
}

fn deny(checks: &[&str]) -> anyhow::Result<String> {
    // Without its own git: cargo's is called for the database of advisories.
    let arguments = ["--no-default-features", "--locked"];
    let deny = tools::installed("cargo-deny", "cargo-deny", "0.20.2", &arguments)?;
    let mut command = workspace::command(deny);
    // Duplicates are worth a look now and then, not forty lines in every log.
    command.args(["--locked", "--log-level", "error", "check"]);
    processes::run(command.args(checks))?;
    Ok(String::new())
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use crate::workspace;

    /// Every file of the repository with this name.
    fn files(name: &str) -> Vec<PathBuf> {
        let files = workspace::files_like(&[&format!(":(glob)**/{name}")]);
        assert!(!files.is_empty(), "no {name} at all?");
        files
    }

    fn text(file: &Path) -> String {
        std::fs::read_to_string(file).unwrap()
    }

    #[test]
    fn every_package_of_npm_is_locked_with_its_hash() {
        for list in files("package.json") {
            let lock = text(&list.with_file_name("package-lock.json"));
            let count = |what: &str| lock.matches(what).count();
            let packages = count("\n    \"node_modules/");
            assert!(packages > 0, "{}", list.display());
            let hashes = count("\n      \"integrity\": \"sha512-");
            assert_eq!(hashes, packages, "{}", list.display());
        }
    }

    #[test]
    fn every_package_of_pip_has_an_exact_version_and_a_hash() {
        for list in [files("requirements.txt"), files("sources.txt")].concat() {
            let whole = text(&list).replace("\\\n", " ");
            let packages = whole
                .lines()
                .filter(|line| !line.is_empty() && !line.starts_with('#'));
            for package in packages {
                assert!(
                    package.contains("==") && package.contains("--hash=sha256:"),
                    "{package} in {}",
                    list.display()
                );
            }
        }
    }

    /// They have unsafe code by their nature, and say why in their sources: one stands in for a crate with such code, one
    /// is called by JavaScript, with addresses.
    const UNSAFE: [&str; 2] = [
        "frontend/send-wrapper/Cargo.toml",
        "crates/first-stage/Cargo.toml",
    ];

    #[test]
    fn every_other_crate_of_ours_obeys_the_lints_which_forbid_unsafe_code() {
        let manifests = files("Cargo.toml").into_iter();
        for manifest in manifests.filter(|it| !UNSAFE.iter().any(|end| it.ends_with(end))) {
            let text = text(&manifest);
            let obeys = text.contains("[lints]\nworkspace = true");
            let forbids = text.contains("[workspace.lints.rust]\nunsafe_code = \"forbid\"");
            assert!(obeys || forbids, "{}", manifest.display());
        }
    }
}
