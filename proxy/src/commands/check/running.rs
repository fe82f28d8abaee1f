//! Whether the service runs, and on what lies there now: systemd is asked, as `systemctl status` does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, UNIX_EPOCH};

use nix::time::ClockId;
use tokio::process::Command;
use tokio::time::timeout;

use super::report::{Finding, Subject};
use super::unit::Unit;
use crate::config::Config;
use crate::login::clock::Clock;

const SERVICE: Subject = Subject("service");
const UNIT: Subject = Subject("unit");

/// Where systemd is what runs the machine.
const BOOTED: &str = "/run/systemd/system";

/// systemd answers at once, or not at all.
const PATIENCE: Duration = Duration::from_secs(5);

const PROPERTIES: &str = "--property=LoadState,ActiveState,SubState,Result,ExecMainStatus,UnitFileState,FragmentPath,\
    NeedDaemonReload,ExecMainStartTimestampMonotonic";

/// Nothing where systemd does not run the machine, or knows another unit of this name.
pub(super) async fn findings(
    config: &Config,
    config_file: &Path,
    unit: Option<&Unit>,
    clock: &dyn Clock,
) -> Vec<Finding> {
    let Some(unit) = unit.filter(|_| Path::new(BOOTED).is_dir()) else {
        return Vec::new();
    };
    let name = unit.file.file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    let state = match ask(&name).await {
        Ok(said) => State::parse(&said),
        Err(why) => {
            return vec![SERVICE.skipped(
                format!("Whether {name} runs is unknown: systemctl {why}."),
                &format!("ask as root: systemctl status {name}."),
            )];
        }
    };
    if !state.is_of(&unit.file) {
        return Vec::new();
    }
    let mut findings = state.findings(&name);
    if let Some(start) = state.start(clock) {
        findings.extend(written_since(
            start,
            &read_at_start(config, config_file, unit),
            &name,
        ));
    }
    findings
}

async fn ask(unit: &str) -> Result<String, String> {
    let mut command = Command::new("systemctl");
    command.args(["show", PROPERTIES, "--", unit]);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = match timeout(PATIENCE, command.output()).await {
        Ok(output) => output.map_err(|error| format!("cannot be run ({error})"))?,
        Err(_) => return Err("does not answer".to_owned()),
    };
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("says {:?}", said.trim()))
}

/// What systemd says of a unit, by the names of its properties.
struct State(BTreeMap<String, String>);

