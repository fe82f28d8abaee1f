//! Children that take their own children with them.
//!
//! trunk starts cargo, cargo starts rustc, a test starts a browser: each child leads a process group of its own,
//! and what is stopped is always the group.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::interrupt;
use crate::screen;

/// How often a waiting loop looks again.
pub(crate) const POLL: Duration = Duration::from_millis(50);
/// How long the lines of a process may take after its end: what it started may hold the pipe open for ever.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How long a group may take after it was asked to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// A child and everything it has started. Dropping it ends them all.
pub(crate) struct Group {
    leader: Child,
    id: Pid,
}

impl Group {
    /// Starts `command` as the leader of a new group, and calls `on_line` for every line of its piped outputs.
    pub(crate) fn spawn(
        command: &mut Command,
        on_line: impl Fn(&str) + Clone + Send + 'static,
    ) -> anyhow::Result<Group> {
        let (group, stdout, stderr) = Group::start(command)?;
        if let Some(stdout) = stdout {
            read(stdout, on_line.clone());
        }
        if let Some(stderr) = stderr {
            read(stderr, on_line);
        }
        Ok(group)
    }

    /// Starts `command` as the leader of a new group; its piped outputs, which have to be read, are the caller's.
    pub(crate) fn start(
        command: &mut Command,
    ) -> anyhow::Result<(Group, Option<ChildStdout>, Option<ChildStderr>)> {
        let program = command.get_program().to_string_lossy().into_owned();
        let leader = command.process_group(0).spawn();
        let mut leader = leader.with_context(|| format!("cannot start {program}"))?;
        let id = Pid::from_raw(i32::try_from(leader.id())?);
        let (stdout, stderr) = (leader.stdout.take(), leader.stderr.take());
        Ok((Group { leader, id }, stdout, stderr))
    }

    /// The same, with all that it says on the screen, and its name in front.
    pub(crate) fn labelled(
        command: &mut Command,
        label: &str,
        colour: screen::Colour,
    ) -> anyhow::Result<Group> {
        let front = screen::paint(colour, &format!("{label:>9} │"));
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Group::spawn(piped, move |line| {
            screen::print_line(&format!("{front} {line}"));
        })
    }

    /// The leader's exit status if it has ended.
    pub(crate) fn try_wait(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        self.leader.try_wait().context("cannot watch a process")
    }

    /// Waits for the leader, or until the user has asked to stop.
    pub(crate) fn wait(&mut self) -> anyhow::Result<ExitStatus> {
        loop {
            if let Some(status) = self.try_wait()? {
                return Ok(status);
            }
            interrupt::check()?;
            std::thread::sleep(POLL);
        }
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.leader.try_wait(), Ok(None))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.has_ended() {
            // What a leader leaves behind has nobody to end it. An error: there is nothing.
            let _ = killpg(self.id, Signal::SIGKILL);
        } else {
            stop(std::slice::from_mut(self));
        }
    }
}

/// Asks all groups to end, side by side, and kills what is left after four seconds. SIGINT first, because it is what a
/// terminal's Ctrl-C sends: the proxy finishes what is under way on the first signal, and cuts it off on the second.
pub(crate) fn stop(groups: &mut [Group]) {
    let anybody: fn(&mut Group) -> bool = |it| !it.has_ended() || killpg(it.id, None).is_ok();
    // Without those whose parent has gone: where nobody asks for their status they count for ever.
    let leader: fn(&mut Group) -> bool = |it| !it.has_ended();
    for (signal, is_there) in [
        (Signal::SIGINT, anybody),
        (Signal::SIGTERM, leader),
        (Signal::SIGKILL, leader),
    ] {
        for group in &*groups {
            // An error: it has ended, and there is nobody to tell.
            let _ = killpg(group.id, signal);
        }
        let told = Instant::now();
        while groups.iter_mut().any(is_there) && told.elapsed() < PATIENCE {
            std::thread::sleep(POLL);
        }
    }
}

