//! What the tests need from the system: looked for, installed where that is allowed (as root on Debian), or said how.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::screen;
use crate::tools::search_path;
use crate::workspace;

/// Programs that only a system brings.
pub(crate) struct Needed {
    /// Who needs them.
    by: &'static str,
    /// The names of those that are missing.
    missing: fn() -> Vec<&'static str>,
    /// A program that is installed, too, where that is allowed, and that does not have to be there.
    wished: Option<&'static str>,
    debian: &'static [&'static str],
    /// The service that Debian starts with it, now and at every boot.
    service: Option<&'static str>,
    elsewhere: &'static str,
}

/// The browser of the journeys. Chromium without a window takes half of the time.
pub(crate) const BROWSER: Needed = Needed {
    by: "the browser journeys",
    missing: || {
        let browsers = [
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ];
        let is_mac = cfg!(target_os = "macos");
        let is_mac_app = |name: &&str| is_mac && Path::new(name).exists();
        let has_mac_app = [
            "/Applications/Chromium.app",
            "/Applications/Google Chrome.app",
        ]
        .iter()
        .any(is_mac_app);
        // fontconfig comes with Chromium on Linux; macOS always has Chinese fonts.
        let fonts = Command::new("fc-list")
            .arg(":lang=zh")
            .stdin(Stdio::null())
            .output();
        let has_font = is_mac || fonts.is_ok_and(|fonts| !fonts.stdout.is_empty());
        missing_of([
            (
                "Chromium",
                browsers.into_iter().any(is_installed) || has_mac_app,
            ),
            ("chromedriver", is_installed("chromedriver")),
            ("a font with Chinese characters", has_font),
        ])
    },
    wished: Some("chromium-headless-shell"),
    debian: &[
        "chromium",
        "chromium-driver",
        "chromium-headless-shell",
        "fonts-noto-cjk",
    ],
    service: None,
    elsewhere: "
  Ubuntu: sudo snap install chromium && sudo apt-get install chromium-chromedriver fonts-noto-cjk
  Fedora: sudo dnf install chromium chromedriver google-noto-sans-cjk-fonts
  Arch:   sudo pacman -S chromium noto-fonts-cjk
  macOS:  brew install --cask chromium chromedriver",
};

/// PostgreSQL's programs: the tests start servers of their own.
pub(crate) const POSTGRES: Needed = Needed {
    by: "the tests of the store",
    missing: || {
        let on_path = search_path("postgres").and_then(|server| server.canonicalize().ok());
        let on_path = on_path.and_then(|server| Some(server.parent()?.to_owned()));
        let is_there = on_path.is_some_and(|folder| has_postgres(&folder))
            || postgres_in(Path::new("/usr/lib/postgresql")).is_some();
        missing_of([("PostgreSQL's server", is_there)])
    },
    wished: None,
    debian: &["postgresql"],
    service: None,
    elsewhere: "
  Fedora: sudo dnf install postgresql-server
  Arch:   sudo pacman -S postgresql
  macOS:  brew install postgresql",
};

/// nginx, of which the tests start their own. Debian keeps it where not everybody's PATH leads.
pub(crate) const NGINX: Needed = Needed {
    by: "the tests of forward authentication",
    missing: || {
        let is_there = is_installed("nginx") || Path::new("/usr/sbin/nginx").is_file();
        missing_of([("nginx", is_there)])
    },
    wished: None,
    debian: &["nginx"],
    service: Some("nginx"),
    elsewhere: "
  Fedora: sudo dnf install nginx-core
  Arch:   sudo pacman -S nginx
  macOS:  brew install nginx",
};

/// What compiles C for static programs: SQLite, ring and mimalloc.
pub(crate) const MUSL: Needed = Needed {
    by: "static programs",
    missing: || missing_of([("musl-gcc", is_installed("musl-gcc"))]),
    wished: None,
    debian: &["musl-tools"],
    service: None,
    elsewhere: "
  Fedora: sudo dnf install musl-gcc
  Arch:   sudo pacman -S musl",
};

