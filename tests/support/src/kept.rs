//! A server that somebody else has written, for one test: in a temporary folder, on a port of its own.
//!
//! It ends when dropped, and with the tests however they end: its keeper, a shell, waits for the end of its standard
//! input, which is this process's to hold open.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::addresses::free_address;

const KEEPER: &str = include_str!("server-keeper.sh");

/// How often another free port is tried, should somebody take one between choosing and using it.
const MOST_PORTS: usize = 5;

/// A running server.
pub struct Kept {
    keeper: Child,
    folder: TempDir,
}

impl Kept {
    /// Runs `name` on a free port, with its command line and its files as `with` makes them of the port.
    ///
    /// # Panics
    /// When it is missing, or refuses its configuration: a test about it cannot pass without it.
    pub fn on_a_free_port(
        name: &str,
        arguments: &[&str],
        files: impl Fn(SocketAddr) -> Vec<(&'static str, String)>,
    ) -> (SocketAddr, Self) {
        for _ in 0..MOST_PORTS {
            let address = free_address();
            match Self::start(name, arguments, files(address)) {
                Ok(kept) => return (address, kept),
                Err(log) if log.contains("Address already in use") => {}
                Err(log) => panic!("{name} did not start:\n{log}"),
            }
        }
        panic!("{name} found none of {MOST_PORTS} ports free");
    }

    /// Runs it in a new folder with these files. Fails with its own log.
    pub(crate) fn start(
        name: &str,
        arguments: &[&str],
        files: Vec<(&'static str, String)>,
    ) -> Result<Self, String> {
        let program = program(name).unwrap_or_else(|| {
            panic!(
                "{name} is not installed, and these tests are about it. `make test` installs it on Debian; elsewhere \
                 install it, so that `{name}` is on PATH"
            )
        });
        let folder = tempfile::tempdir().unwrap();
        for (file, content) in files {
            std::fs::write(folder.path().join(file), content).unwrap();
        }
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(program)
            .args(arguments)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(keeper.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        let kept = Self { keeper, folder };
        if said.trim() == "ready" {
            return Ok(kept);
        }
        Err(kept.log())
    }

    /// The folder it runs in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it has written into the files there that end in `.log`, its output included.
    ///
    /// # Panics
    /// When they cannot be read.
    pub fn logs(&self) -> String {
        let files = self.folder().read_dir().unwrap();
        let files = files.map(|file| file.unwrap().path());
        files
            .filter(|file| file.extension().is_some_and(|it| it == "log"))
            .map(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned())
            .collect()
    }

    /// Ends it and says what the logs are then.
    ///
    /// # Panics
    /// When they cannot be read.
    pub fn stop(mut self) -> String {
        drop(self.keeper.stdin.take());
        self.keeper.wait().unwrap();
        self.logs()
    }

    /// What it has written into `error.log`, its output included.
    pub(crate) fn log(&self) -> String {
        let log = std::fs::read(self.folder.path().join("error.log"));
        String::from_utf8_lossy(&log.unwrap_or_default()).into_owned()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Before the folder goes.
        let _ = self.keeper.wait();
    }
}

/// On PATH, or where Debian has servers, which is not on everybody's PATH.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([Path::new("/usr/sbin").to_owned()])
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}
