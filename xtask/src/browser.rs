//! What the browser journeys need from the system: Chromium, its driver and a font with Chinese characters.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::screen;
use crate::tools::search_path;
use crate::workspace;

/// Names under which systems install the browser.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const DRIVER: &str = "chromedriver";
const DEBIAN_PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-noto-cjk"];

/// Installs what is missing where that is allowed: as root on Debian.
///
/// # Errors
/// Says what is missing and how to install it.
pub(crate) fn ensure() -> anyhow::Result<()> {
    if missing().is_empty() {
        return Ok(());
    }
    if is_debian() && nix::unistd::geteuid().is_root() {
        install_from_debian()?;
    }
    let missing = missing();
    anyhow::ensure!(
        missing.is_empty(),
        "the browser journeys need {}. Install:\n{}",
        missing.join(" and "),
        how_to_install()
    );
    Ok(())
}

fn missing() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if !BROWSERS.iter().any(|name| is_installed(name)) && !has_mac_app() {
        missing.push("Chromium");
    }
    if !is_installed(DRIVER) {
        missing.push("chromedriver");
    }
    if !has_chinese_font() {
        missing.push("a font with Chinese characters");
    }
    missing
}

fn is_installed(program: &str) -> bool {
    search_path(program).is_some()
}

fn has_mac_app() -> bool {
    cfg!(target_os = "macos")
        && ["Chromium", "Google Chrome"]
            .iter()
            .any(|name| Path::new(&format!("/Applications/{name}.app")).exists())
}

/// fontconfig comes with Chromium on Linux; macOS always has Chinese fonts.
fn has_chinese_font() -> bool {
    cfg!(target_os = "macos")
        || Command::new("fc-list")
            .arg(":lang=zh")
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|output| !output.stdout.is_empty())
}

fn is_debian() -> bool {
    std::fs::read_to_string("/etc/os-release").is_ok_and(|text| names_debian(&text))
}

/// Only Debian itself: Ubuntu's `chromium` package is a stub that wants snap.
fn names_debian(os_release: &str) -> bool {
    os_release
        .lines()
        .any(|line| line.trim_matches('"') == "ID=debian")
}

fn install_from_debian() -> anyhow::Result<()> {
    screen::say("installing Chromium, its driver and Chinese fonts from Debian (about 1 minute)");
    apt_get(&["update"])?;
    let install = ["install", "--yes", "--no-install-recommends"];
    apt_get(&[&install[..], &DEBIAN_PACKAGES[..]].concat())
}

/// Not in a process group of its own: apt-get is stopped by the terminal when it is in the background.
fn apt_get(arguments: &[&str]) -> anyhow::Result<()> {
    let status = workspace::command("apt-get")
        .arg("--quiet")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()?;
    crate::interrupt::check()?;
    anyhow::ensure!(
        status.success(),
        "apt-get {} failed ({status})",
        arguments.join(" ")
    );
    Ok(())
}

fn how_to_install() -> String {
    format!(
        "  Debian:         sudo apt-get install --no-install-recommends {}\n\
         \x20 Ubuntu:         sudo snap install chromium && sudo apt-get install chromium-chromedriver fonts-noto-cjk\n\
         \x20 Fedora:         sudo dnf install chromium chromedriver google-noto-sans-cjk-fonts\n\
         \x20 Arch:           sudo pacman -S chromium noto-fonts-cjk\n\
         \x20 macOS:          brew install --cask chromium chromedriver",
        DEBIAN_PACKAGES.join(" ")
    )
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

    #[test]
    fn help_names_every_debian_package() {
        let help = how_to_install();
        assert!(DEBIAN_PACKAGES.iter().all(|package| help.contains(package)));
    }
}
