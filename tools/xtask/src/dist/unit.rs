//! The systemd unit, looked at by systemd itself.

use std::path::Path;

use anyhow::Context;

use crate::screen;
use crate::tools::search_path;
use crate::workspace;

const UNIT: &str = "docs/deploy/wechat-login-proxy.service";
/// Where the unit expects the program.
const INSTALLED: &str = "/usr/local/bin/wechat-login-proxy";
const PROGRAM: &str = "systemd-analyze";

/// Asks systemd what it thinks of the unit, with `program` in place of the installed one, if there is a systemd here.
///
/// # Errors
/// When it complains about anything: an unknown key is only a warning to it, and a hole to us.
pub(super) fn verify(program: &Path) -> anyhow::Result<()> {
    if search_path(PROGRAM).is_none() {
        screen::print_line(&format!("    skipped: no {PROGRAM} here"));
        return Ok(());
    }
    let folder = super::binaries::target_folder().join("unit");
    std::fs::create_dir_all(&folder)?;
    judge(&workspace::read(UNIT)?, program, &folder)
}

fn judge(unit: &str, program: &Path, folder: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        unit.matches(INSTALLED).count() == 1,
        "{UNIT} starts something else than {INSTALLED}"
    );
    let file = folder.join("wechat-login-proxy.service");
    let program = program.display().to_string();
    std::fs::write(&file, unit.replace(INSTALLED, &program))?;
    let output = workspace::command(PROGRAM)
        .args(["verify", "--man=no"])
        .arg(&file)
        .env("LC_ALL", "C")
        .output()
        .with_context(|| format!("cannot start {PROGRAM}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(
        output.status.success() && said.trim().is_empty(),
        "systemd-analyze about {UNIT}:\n{}",
        said.trim()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systemd_has_nothing_to_say_about_the_unit_and_would_about_a_wrong_one() {
        let documented = workspace::read(UNIT).unwrap();
        // A stop takes longer than the proxy needs, and a bad configuration is not tried again.
        for line in ["TimeoutStopSec=30", "RestartPreventExitStatus=2"] {
            assert!(documented.contains(&format!("\n{line}\n")), "{line}");
        }
        if search_path(PROGRAM).is_none() {
            println!("skipped: no {PROGRAM} here");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let program = std::env::current_exe().unwrap();
        let judge = |unit: &str| judge(unit, &program, folder.path());
        judge(&documented).unwrap();
        for (right, wrong) in [
            ("ProtectClock=", "ProtectClocks="),
            ("@system-service", "@system-servant"),
            ("ExecStart=/", "ExecStart="),
        ] {
            let broken = documented.replace(right, wrong);
            assert!(broken != documented && judge(&broken).is_err(), "{wrong}");
        }
    }
}
