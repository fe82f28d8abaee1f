//! A server that ends with this program, however that ends.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
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
    /// Starts what `command` adds to a command for a free address and an empty folder, and waits until it listens.
    ///
    /// # Errors
    /// With what the server said, when it does not.
    pub async fn start(
        command: impl FnOnce(&mut Command, SocketAddr, &Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        // The system ends it where this program cannot.
        let mut kept = Command::new("setpriv");
        kept.args(["--pdeathsig", "TERM", "--"]);
        command(&mut kept, address, folder.path())?;
        kept.stdin(Stdio::null())
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
            let goes_on = server.is_running() && Instant::now() < deadline;
            anyhow::ensure!(goes_on, "it does not listen: {}", server.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(server)
    }

    fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    fn log(&self) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_that_ends_at_once_says_why() {
        let failing = |command: &mut Command, _, _: &Path| {
            command.args(["sh", "-c", "echo too bad; exit 1"]);
            Ok(())
        };
        let error = Server::start(failing).await.err().unwrap().to_string();
        assert!(error.contains("too bad"), "{error}");
    }
}