impl Needed {
    /// Installs what is missing where that is allowed. No service of it is left running.
    ///
    /// # Errors
    /// Says what is missing and how to install it.
    pub(crate) fn ensure(&self) -> anyhow::Result<()> {
        let is_wished = self.wished.is_some_and(|program| !is_installed(program));
        if (is_wished || !(self.missing)().is_empty()) && may_install() {
            screen::say(&format!(
                "installing what {} need from Debian (1 minute at most)",
                self.by
            ));
            apt_install(self.debian)?;
            self.service.map_or(Ok(()), stop_service)?;
        }
        let missing = (self.missing)();
        anyhow::ensure!(missing.is_empty(), self.complaint(&missing));
        Ok(())
    }

    fn complaint(&self, missing: &[&str]) -> String {
        format!(
            "{} need {}. Install:\n  Debian: sudo apt-get install --no-install-recommends {}{}",
            self.by,
            missing.join(" and "),
            self.debian.join(" "),
            self.elsewhere
        )
    }
}

fn missing_of<const N: usize>(parts: [(&'static str, bool); N]) -> Vec<&'static str> {
    let missing = parts.into_iter().filter(|(_, is_there)| !is_there);
    missing.map(|(name, _)| name).collect()
}

fn is_installed(program: &str) -> bool {
    search_path(program).is_some()
}

/// Debian and its relatives keep each version in a folder of its own, not on PATH.
fn postgres_in(versions: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(versions).ok()?.flatten();
    let mut folders = entries.map(|version| version.path().join("bin"));
    folders.find(|folder| has_postgres(folder))
}

/// As the tests look for it: all programs in one folder.
fn has_postgres(folder: &Path) -> bool {
    let programs = ["initdb", "postgres", "pg_isready"];
    programs
        .iter()
        .all(|program| folder.join(program).is_file())
}

/// Whether packages may be installed without asking anybody.
pub(crate) fn may_install() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    names_debian(&release) && nix::unistd::geteuid().is_root()
}

/// Only Debian itself: some of Ubuntu's packages of the same names are stubs that want snap.
fn names_debian(os_release: &str) -> bool {
    let mut lines = os_release.lines();
    lines.any(|line| line.trim_matches('"') == "ID=debian")
}

/// Installs packages and what they cannot do without.
///
/// # Errors
/// When apt-get fails, or on an interruption.
pub(crate) fn apt_install(packages: &[&str]) -> anyhow::Result<()> {
    let install = ["--quiet", "install", "--yes", "--no-install-recommends"];
    run("apt-get", &["--quiet", "update"], &[0])?;
    run("apt-get", &[&install, packages].concat(), &[0])
}

/// Stops the service of a package that was just installed, now and at boot: Debian starts whatever it installs.
fn stop_service(name: &str) -> anyhow::Result<()> {
    // The same door the package went through to start it: a machine whose policy closes it (101) has started nothing.
    run("invoke-rc.d", &["--quiet", name, "stop"], &[0, 101])?;
    run("update-rc.d", &[name, "disable"], &[0])
}

/// Not in a process group of its own: apt-get is stopped by the terminal when it is in the background.
fn run(program: &str, arguments: &[&str], fine: &[i32]) -> anyhow::Result<()> {
    let status = workspace::command(program)
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    crate::interrupt::check()?;
    anyhow::ensure!(
        status.code().is_some_and(|code| fine.contains(&code)),
        "{program} {} failed ({status})",
        arguments.join(" ")
    );
    Ok(())
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
    fn a_version_of_postgresql_counts_only_with_all_programs() {
        let folder = tempfile::tempdir().unwrap();
        assert!(postgres_in(&folder.path().join("missing")).is_none());
        let programs = folder.path().join("15/bin");
        std::fs::create_dir_all(&programs).unwrap();
        for program in ["initdb", "postgres", "pg_isready"] {
            assert!(postgres_in(folder.path()).is_none(), "without {program}");
            std::fs::write(programs.join(program), "").unwrap();
        }
        assert_eq!(postgres_in(folder.path()), Some(programs));
    }

    #[test]
    fn whoever_lacks_something_is_told_what_and_how_to_install_it() {
        let complaint = BROWSER.complaint(&["Chromium", "chromedriver"]);
        assert!(complaint.contains("journeys need Chromium and chromedriver. Install:\n"));
        assert!(complaint.contains("brew install") && complaint.contains("fonts-noto-cjk"));
    }
}
