//! A real nginx for one test, with the configuration the test gives it.
//!
//! Everything it writes is in a temporary folder. It ends when dropped, and with the tests however they end: its
//! keeper, a shell, waits for the end of its standard input, which is this process's to hold open.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::addresses::free_address;
use crate::text::replaced;

const KEEPER: &str = include_str!("nginx-keeper.sh");

const MAIN: &str = include_str!("nginx.conf");

/// How often another free port is tried, should somebody take one between choosing and using it.
const MOST_PORTS: usize = 5;

/// A running nginx.
pub struct Nginx {
    /// Where it listens.
    pub address: SocketAddr,
    keeper: Child,
    _folder: TempDir,
}

impl Nginx {
    /// Runs nginx on a free port with what `site` makes of the port: the inside of nginx's `http` block.
    ///
    /// # Panics
    /// When nginx is missing, or refuses the configuration: a test about nginx cannot pass without it.
    pub fn start(site: impl Fn(SocketAddr) -> String) -> Self {
        let program = program().expect(
            "nginx is not installed, and these tests are about it. `make test` installs it on Debian; elsewhere \
             install it, so that `nginx` is on PATH",
        );
        for _ in 0..MOST_PORTS {
            let address = free_address();
            match Self::try_start(&program, address, &site(address)) {
                Ok(nginx) => return nginx,
                Err(log) if log.contains("Address already in use") => {}
                Err(log) => panic!("nginx did not start:\n{log}"),
            }
        }
        panic!("nginx found none of {MOST_PORTS} ports free");
    }

    /// The same with a documented file, in which `listen 80;` and these are changed.
    ///
    /// # Panics
    /// When a change does not find its one place, too.
    pub fn documented(
        text: &str,
        changes: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        let text = replaced(text, changes);
        Self::start(|address| replaced(&text, [("listen 80;", format!("listen {address};"))]))
    }

    /// Fails with nginx's own log.
    fn try_start(program: &PathBuf, address: SocketAddr, site: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("nginx.conf"), MAIN).unwrap();
        std::fs::write(folder.path().join("site.conf"), site).unwrap();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(program)
            // The log it writes before it has read its configuration would else be the system's.
            .args(["-e", "error.log", "-c", "nginx.conf", "-p"])
            .arg(folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(keeper.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        if said.trim() == "ready" {
            return Ok(Self {
                address,
                keeper,
                _folder: folder,
            });
        }
        keeper.wait().unwrap();
        Err(std::fs::read_to_string(folder.path().join("error.log")).unwrap_or_default())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Before the folder goes.
        let _ = self.keeper.wait();
    }
}

/// nginx itself: on PATH, or where Debian has it, which is not on everybody's PATH.
pub fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join("nginx"))
        .find(|program| program.is_file())
}
