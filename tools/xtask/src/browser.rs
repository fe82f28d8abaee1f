//! What the browser journeys need from the system: Chromium, its driver and a font with Chinese characters.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::debian;
use crate::screen;
use crate::tools::search_path;

/// Names under which systems install the browser.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const DRIVER: &str = "chromedriver";
/// Chromium without a window, which takes half of the time; the journeys do without it where it is not.
const SHELL: &str = "chromium-headless-shell";
const DEBIAN_PACKAGES: [&str; 4] = ["chromium", "chromium-driver", SHELL, "fonts-noto-cjk"];

/// Installs what is missing where that is allowed: as root on Debian.
///
/// # Errors
/// Says what is missing and how to install it.
pub(crate) fn ensure() -> anyhow::Result<()> {
    let may_install = debian::may_install();
    if missing().is_empty() && (is_installed(SHELL) || !may_install) {
        return Ok(());
    }
    if may_install {
        screen::say(
            "installing Chromium, its driver and Chinese fonts from Debian (about 1 minute)",
        );
        debian::install(&DEBIAN_PACKAGES)?;
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
    fn help_names_every_debian_package() {
        let help = how_to_install();
        assert!(DEBIAN_PACKAGES.iter().all(|package| help.contains(package)));
    }
}
