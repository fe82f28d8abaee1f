//! Installing what is missing from the system, where that is allowed: as root on Debian.

use std::process::ExitStatus;

use anyhow::Context;

use crate::workspace;

/// How `invoke-rc.d` ends where the machine's policy does not let services be started and stopped.
const DENIED_BY_POLICY: i32 = 101;

/// Whether packages may be installed without asking anybody.
pub(crate) fn may_install() -> bool {
    is_debian() && nix::unistd::geteuid().is_root()
}

/// Installs packages and what they cannot do without.
///
/// # Errors
/// When apt-get fails, or on an interruption.
pub(crate) fn install(packages: &[&str]) -> anyhow::Result<()> {
    apt_get(&["update"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

/// Stops the service of a package that was just installed, now and at boot: Debian starts whatever it installs.
///
/// # Errors
/// When a program of Debian's init system cannot be started or fails, or on an interruption.
pub(crate) fn stop_service(name: &str) -> anyhow::Result<()> {
    // The same door the package went through to start it: a machine whose policy closes it has started nothing.
    let stopped = run("invoke-rc.d", &["--quiet", name, "stop"])?;
    anyhow::ensure!(
        stopped.success() || stopped.code() == Some(DENIED_BY_POLICY),
        "the service {name} cannot be stopped ({stopped}). Stop it by hand"
    );
    let disabled = run("update-rc.d", &[name, "disable"])?;
    anyhow::ensure!(
        disabled.success(),
        "the service {name} still starts at boot: update-rc.d failed ({disabled})"
    );
    Ok(())
}

fn run(program: &str, arguments: &[&str]) -> anyhow::Result<ExitStatus> {
    let status = workspace::command(program)
        .args(arguments)
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    crate::interrupt::check()?;
    Ok(status)
}

/// Not in a process group of its own: apt-get is stopped by the terminal when it is in the background.
fn apt_get(arguments: &[&str]) -> anyhow::Result<()> {
    let status = workspace::command("apt-get")
        .arg("--quiet")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()
        .context("cannot start apt-get")?;
    crate::interrupt::check()?;
    anyhow::ensure!(
        status.success(),
        "apt-get {} failed ({status})",
        arguments.join(" ")
    );
    Ok(())
}

fn is_debian() -> bool {
    std::fs::read_to_string("/etc/os-release").is_ok_and(|text| names_debian(&text))
}

/// Only Debian itself: some of Ubuntu's packages of the same names are stubs that want snap.
fn names_debian(os_release: &str) -> bool {
    os_release
        .lines()
        .any(|line| line.trim_matches('"') == "ID=debian")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_debian_itself_counts_as_debian() {
        assert!(names_debian("NAME=\"Debian GNU/Linux\"\nID=debian\n"));
        assert!(!names_debian("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(!names_debian(""));
    }
}
