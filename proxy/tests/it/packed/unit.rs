//! The packed units, looked at by systemd itself, with the packed program and in no surrounding of the machine's.

use std::path::Path;
use std::process::Command;

use test_support::kept::program;
use test_support::text::replaced;

use super::{folder, sample};

const UNIT: &str = "wechat-login-proxy.service";
/// Where units expect the program.
const INSTALLED: &str = "/usr/local/bin/wechat-login-proxy";
const PROGRAM: &str = "systemd-analyze";

/// Every unit stands on these, and ours names the last. They are empty here: what a machine hangs on them is not ours.
const TARGETS: [&str; 6] = [
    "basic.target",
    "multi-user.target",
    "shutdown.target",
    "sysinit.target",
    "timers.target",
    "network-online.target",
];

/// What systemd says about a unit in this folder; an unknown key is only a warning to it, and a hole to us.
fn complaints(units: &Path, unit: &str) -> String {
    let mut analyze = Command::new(program(PROGRAM).unwrap());
    let analyze = analyze.args(["verify", "--man=no"]).arg(units.join(unit));
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
    let samples = folder().join("docs/deploy").read_dir().unwrap();
    let names = samples.map(|it| it.unwrap().file_name().into_string().unwrap());
    let is_unit = |name: &String| [".service", ".timer"].iter().any(|end| name.ends_with(end));
    let all: Vec<String> = names.filter(is_unit).collect();
    for name in &all {
        write(name, &sample(name).replace(INSTALLED, &here));
    }
    for name in &all {
        assert_eq!(complaints(units.path(), name), "", "{name}");
    }
    let unit = replaced(&packed, [(INSTALLED, here)]);
    let complaints = || complaints(units.path(), UNIT);
    for (right, wrong) in [
        ("ProtectClock=", "ProtectClocks="),
        ("@system-service", "@system-servant"),
        ("ExecStart=/", "ExecStart="),
        ("bin/wechat-login-proxy serve", "bin/nothing serve"),
    ] {
        write(UNIT, &replaced(&unit, [(right, wrong)]));
        assert_ne!(complaints(), "", "{wrong}");
    }
    // Why the targets are empty: a broken unit of somebody else's is found through ours.
    write(UNIT, &unit);
    write(
        TARGETS[5],
        "[Unit]\nDefaultDependencies=no\nWants=else.service\n",
    );
    write(
        "else.service",
        "[Service]\nExecStart=/bin/true\nNoSuchKey=1\n",
    );
    let said = complaints();
    assert!(
        said.contains("else.service") && !said.contains(UNIT),
        "{said}"
    );
}
