//! Children that take their own children with them.
//!
//! trunk starts cargo, cargo starts rustc, a test starts a browser: each child leads a process group of its own,
//! and what is stopped is always the group.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::interrupt;
use crate::log_lines::LogLines;
use crate::screen;

/// How often a waiting loop looks again.
pub(crate) const POLL: Duration = Duration::from_millis(50);
/// How long the lines of a process may take after its end.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// What a group is told, and how long it then may take. SIGINT first, because it is what a terminal's Ctrl-C sends. The
/// proxy finishes what is under way on the first, and cuts it off on the second.
const STEPS: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(2)),
    (Signal::SIGTERM, Duration::from_secs(2)),
    (Signal::SIGKILL, Duration::from_secs(2)),
];

/// A child and everything it has started. Dropping it ends them all.
pub(crate) struct Group {
    leader: Child,
    id: Pid,
    ended: bool,
}

impl Group {
    /// Starts `command` as the leader of a new group.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(crate) fn spawn(command: &mut Command) -> anyhow::Result<Group> {
        let program = command.get_program().to_string_lossy().into_owned();
        let leader = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let id = Pid::from_raw(i32::try_from(leader.id()).context("process id out of range")?);
        Ok(Group {
            leader,
            id,
            ended: false,
        })
    }

    /// The leader, for its output pipes.
    pub(crate) fn leader(&mut self) -> &mut Child {
        &mut self.leader
    }

    /// The leader's exit status if it has ended.
    ///
    /// # Errors
    /// When the system refuses to tell.
    pub(crate) fn try_wait(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        self.leader.try_wait().context("cannot watch a process")
    }

    /// Waits for the leader. On an interruption the whole group is ended first.
    ///
    /// # Errors
    /// [`interrupt::Interrupted`], or when the system refuses to tell.
    pub(crate) fn wait(&mut self) -> anyhow::Result<ExitStatus> {
        loop {
            if let Some(status) = self.try_wait()? {
                return Ok(status);
            }
            if let Err(interrupted) = interrupt::check() {
                stop(std::slice::from_mut(self));
                return Err(interrupted);
            }
            std::thread::sleep(POLL);
        }
    }

    /// Whether anything of the group still runs.
    fn is_running(&mut self) -> bool {
        if self.ended {
            return false;
        }
        // The leader is asked for its status, not looked up: only that takes it off the process table.
        let leader_has_ended = !matches!(self.leader.try_wait(), Ok(None));
        self.ended = leader_has_ended && !has_living_members(self.id);
        !self.ended
    }

    fn signal(&self, signal: Signal) {
        // The group may have ended in this moment; then there is nobody to tell.
        let _ = killpg(self.id, signal);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        stop(std::slice::from_mut(self));
    }
}

/// Starts `command` and waits for it.
///
/// # Errors
/// [`interrupt::Interrupted`], or when the program cannot be started.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<ExitStatus> {
    interrupt::check()?;
    Group::spawn(command)?.wait()
}

/// The same, with each line that it writes to its standard output handed over after it was printed. Errors come the same
/// way where this thread's lines are held back.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_by_line(
    command: &mut Command,
    mut on_line: impl FnMut(&str),
) -> anyhow::Result<ExitStatus> {
    interrupt::check()?;
    command.stdout(Stdio::piped());
    if screen::is_held_back() {
        command.stderr(Stdio::piped());
    }
    let mut group = Group::spawn(command)?;
    let (sender, lines) = mpsc::channel();
    let _readers = LogLines::each(group.leader(), move |line| {
        // The receiver lives as long as this function.
        let _ = sender.send(line.to_owned());
    });
    // Since when it has ended and said nothing more.
    let mut silent: Option<Instant> = None;
    loop {
        match lines.recv_timeout(POLL) {
            Ok(line) => {
                screen::print_line(&line);
                on_line(&line);
                silent = silent.map(|_| Instant::now());
            }
            Err(RecvTimeoutError::Disconnected) => return group.wait(),
            Err(RecvTimeoutError::Timeout) => {}
        }
        // However much is said.
        interrupt::check()?;
        if silent.is_none() && group.try_wait()?.is_some() {
            silent = Some(Instant::now());
        }
        // A stray descendant may hold the pipe open; but the last lines, which have the counts, may be on their way.
        if silent.is_some_and(|since| since.elapsed() >= LAST_WORDS) {
            return group.wait();
        }
    }
}

