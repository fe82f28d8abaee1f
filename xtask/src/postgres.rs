//! What the tests of the store need from the system: PostgreSQL's programs. The tests start a server of their own.

use std::path::Path;

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

/// As the tests look for it: all programs in one folder.
fn is_installed() -> bool {
    let on_path = search_path("postgres")
        .and_then(|server| server.canonicalize().ok())
        .is_some_and(|server| server.parent().is_some_and(is_complete));
    on_path || has_complete_version(Path::new(DEBIAN_FOLDER))
}

fn has_complete_version(versions: &Path) -> bool {
    std::fs::read_dir(versions)
        .into_iter()
        .flatten()
        .flatten()
        .any(|version| is_complete(&version.path().join("bin")))
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
        assert!(!has_complete_version(&folder.path().join("missing")));
        let programs = folder.path().join("15/bin");
        std::fs::create_dir_all(&programs).unwrap();
        for program in PROGRAMS {
            assert!(!has_complete_version(folder.path()), "without {program}");
            std::fs::write(programs.join(program), "").unwrap();
        }
        assert!(has_complete_version(folder.path()));
    }
}