/// Bytes, because one broken character must not end the reading and with it block the process.
fn read(pipe: impl Read + Send + 'static, on_line: impl Fn(&str) + Send + 'static) {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            on_line(String::from_utf8_lossy(&line).trim_end());
        }
    });
}

/// Starts `command` and waits until it has succeeded. It says everything itself.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = if screen::is_held_back() {
        run_by_line(command.stderr(Stdio::piped()), |_| {})?
    } else {
        interrupt::check()?;
        Group::spawn(command, |_| {})?.wait()?
    };
    let program = command.get_program().to_string_lossy();
    anyhow::ensure!(status.success(), "{program} failed ({status}), see above");
    Ok(())
}

/// Starts `command` and waits for it, with each line that it writes to its standard output handed over after it was
/// printed. Errors come the same way where they are piped, or this thread's lines are held back.
pub(crate) fn run_by_line(
    command: &mut Command,
    mut on_line: impl FnMut(&str),
) -> anyhow::Result<ExitStatus> {
    interrupt::check()?;
    command.stdout(Stdio::piped());
    if screen::is_held_back() {
        command.stderr(Stdio::piped());
    }
    let (sender, lines) = mpsc::channel();
    let mut group = Group::spawn(command, move |line| {
        // The receiver lives as long as this function.
        let _ = sender.send(line.to_owned());
    })?;
    let mut has_ended = false;
    loop {
        // The last lines, which have the counts, may still be on their way.
        match lines.recv_timeout(if has_ended { LAST_WORDS } else { POLL }) {
            Ok(line) => {
                screen::print_line(&line);
                on_line(&line);
            }
            Err(mpsc::RecvTimeoutError::Timeout) if !has_ended => {
                has_ended = group.try_wait()?.is_some();
            }
            Err(_) => return group.wait(),
        }
        // However much is said.
        interrupt::check()?;
    }
}

/// What a program that succeeds writes to its standard output.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("cannot start {program}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(
        output.status.success(),
        "{program} failed ({}): {}",
        output.status,
        complaint.trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command
    }

    /// A shell that says the process id of a child of its own, and that id.
    fn shell_with_child(script: &str) -> (Group, i32) {
        let (sender, lines) = mpsc::channel();
        let group = Group::spawn(&mut shell(script), move |line| {
            sender.send(line.parse().unwrap()).unwrap();
        });
        (group.unwrap(), lines.recv().unwrap())
    }

    /// A zombie does not: a container's first process may never ask for its status.
    fn runs(process: i32) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
    }

    #[test]
    fn children_of_children_end_with_them() {
        for script in [
            "sleep 600 & echo $!; wait",
            // The leader has gone before.
            "sleep 600 & echo $!; exit 3",
            // Ignores the request.
            "trap '' INT; sleep 600 & echo $!; wait",
        ] {
            let (mut group, grandchild) = shell_with_child(script);
            if script.ends_with("exit 3") {
                assert_eq!(group.wait().unwrap().code(), Some(3));
            }
            drop(group);
            // A signal arrives in its own time.
            while runs(grandchild) {
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn what_is_said_at_the_very_end_is_heard() {
        // What it started goes on until its end was noticed: only then does the process not exist any more.
        let script = "(while kill -0 $$ 2>/dev/null; do :; done; echo 'the counts') & exit 3";
        let mut said = Vec::new();
        let status = run_by_line(&mut shell(script), |line| said.push(line.to_owned()));
        assert_eq!(said, ["the counts"]);
        assert_eq!(status.unwrap().code(), Some(3));
    }

    #[test]
    fn broken_characters_do_not_end_the_reading() {
        let mut said = Vec::new();
        let mut script = shell("printf 'a\\377\\r\\nb\\n'");
        run_by_line(&mut script, |line| said.push(line.to_owned())).unwrap();
        assert_eq!(said, ["a\u{fffd}", "b"]);
    }

    #[test]
    fn failures_are_errors() {
        assert!(run(&mut shell("exit 1")).is_err());
        let error = output(shell("echo why >&2; exit 1").stdout(Stdio::piped())).unwrap_err();
        assert!(error.to_string().ends_with("why"), "{error}");
    }
}
