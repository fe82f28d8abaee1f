//! What the tests of forward authentication need from the system: nginx. The tests start one of their own.

use std::path::Path;

use crate::debian;
use crate::screen;
use crate::tools::search_path;

/// Where Debian and its relatives keep it, which is not on everybody's PATH.
const DEBIAN_PROGRAM: &str = "/usr/sbin/nginx";
const DEBIAN_PACKAGE: &str = "nginx";
/// What Debian calls the service the package starts, on port 80 and at every boot.
const DEBIAN_SERVICE: &str = "nginx";

/// Installs nginx where it is missing and that is allowed: as root on Debian. No service is left running.
///
/// # Errors
/// Says how to install it.
pub(crate) fn ensure() -> anyhow::Result<()> {
    if is_installed() {
        return Ok(());
    }
    if debian::may_install() {
        screen::say("installing nginx from Debian (a few seconds)");
        debian::install(&[DEBIAN_PACKAGE])?;
        debian::stop_service(DEBIAN_SERVICE)?;
    }
    anyhow::ensure!(
        is_installed(),
        "the tests of forward authentication need nginx. Install:\n{}",
        how_to_install()
    );
    Ok(())
}

/// As the tests look for it.
fn is_installed() -> bool {
    search_path("nginx").is_some() || Path::new(DEBIAN_PROGRAM).is_file()
}

fn how_to_install() -> String {
    format!(
        "  Debian, Ubuntu: sudo apt-get install --no-install-recommends {DEBIAN_PACKAGE}\n\
         \x20 Fedora:         sudo dnf install nginx-core\n\
         \x20 Arch:           sudo pacman -S nginx\n\
         \x20 macOS:          brew install nginx"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_the_package_that_would_be_installed() {
        assert!(how_to_install().contains(&format!("--no-install-recommends {DEBIAN_PACKAGE}\n")));
    }
}
