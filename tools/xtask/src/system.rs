//! What the tests need from the system: looked for, installed where that is allowed (as root on Debian), or named.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::screen;
use crate::tools::search_path;
use crate::workspace;

/// What only a system brings.
pub(crate) struct Needed {
    name: &'static str,
    is_there: fn() -> bool,
    debian: &'static str,
}

const fn needed(name: &'static str, debian: &'static str, is_there: fn() -> bool) -> Needed {
    Needed {
        name,
        is_there,
        debian,
    }
}

/// What the browser journeys need. Chromium without a window, where Debian has it, takes half of the time.
pub(crate) const BROWSER: [Needed; 4] = [
    Needed {
        name: "Chromium",
        is_there: || {
            let programs = [
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
            ];
            let apps = ["Chromium", "Google Chrome"].map(|it| format!("/Applications/{it}.app"));
            programs.into_iter().any(is_on_path) || apps.iter().any(|app| Path::new(app).exists())
        },
        debian: "chromium",
    },
    needed(
        "Chromium's headless shell",
        "chromium-headless-shell",
        || !may_install() || is_on_path("chromium-headless-shell"),
    ),
    needed("chromedriver", "chromium-driver", || {
        is_on_path("chromedriver")
    }),
    Needed {
        name: "a font with Chinese characters",
        is_there: || has_font(":lang=zh"),
        debian: "fonts-noto-cjk",
    },
];

/// What pictures of the pages need besides.
pub(crate) const EMOJI: Needed = needed("a font with emoji", "fonts-noto-color-emoji", || {
    has_font(":lang=und-zsye")
});

/// What the measurement of the page needs for the engine of iPhones, driven from Debian's own Python.
pub(crate) const WEBKIT: [Needed; 7] = [
    needed("PyGObject", "python3-gi", || python_runs("import gi")),
    needed("PyGObject with cairo", "python3-gi-cairo", || {
        python_runs("import gi; gi.require_foreign('cairo')")
    }),
    needed("WebKitGTK for it", "gir1.2-webkit2-4.1", || {
        python_runs("import gi; gi.require_version('WebKit2', '4.1')")
    }),
    needed("Atspi for it", "gir1.2-atspi-2.0", || {
        python_runs("import gi; gi.require_version('Atspi', '2.0')")
    }),
    needed("the bus of screen readers", "at-spi2-core", || {
        Path::new("/usr/libexec/at-spi-bus-launcher").is_file()
    }),
    needed("Xvfb", "xvfb", || is_on_path("Xvfb")),
    needed("dbus-run-session", "dbus-daemon", || {
        is_on_path("dbus-run-session")
    }),
];

/// What `make engines` needs besides.
pub(crate) const FIREFOX: Needed =
    needed("Firefox ESR", "firefox-esr", || is_on_path("firefox-esr"));

/// The tests start servers of their own.
pub(crate) const POSTGRES: Needed = needed("PostgreSQL's server", "postgresql", || {
    is_on_path("postgres") || has_postgres(Path::new("/usr/lib/postgresql"))
});

/// The tests start their own, before their own servers.
pub(crate) const PGBOUNCER: Needed = needed("PgBouncer", "pgbouncer", || {
    is_on_path("pgbouncer") || Path::new("/usr/sbin/pgbouncer").is_file()
});

/// The tests start their own. Debian keeps it where not everybody's PATH leads.
pub(crate) const NGINX: Needed = needed("nginx", "nginx", || {
    is_on_path("nginx") || Path::new("/usr/sbin/nginx").is_file()
});

/// Makes certificates for the tests.
pub(crate) const OPENSSL: Needed = needed("openssl", "openssl", || is_on_path("openssl"));

/// What the samples for web servers are started with.
pub(crate) const SAMPLES: [Needed; 3] = [
    NGINX,
    OPENSSL,
    needed("Caddy", "caddy", || is_on_path("caddy")),
];

/// What a machine needs on which the runbook's commands are typed, besides what the samples do and PostgreSQL. It is made of
/// what is installed here.
pub(crate) const MACHINE: [Needed; 6] = [
    needed("systemd-nspawn", "systemd-container", || {
        is_on_path("systemd-nspawn")
    }),
    needed("an init for it", "systemd", || {
        Path::new("/lib/systemd/systemd").exists()
    }),
    needed("ip", "iproute2", || is_on_path("ip")),
    needed("curl", "curl", || is_on_path("curl")),
    needed("sqlite3", "sqlite3", || is_on_path("sqlite3")),
    needed("the system's certificates", "ca-certificates", || {
        Path::new("/usr/sbin/update-ca-certificates").is_file()
    }),
];

/// What Patroni's cluster needs besides: where it keeps who leads, and what leads there. Tests start their own, and tell
/// processes apart by `/proc`.
pub(crate) const CLUSTER: [Needed; 2] = [
    needed("etcd on Linux", "etcd-server", || {
        cfg!(target_os = "linux") && is_on_path("etcd")
    }),
    needed("HAProxy", "haproxy", || {
        is_on_path("haproxy") || Path::new("/usr/sbin/haproxy").is_file()
    }),
];

