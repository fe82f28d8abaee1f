//! The systemd unit, looked at by systemd itself: about this unit and the packed program, in no surrounding of the machine.

use std::path::Path;
use std::process::Command;

use test_support::kept::program;
use test_support::text::replaced;

use super::{folder, sample};

const UNIT: &str = "wechat-login-proxy.service";
const PROGRAM: &str = "systemd-analyze";

/// Every service stands on these, and ours names the last. They are empty here: what a machine hangs on them is not ours.
const TARGETS: [&str; 5] = [
    "basic.target",
    "multi-user.target",
    "shutdown.target",
    "sysinit.target",
    "network-online.target",
];

/// What systemd says about the unit in this folder; an unknown key is only a warning to it, and a hole to us.
fn complaints(units: &Path) -> String {
    let mut analyze = Command::new(program(PROGRAM).unwrap());
    let analyze = analyze.args(["verify", "--man=no"]).arg(units.join(UNIT));
    // Of the environment nothing counts: not the language, not another place for units.
    let output = analyze.env_clear().env("SYSTEMD_UNIT_PATH", units).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    match output.status.success() {
        false if said.is_empty() => output.status.to_string(),
        _ => said,
    }
}

#[test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
fn systemd_has_nothing_to_say_about_the_unit_and_would_about_a_wrong_one() {
    let packed = sample(UNIT);
    // A stop takes longer than the proxy needs, and a bad configuration is not tried again.
    for line in ["TimeoutStopSec=30", "RestartPreventExitStatus=2"] {
        assert!(packed.contains(&format!("\n{line}\n")), "{line}");
    }
    if program(PROGRAM).is_none() {
        println!("skipped: no {PROGRAM} here");
        return;
    }
    let units = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(units.path().join(name), text).unwrap();
    for target in TARGETS {
        write(target, "[Unit]\nDefaultDependencies=no\n");
    }
    let here = folder().join("bin/wechat-login-proxy");
    let here = here.display().to_string();
    let unit = replaced(&packed, [("/usr/local/bin/wechat-login-proxy", here)]);
    write(UNIT, &unit);
    assert_eq!(complaints(units.path()), "");
    for (right, wrong) in [
        ("ProtectClock=", "ProtectClocks="),
        ("@system-service", "@system-servant"),
        ("ExecStart=/", "ExecStart="),
        ("bin/wechat-login-proxy serve", "bin/nothing serve"),
    ] {
        write(UNIT, &replaced(&unit, [(right, wrong)]));
        assert_ne!(complaints(units.path()), "", "{wrong}");
    }
    // Why the targets are empty: a broken unit of somebody else's is found through ours.
    write(UNIT, &unit);
    write(
        TARGETS[4],
        "[Unit]\nDefaultDependencies=no\nWants=else.service\n",
    );
    write(
        "else.service",
        "[Service]\nExecStart=/bin/true\nNoSuchKey=1\n",
    );
    let said = complaints(units.path());
    assert!(
        said.contains("else.service") && !said.contains(UNIT),
        "{said}"
    );
}
