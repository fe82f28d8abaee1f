//! A server that ends with this program, however that ends.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// Arguments: the file for all that the server says, the server, its own arguments. Says its process id. Waits for the
/// end of its standard input, which is ours to hold open.
const KEEPER: &str = r#"
trap : INT TERM
log=$1
shift
"$@" >>"$log" 2>&1 &
server=$!
echo $server
cat >/dev/null || true
kill $server 2>/dev/null
# Says "Terminated" otherwise.
wait $server 2>/dev/null
"#;

/// How long a server may take to end before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running server.
pub(crate) struct Child {
    /// Its process, whose children are the server's as well.
    pub(crate) id: i32,
    keeper: std::process::Child,
}

impl Child {
    /// Starts `command`, with what it says in the file `log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(command: &Command, log: &Path) -> anyhow::Result<Self> {
        let program = command.get_program();
        let mut keeper = Command::new("sh");
        keeper
            .args(["-c", KEEPER, "keeper"])
            .arg(log)
            .arg(program)
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                keeper.env(name, value);
            }
        }
        if let Some(folder) = command.get_current_dir() {
            keeper.current_dir(folder);
        }
        let mut keeper = keeper
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A Ctrl-C that ends this process must not disturb the one that cleans up after it.
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut said = String::new();
        let stdout = keeper.stdout.take().context("no output to read")?;
        BufReader::new(stdout).read_line(&mut said)?;
        let id = said.trim().parse().context("no process id")?;
        Ok(Self { id, keeper })
    }

    /// Whether it still runs; a server that does not has said why in its log.
    pub(crate) fn is_running(&self) -> bool {
        // One that has ended is a zombie until the keeper is done with it. The state follows the name in brackets, which
        // may hold anything.
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id));
        let state = stat.as_deref().ok().and_then(|it| it.rsplit_once(") "));
        state.is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let told = Instant::now();
        while told.elapsed() < PATIENCE {
            if !matches!(self.keeper.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        if let Ok(id) = i32::try_from(self.keeper.id()) {
            // It may have ended in this moment; then there is nobody to tell.
            let _ = killpg(Pid::from_raw(id), Signal::SIGKILL);
        }
        let _ = self.keeper.wait();
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn a_server_ends_when_dropped_and_its_words_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo begun; exec sleep 600"]);
        let child = Child::start(&command, &log).unwrap();
        assert!(child.is_running());
        let id = child.id;
        let deadline = Instant::now() + Duration::from_secs(10);
        while std::fs::read_to_string(&log).unwrap_or_default() != "begun\n" {
            assert!(Instant::now() < deadline, "it said nothing");
        }
        drop(child);
        assert!(std::fs::read(format!("/proc/{id}/cmdline")).is_err());
    }
}
