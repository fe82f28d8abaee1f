//! The systemd unit, looked at by systemd itself.

use std::path::Path;

use anyhow::Context;

use crate::tools::search_path;
use crate::workspace;

const UNIT: &str = "docs/deploy/wechat-login-proxy.service";
/// Where the unit expects the program.
const INSTALLED: &str = "/usr/local/bin/wechat-login-proxy";
const PROGRAM: &str = "systemd-analyze";

/// What systemd says.
pub(crate) enum Verdict {
    /// Nothing to complain of.
    Fine,
    /// It cannot be asked here, and why.
    Unknown(String),
}

/// Asks systemd what it thinks of the unit, with `program` in place of the installed one.
///
/// # Errors
/// When it complains about anything: an unknown key is only a warning to it, and a hole to us.
pub(crate) fn verify(program: &Path) -> anyhow::Result<Verdict> {
    if search_path(PROGRAM).is_none() {
        return Ok(Verdict::Unknown(format!("no {PROGRAM} here")));
    }
    let text = std::fs::read_to_string(workspace::root().join(UNIT))
        .with_context(|| format!("cannot read {UNIT}"))?;
    let folder = super::target_folder().join("unit");
    std::fs::create_dir_all(&folder)?;
    complaints(&text, program, &folder)
}

fn complaints(unit: &str, program: &Path, folder: &Path) -> anyhow::Result<Verdict> {
    anyhow::ensure!(
        unit.matches(INSTALLED).count() == 1,
        "{UNIT} starts something else than {INSTALLED}"
    );
    let file = folder.join("wechat-login-proxy.service");
    std::fs::write(
        &file,
        unit.replace(INSTALLED, &program.display().to_string()),
    )?;
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
    Ok(Verdict::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTED: &str = include_str!("../../../../docs/deploy/wechat-login-proxy.service");

    #[test]
    fn systemd_has_nothing_to_say_about_the_unit_and_would_about_a_wrong_one() {
        if search_path(PROGRAM).is_none() {
            println!("skipped: no {PROGRAM} here");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let program = std::env::current_exe().unwrap();
        let judge = |unit: &str| complaints(unit, &program, folder.path());
        judge(DOCUMENTED).unwrap();
        for (right, wrong) in [
            ("ProtectClock=", "ProtectClocks="),
            ("@system-service", "@system-servant"),
            ("ExecStart=/", "ExecStart="),
        ] {
            let broken = DOCUMENTED.replace(right, wrong);
            assert!(broken != DOCUMENTED && judge(&broken).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_stop_takes_longer_than_the_proxy_needs_and_a_bad_configuration_is_not_retried() {
        assert!(DOCUMENTED.contains("\nTimeoutStopSec=30\n"));
        assert!(DOCUMENTED.contains("\nRestartPreventExitStatus=2\n"));
    }
}