/// The same for the forward proxy between ours and WeChat.
pub(crate) const TINYPROXY: Needed = needed("tinyproxy", "tinyproxy", || is_on_path("tinyproxy"));

/// Compiles C for static programs: SQLite, ring and mimalloc.
pub(crate) const MUSL: Needed = needed("musl-gcc", "musl-tools", || is_on_path("musl-gcc"));

/// Installs what is missing where that is allowed. No service is left running.
pub(crate) fn ensure<'a>(needed: impl IntoIterator<Item = &'a Needed>) -> anyhow::Result<()> {
    let mut missing: Vec<&Needed> = needed.into_iter().filter(|it| !(it.is_there)()).collect();
    if !missing.is_empty() && may_install() {
        let packages: Vec<&str> = missing.iter().map(|it| it.debian).collect();
        screen::say(&format!("installing {} from Debian", packages.join(", ")));
        apt_install(&packages)?;
        for package in [
            CLUSTER[0].debian,
            CLUSTER[1].debian,
            NGINX.debian,
            SAMPLES[2].debian,
            PGBOUNCER.debian,
            TINYPROXY.debian,
        ] {
            if !packages.contains(&package) {
                continue;
            }
            // What etcd's is called.
            let service = package.trim_end_matches("-server");
            // Debian starts whatever it installs: stopped now and at boot, by the same door the package went through to
            // start it. A machine whose policy closes that (101), or that knows no such service (100), has started nothing.
            run("invoke-rc.d", &["--quiet", service, "stop"], &[0, 100, 101])?;
            if Path::new("/etc/init.d").join(service).exists() {
                run("update-rc.d", &[service, "disable"], &[0])?;
            } else if is_on_path("systemctl") {
                // Caddy has nothing but a unit.
                run("systemctl", &["--quiet", "disable", service], &[0])?;
            }
        }
        missing.retain(|it| !(it.is_there)());
    }
    anyhow::ensure!(missing.is_empty(), complaint(&missing));
    Ok(())
}

/// The same for what a part of the tests can be without; says what is missing.
pub(crate) fn ensure_or_say(needed: &[Needed]) {
    if let Err(error) = ensure(needed) {
        screen::print_line(&format!("{error:#}"));
    }
}

/// The name of the first that is missing.
pub(crate) fn lacks(needed: &[Needed]) -> Option<&'static str> {
    let missing = needed.iter().find(|it| !(it.is_there)());
    missing.map(|it| it.name)
}

fn complaint(missing: &[&Needed]) -> String {
    let names: Vec<&str> = missing.iter().map(|it| it.name).collect();
    let packages: Vec<&str> = missing.iter().map(|it| it.debian).collect();
    format!(
        "missing: {}. Debian: sudo apt-get install --no-install-recommends {}; \
         other systems: docs/en/development.md says what it is called there",
        names.join(", "),
        packages.join(" ")
    )
}

/// fontconfig comes with Chromium on Linux; macOS always has fonts for everything.
fn has_font(pattern: &str) -> bool {
    let mut asked = Command::new("fc-list");
    let fonts = asked.arg(pattern).stdin(Stdio::null()).output();
    cfg!(target_os = "macos") || fonts.is_ok_and(|fonts| !fonts.stdout.is_empty())
}

fn is_on_path(program: &str) -> bool {
    search_path(program).is_some()
}

/// Whether Debian's Python runs this.
fn python_runs(code: &str) -> bool {
    let mut python = Command::new("/usr/bin/python3");
    let output = python.args(["-c", code]).stdin(Stdio::null()).output();
    output.is_ok_and(|it| it.status.success())
}

/// Debian and its relatives keep each version in a folder of its own, not on PATH; the clients alone are there, too.
fn has_postgres(versions: &Path) -> bool {
    let mut entries = std::fs::read_dir(versions).into_iter().flatten().flatten();
    entries.any(|version| version.path().join("bin/postgres").is_file())
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
pub(crate) fn apt_install(packages: &[&str]) -> anyhow::Result<()> {
    let install = ["--quiet", "install", "--yes", "--no-install-recommends"];
    run("apt-get", &["--quiet", "update"], &[0])?;
    run("apt-get", &[&install, packages].concat(), &[0])
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
    }

    #[test]
    fn a_version_of_postgresql_counts_only_with_its_server() {
        let folder = tempfile::tempdir().unwrap();
        let programs = folder.path().join("15/bin");
        assert!(!has_postgres(&programs));
        std::fs::create_dir_all(&programs).unwrap();
        std::fs::write(programs.join("psql"), "").unwrap();
        assert!(!has_postgres(folder.path()));
        std::fs::write(programs.join("postgres"), "").unwrap();
        assert!(has_postgres(folder.path()));
    }

    #[test]
    fn whoever_lacks_something_is_told_what_and_how_to_install_it() {
        let complaint = complaint(&[&MUSL, &NGINX]);
        assert!(complaint.contains("missing: musl-gcc, nginx."));
        assert!(complaint.contains("--no-install-recommends musl-tools nginx;"));
    }
}