/// Ends all groups side by side: asks first, and kills what is left after four seconds.
pub(crate) fn stop(groups: &mut [Group]) {
    for (signal, patience) in STEPS {
        for group in &mut *groups {
            if group.is_running() {
                group.signal(signal);
            }
        }
        let told = Instant::now();
        while told.elapsed() < patience {
            if !groups.iter_mut().any(Group::is_running) {
                return;
            }
            std::thread::sleep(POLL);
        }
    }
}

/// A member that has ended but whose parent never asks for its status counts for `killpg`;
/// in a container without an init process orphans stay like that for ever. So on Linux the states are read.
fn has_living_members(group: Pid) -> bool {
    if killpg(group, None) == Err(Errno::ESRCH) {
        return false;
    }
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return true;
    };
    let mut seen_any = false;
    for entry in entries.flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        if let Some((state, member_of)) = state_and_group(&stat) {
            seen_any = true;
            if member_of == group.as_raw() && !matches!(state, 'Z' | 'X') {
                return true;
            }
        }
    }
    !seen_any
}

/// State letter and process group from `/proc/<pid>/stat`: `pid (name) state parent group …`,
/// where the name may hold spaces and brackets.
fn state_and_group(stat: &str) -> Option<(char, i32)> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.chars().next()?;
    let group = fields.nth(1)?.parse().ok()?;
    Some((state, group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    /// A shell with a child of its own, and the child's process id.
    fn shell_with_child(script: &str) -> (Group, i32) {
        let mut group = Group::spawn(
            Command::new("sh")
                .args(["-c", script])
                .stdin(Stdio::null())
                .stdout(Stdio::piped()),
        )
        .unwrap();
        let stdout = group.leader().stdout.take().unwrap();
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        (group, line.trim().parse().unwrap())
    }

    fn runs(process: i32) -> bool {
        std::fs::read_to_string(format!("/proc/{process}/stat"))
            .ok()
            .and_then(|stat| state_and_group(&stat))
            .is_some_and(|(state, _)| state != 'Z')
    }

    #[test]
    fn stop_ends_grandchildren() {
        let (mut group, grandchild) = shell_with_child("sleep 600 & echo $!; wait");
        stop(std::slice::from_mut(&mut group));
        assert!(!runs(grandchild));
        assert!(!group.is_running());
    }

    #[test]
    fn stop_ends_orphans_of_a_leader_that_has_gone() {
        let (mut group, orphan) = shell_with_child("sleep 600 & echo $!; exit 3");
        assert_eq!(group.leader().wait().unwrap().code(), Some(3));
        drop(group);
        assert!(!runs(orphan));
    }

    #[test]
    fn whoever_ignores_the_request_is_killed() {
        let (group, grandchild) = shell_with_child("trap '' INT; sleep 600 & echo $!; wait");
        drop(group);
        assert!(!runs(grandchild));
    }

    #[test]
    fn what_is_said_at_the_very_end_is_heard() {
        // What it started goes on until its end was noticed: only then does the process not exist any more.
        let script = "(while kill -0 $$ 2>/dev/null; do :; done; echo 'the counts') & exit 3";
        let mut said = Vec::new();
        let status = run_by_line(Command::new("sh").args(["-c", script]), |line| {
            said.push(line.to_owned());
        });
        assert_eq!(said, ["the counts"]);
        assert_eq!(status.unwrap().code(), Some(3));
    }

    #[test]
    fn stat_lines_with_brackets_in_the_name_are_read() {
        assert_eq!(state_and_group("12 (a) b) S 1 34 34 0"), Some(('S', 34)));
        assert_eq!(state_and_group("12 (sh) Z 1 34 34 0"), Some(('Z', 34)));
        assert_eq!(state_and_group("nonsense"), None);
    }
}