impl State {
    fn parse(said: &str) -> Self {
        let lines = said.lines().filter_map(|line| line.split_once('='));
        Self(
            lines
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether this is about the unit in that file, and not about another one of its name.
    fn is_of(&self, file: &Path) -> bool {
        let known = Path::new(self.get("FragmentPath")).canonicalize();
        known.ok() == file.canonicalize().ok() || self.is_out_of_date()
    }

    fn is_out_of_date(&self) -> bool {
        self.get("NeedDaemonReload") == "yes"
    }

    fn findings(&self, name: &str) -> Vec<Finding> {
        let short = name.trim_end_matches(".service");
        let mut findings = Vec::new();
        if self.is_out_of_date() {
            findings.push(UNIT.warning(
                format!("{name} was changed since systemd read it."),
                "it starts the service as the unit was before.",
                format!("systemctl daemon-reload && systemctl restart {short}."),
            ));
        }
        findings.extend(self.service(name, short));
        findings
    }

    fn service(&self, name: &str, short: &str) -> Option<Finding> {
        const NOBODY: &str = "nobody can sign in.";
        let is_enabled = self.get("UnitFileState").starts_with("enabled");
        let log = format!("journalctl -u {short} -n 20 says why; then systemctl restart {short}.");
        Some(match (self.get("LoadState"), self.get("ActiveState"), self.get("SubState")) {
            ("not-found", ..) => return None,
            ("masked", ..) => SERVICE.error(
                format!("{name} is masked."),
                NOBODY,
                format!("systemctl unmask {short} && systemctl enable --now {short}."),
            ),
            ("bad-setting" | "error", ..) => SERVICE.error(
                format!("systemd cannot use {name}."),
                NOBODY,
                format!("mend the lines that systemd-analyze verify {name} names, and systemctl daemon-reload."),
            ),
            (_, "active" | "reloading", _) if self.get("UnitFileState") == "disabled" => SERVICE.warning(
                format!("{name} is running, but not enabled."),
                "when the machine starts anew nobody starts the service.",
                format!("systemctl enable {short}."),
            ),
            (_, "active" | "reloading", _) => SERVICE.ok(format!("{name} is running.")),
            (_, state @ "failed", _) | (_, state @ "activating", "auto-restart") => SERVICE.error(
                format!("{name} is not running ({state}, {}).", self.reason()),
                NOBODY,
                log,
            ),
            (_, "activating" | "deactivating", step) => SERVICE.warning(
                format!("{name} is on its way ({step})."),
                "nobody can sign in before it is there.",
                format!("run check again; where it stays so, journalctl -u {short} -n 20."),
            ),
            _ if is_enabled => {
                let what = format!("{name} is not running (stopped).");
                SERVICE.error(what, NOBODY, format!("systemctl start {short}."))
            }
            _ => SERVICE.skipped(
                format!("{name} is neither running nor enabled."),
                &format!("systemctl enable --now {short}, once there is no error here."),
            ),
        })
    }

    /// How its last process ended.
    fn reason(&self) -> String {
        let status = self.get("ExecMainStatus");
        match self.get("Result") {
            "exit-code" => format!("exit status {status}"),
            "signal" | "core-dump" => format!("signal {status}"),
            other => other.to_owned(),
        }
    }

    /// Since when it runs, after 1970.
    fn start(&self, clock: &dyn Clock) -> Option<Duration> {
        let is_active = self.get("ActiveState") == "active";
        let start = self.get("ExecMainStartTimestampMonotonic").parse().ok();
        let start = Duration::from_micros(start.filter(|_| is_active)?);
        let uptime = Duration::from(ClockId::CLOCK_MONOTONIC.now().ok()?);
        Duration::from_millis(clock.now_millis()).checked_sub(uptime.checked_sub(start)?)
    }
}

/// What the service reads once.
fn read_at_start(config: &Config, config_file: &Path, unit: &Unit) -> Vec<PathBuf> {
    let credentials = unit.credentials.iter().filter_map(|(_, path)| path.clone());
    let page = config.static_dir.as_ref().map(|it| it.join("index.html"));
    let mut files = vec![unit.config.clone().unwrap_or_else(|| config_file.into())];
    files.extend(credentials.chain(unit.program.clone()).chain(page));
    files
}

fn written_since(start: Duration, files: &[PathBuf], name: &str) -> Option<Finding> {
    let is_newer = |file: &&PathBuf| {
        let written = file.metadata().and_then(|it| it.modified()).ok();
        let written = written.and_then(|it| it.duration_since(UNIX_EPOCH).ok());
        written.is_some_and(|it| it > start)
    };
    let newer: Vec<String> = files
        .iter()
        .filter(is_newer)
        .map(|file| file.display().to_string())
        .collect();
    if newer.is_empty() {
        return None;
    }
    Some(SERVICE.warning(
        format!("Written after {name} has started: {}.", newer.join(", ")),
        "the service goes on with what it read when it started.",
        format!("systemctl restart {}.", name.trim_end_matches(".service")),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::check::Level;

    #[test]
    fn what_systemd_says_of_the_service_is_told_with_its_remedy() {
        for (said, level, what, fix) in [
            (
                "ActiveState=failed\nSubState=failed\nResult=exit-code\nExecMainStatus=2\nUnitFileState=enabled",
                Level::Error,
                "a.service is not running (failed, exit status 2).",
                "journalctl -u a -n 20 says why; then systemctl restart a.",
            ),
            (
                "ActiveState=activating\nSubState=auto-restart\nResult=signal\nExecMainStatus=9",
                Level::Error,
                "a.service is not running (activating, signal 9).",
                "journalctl -u a -n 20",
            ),
            (
                "ActiveState=failed\nResult=oom-kill",
                Level::Error,
                "a.service is not running (failed, oom-kill).",
                "journalctl",
            ),
            (
                "ActiveState=inactive\nSubState=dead\nResult=success\nUnitFileState=enabled",
                Level::Error,
                "a.service is not running (stopped).",
                "systemctl start a.",
            ),
            (
                "ActiveState=inactive\nSubState=dead\nUnitFileState=disabled",
                Level::Skipped,
                "a.service is neither running nor enabled.",
                "systemctl enable --now a",
            ),
            (
                "ActiveState=activating\nSubState=start\nUnitFileState=enabled",
                Level::Warning,
                "a.service is on its way (start).",
                "run check again",
            ),
            (
                "LoadState=masked\nActiveState=inactive",
                Level::Error,
                "a.service is masked.",
                "systemctl unmask a",
            ),
            (
                "LoadState=bad-setting\nActiveState=inactive",
                Level::Error,
                "systemd cannot use a.service.",
                "mend the lines",
            ),
            (
                "LoadState=loaded\nActiveState=active\nUnitFileState=disabled",
                Level::Warning,
                "a.service is running, but not enabled.",
                "systemctl enable a.",
            ),
            (
                "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=no",
                Level::Ok,
                "a.service is running.",
                "",
            ),
        ] {
            let findings = State::parse(said).findings("a.service");
            let [finding] = findings.as_slice() else {
                panic!("{said}: {findings:?}")
            };
            assert_eq!((finding.level, finding.what.as_str()), (level, what));
            let fixed = finding.fix.as_deref().unwrap_or_default();
            assert!(fixed.starts_with(fix), "{finding}");
        }
        assert!(
            State::parse("LoadState=not-found")
                .findings("a.service")
                .is_empty()
        );
    }

    #[test]
    fn a_unit_that_systemd_has_not_read_again_is_told_besides() {
        let said = "ActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=yes";
        let findings = State::parse(said).findings("a.service");
        let levels: Vec<Level> = findings.iter().map(|it| it.level).collect();
        assert_eq!(levels, [Level::Warning, Level::Ok], "{findings:?}");
        let fix = findings[0].fix.as_deref();
        assert_eq!(fix, Some("systemctl daemon-reload && systemctl restart a."));
    }

    #[test]
    fn only_what_was_written_after_the_start_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let written = file.path().metadata().unwrap().modified().unwrap();
        let written = written.duration_since(UNIX_EPOCH).unwrap();
        let files = [file.path().to_owned(), "/nonexistent".into()];
        assert_eq!(written_since(written, &files, "a.service"), None);
        let before = written - Duration::from_millis(1);
        let finding = written_since(before, &files, "a.service").unwrap();
        let expected = format!(
            "Written after a.service has started: {}.",
            file.path().display()
        );
        assert_eq!(finding.what, expected);
        assert_eq!(finding.fix.as_deref(), Some("systemctl restart a."));
    }

    #[test]
    fn the_start_is_told_by_the_time_since_the_machine_started() {
        let uptime = Duration::from(ClockId::CLOCK_MONOTONIC.now().unwrap());
        let said = |state: &str| {
            let start = uptime.as_micros();
            State::parse(&format!(
                "ActiveState={state}\nExecMainStartTimestampMonotonic={start}"
            ))
        };
        // It stands still, so that what passes in this test shows as earlier.
        let clock = crate::login::clock::ManualClock::at(1_800_000_000);
        let start = said("active").start(&clock).unwrap();
        assert!(start <= Duration::from_secs(1_800_000_000), "{start:?}");
        assert!(start > Duration::from_secs(1_799_990_000), "{start:?}");
        assert_eq!(said("inactive").start(&clock), None);
    }
}
