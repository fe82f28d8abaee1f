//! A server that ends with this program, however that ends.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tempfile::TempDir;

/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(30);
/// How long it may take to end before it is killed.
const END: Duration = Duration::from_secs(5);

/// A running server with a folder of its own.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process, whose children are the server's as well.
    pub id: i32,
    /// What it keeps, and its log.
    pub folder: TempDir,
    child: Child,
}

impl Server {
    /// Starts what `command` makes for a free address and an empty folder, and waits until it listens.
    ///
    /// # Errors
    /// With what the server said, when it does not.
    pub async fn start(
        command: impl FnOnce(SocketAddr, &Path) -> anyhow::Result<Command>,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let command = command(address, folder.path())?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        // The system ends it where this program cannot.
        let mut kept = Command::new("setpriv");
        kept.args(["--pdeathsig", "TERM", "--"])
            .arg(command.get_program())
            .args(command.get_args())
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .current_dir(command.get_current_dir().unwrap_or(Path::new(".")))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // A Ctrl-C is for this program, which ends the server.
            .process_group(0);
        let child = kept.spawn().context("cannot start setpriv of util-linux")?;
        let mut server = Self {
            address,
            id: i32::try_from(child.id())?,
            folder,
            child,
        };
        let deadline = Instant::now() + START;
        while TcpStream::connect(address).is_err() {
            let is_late = Instant::now() > deadline;
            anyhow::ensure!(server.is_running(), "it ended at once: {}", server.log());
            anyhow::ensure!(!is_late, "it does not listen: {}", server.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(server)
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.id);
        let told = Instant::now();
        let _ = killpg(group, Signal::SIGTERM);
        while self.is_running() && told.elapsed() < END {
            std::thread::sleep(Duration::from_millis(10));
        }
        // And whatever of it is left.
        let _ = killpg(group, Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

/// A program on PATH, or where Debian has those of administrators, which is not on everybody's PATH.
///
/// # Errors
/// When it is not installed.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
        .with_context(|| format!("{name} is not installed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_that_ends_at_once_says_why() {
        let failing = |_, _: &Path| {
            let mut command = Command::new("sh");
            command.args(["-c", "echo too bad; exit 1"]);
            Ok(command)
        };
        let error = Server::start(failing).await.err().unwrap().to_string();
        assert!(error.contains("too bad"), "{error}");
    }
}
