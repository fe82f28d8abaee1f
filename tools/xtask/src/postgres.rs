//! What the tests need from the system: PostgreSQL's programs. The tests of the store start a server of their own.

use std::path::{Path, PathBuf};

use crate::debian;
use crate::screen;
use crate::tools::search_path;

/// What the tests call.
const PROGRAMS: [&str; 3] = ["initdb", "postgres", "pg_isready"];
/// Where Debian and its relatives keep each version, in a folder of its own and not on PATH.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";
const DEBIAN_PACKAGE: &str = "postgresql";

/// Installs PostgreSQL where it is missing and that is allowed: as root on Debian.
///
/// # Errors
/// Says how to install it.
pub(crate) fn ensure() -> anyhow::Result<()> {
    if is_installed() {
        return Ok(());
    }
    if debian::may_install() {
        screen::say("installing PostgreSQL from Debian (about 1 minute)");
        debian::install(&[DEBIAN_PACKAGE])?;
    }
    anyhow::ensure!(
        is_installed(),
        "the tests of the store need PostgreSQL's server. Install:\n{}",
        how_to_install()
    );
    Ok(())
}

fn is_installed() -> bool {
    programs().is_some()
}

/// As the tests look for it: all programs in one folder.
fn programs() -> Option<PathBuf> {
    let on_path = search_path("postgres")
        .and_then(|server| server.canonicalize().ok())
        .and_then(|server| server.parent().map(Path::to_owned));
    on_path
        .filter(|folder| is_complete(folder))
        .or_else(|| complete_version(Path::new(DEBIAN_FOLDER)))
}

fn complete_version(versions: &Path) -> Option<PathBuf> {
    std::fs::read_dir(versions)
        .ok()?
        .flatten()
        .map(|version| version.path().join("bin"))
        .find(|folder| is_complete(folder))
}

fn is_complete(folder: &Path) -> bool {
    PROGRAMS
        .iter()
        .all(|program| folder.join(program).is_file())
}

fn how_to_install() -> String {
    format!(
        "  Debian, Ubuntu: sudo apt-get install --no-install-recommends {DEBIAN_PACKAGE}\n\
         \x20 Fedora:         sudo dnf install postgresql-server\n\
         \x20 Arch:           sudo pacman -S postgresql\n\
         \x20 macOS:          brew install postgresql"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_counts_only_with_all_programs() {
        let folder = tempfile::tempdir().unwrap();
        assert!(complete_version(&folder.path().join("missing")).is_none());
        let programs = folder.path().join("15/bin");
        std::fs::create_dir_all(&programs).unwrap();
        for program in PROGRAMS {
            assert!(
                complete_version(folder.path()).is_none(),
                "without {program}"
            );
            std::fs::write(programs.join(program), "").unwrap();
        }
        assert_eq!(complete_version(folder.path()), Some(programs));
    }
}
