//! A machine with Debian and systemd of its own for one test: what runs there are the real services of the real init,
//! with its users, credentials and timers.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

const KEEPER: &str = include_str!("machine-keeper.sh");

/// How often, and how long between, it is asked whether it has booted: a minute in all.
const ASKED: (u32, Duration) = (600, Duration::from_millis(100));

/// Where control groups of systemd's are.
const HIERARCHIES: [&str; 3] = [
    "/sys/fs/cgroup",
    "/sys/fs/cgroup/unified",
    "/sys/fs/cgroup/systemd",
];

/// A booted machine: this one's programs on a disk of its own, with a network of its own that leads nowhere. It is gone
/// when dropped, and with the tests however they end.
pub struct Machine {
    keeper: Child,
    /// Its first process, as this machine counts.
    init: u32,
    folder: TempDir,
}

impl Machine {
    /// Boots one, or says what keeps a test from having it: only root may, and only where `systemd-nspawn` is.
    ///
    /// # Errors
    /// What is missing.
    ///
    /// # Panics
    /// When it does not boot.
    pub fn boot() -> Result<Self, &'static str> {
        if !nix::unistd::geteuid().is_root() {
            return Err("not root");
        }
        if crate::kept::program("systemd-nspawn").is_none() {
            return Err("no systemd-nspawn (Debian: systemd-container)");
        }
        let mut namespaces = Command::new("unshare");
        namespaces.args(["--mount", "--pid", "--fork", "true"]);
        if !namespaces.output().is_ok_and(|it| it.status.success()) {
            return Err("a root who may make no namespaces, as in most containers");
        }
        let folder = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let disk = folder.path().join("disk");
        std::fs::create_dir(&disk).unwrap();
        let keeper = Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"])
            .args(["sh", "-c", KEEPER, "keeper"])
            .arg(&disk)
            .arg(folder.path().file_name().unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut machine = Self {
            keeper,
            init: 0,
            folder,
        };
        machine.wait_for_boot();
        Ok(machine)
    }

    fn wait_for_boot(&mut self) {
        for _ in 0..ASKED.0 {
            let keeper = self.keeper.id();
            // unshare, the keeper's shell, systemd-nspawn, and the init it has started.
            let init = child(keeper).and_then(children).and_then(|of_shell| {
                let nspawn = of_shell
                    .into_iter()
                    .filter(|it| name(*it) == "systemd-nspawn");
                nspawn.filter_map(child).find(|it| name(*it) == "systemd")
            });
            if let Some(init) = init {
                self.init = init;
                // Says so only once the boot is over, whatever has failed in it.
                let running = self.run("systemctl is-system-running --wait");
                let said = String::from_utf8_lossy(&running.stdout).into_owned();
                if ["running", "degraded"].contains(&said.trim()) {
                    return;
                }
            }
            assert!(self.keeper.try_wait().unwrap().is_none(), "{}", self.log());
            std::thread::sleep(ASKED.1);
        }
        panic!("the machine does not boot:\n{}", self.log());
    }

    /// Has a new login shell of root's run this, which ends at the first command that fails.
    ///
    /// # Panics
    /// When there is no shell.
    pub fn run(&self, script: &str) -> Output {
        self.shell(&["-e", "-o", "pipefail", "-c", script], "")
    }

    /// Has root paste this into a new login shell: what a command reads from the terminal, the shell does not see.
    ///
    /// # Panics
    /// When there is no shell.
    pub fn paste(&self, typed: &str) -> Output {
        self.shell(&["-o", "pipefail", "-s"], typed)
    }

    fn shell(&self, arguments: &[&str], typed: &str) -> Output {
        let mut shell = Command::new("nsenter")
            .arg(format!("--target={}", self.init))
            .args([
                "--mount",
                "--uts",
                "--ipc",
                "--net",
                "--pid",
                "--wdns=/root",
            ])
            .args(["env", "--ignore-environment", "HOME=/root", "USER=root"])
            .args(["bash", "--login"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Whoever reads nothing closes it.
        let _ = shell.stdin.take().unwrap().write_all(typed.as_bytes());
        shell.wait_with_output().unwrap()
    }

    /// Puts a file, or a folder with everything in it, there.
    ///
    /// # Panics
    /// When it cannot be copied.
    pub fn bring(&self, from: &Path, to: &str) {
        let there = PathBuf::from(format!("/proc/{}/root{to}", self.init));
        let copied = Command::new("cp").arg("-a").arg(from).arg(there).status();
        assert!(
            copied.unwrap().success(),
            "{} is not copied",
            from.display()
        );
    }

    /// What systemd-nspawn and the boot have said.
    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Before the folder goes.
        let _ = self.keeper.wait();
        let name = self.folder.path().file_name().unwrap();
        for hierarchy in HIERARCHIES {
            let branch = Path::new(hierarchy).join(name);
            if branch.is_dir() {
                let mut remove = Command::new("find");
                remove
                    .arg(branch)
                    .args(["-depth", "-type", "d", "-exec", "rmdir", "{}", "+"]);
                let _ = remove.status();
            }
        }
    }
}

fn children(of: u32) -> Option<Vec<u32>> {
    let list = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children")).ok()?;
    Some(
        list.split_whitespace()
            .filter_map(|it| it.parse().ok())
            .collect(),
    )
}

fn child(of: u32) -> Option<u32> {
    children(of)?.first().copied()
}

fn name(of: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{of}/comm"));
    name.unwrap_or_default().trim().to_owned()
}
