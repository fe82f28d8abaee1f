//! A PostgreSQL server of our own, for tests and measurements: one for all tests of a program, or one of one's own.
//!
//! A server listens on a socket in a temporary folder only, so it is in nobody's way, and ends with this process however
//! that ends: its keeper, a shell, waits for the end of its standard input, which is this process's to hold open.

use std::io::{BufRead as _, BufReader, Error, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::unistd::Uid;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

const KEEPER: &str = include_str!("postgres-keeper.sh");

/// Nothing is written through to the disk: what these tests prove does not depend on it.
const SHARED: [&str; 4] = ["-c", "fsync=off", "-c", "max_connections=400"];

/// The address of a new, empty database on the server that all tests of this program share, started when first asked
/// for.
///
/// # Panics
/// When there is no PostgreSQL: half of these tests are about it.
pub async fn new_database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(|| Server::start(&SHARED).expect("PostgreSQL for the tests"));
    server.new_database().await.unwrap()
}

/// Ends when dropped, and its folder is removed.
pub struct Server {
    folder: String,
    databases: AtomicU32,
    /// Its standard input is open as long as this process lives.
    keeper: Child,
}

impl Server {
    /// Starts a server with `options` of its command line, such as `-c`, `fsync=off`.
    pub fn start(options: &[&str]) -> Result<Self, Error> {
        let programs = programs().ok_or_else(|| {
            Error::other(
                "PostgreSQL is not installed. `make test` installs it on Debian; elsewhere install its server, so \
                 that `postgres` is on PATH",
            )
        })?;
        let mut keeper = keeper(KEEPER);
        let (keeper, folder) = started(keeper.arg(programs).args(options), "PostgreSQL")?;
        Ok(Self {
            folder,
            databases: AtomicU32::new(0),
            keeper,
        })
    }

    /// Says a word to its keeper: `kill` ends all its processes with SIGKILL, `start` starts it again on what it left.
    pub fn tell(&mut self, word: &str) {
        let input = self.keeper.stdin.as_mut().unwrap();
        writeln!(input, "{word}").unwrap();
    }

    /// The address of a new, empty database. It sorts texts as people do, not as programs do: the harder case.
    pub async fn new_database(&self) -> Result<String, sqlx::Error> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("database_{number}");
        let url = |name: &str| format!("postgres://postgres@localhost/{name}?host={}", self.folder);
        let mut connection = PgConnection::connect(&url("postgres")).await?;
        let create = format!(
            "CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'"
        );
        connection.execute(AssertSqlSafe(create)).await?;
        connection.close().await?;
        Ok(url(&name))
    }
}

/// A shell that runs this, not as root: PostgreSQL and PgBouncer refuse to run so.
pub(crate) fn keeper(script: &str) -> Command {
    let mut command = if Uid::effective().is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command.args(["-c", script, "keeper"]);
    command
}

/// The same, started, and the folder it says.
pub fn started(keeper: &mut Command, name: &str) -> Result<(Child, String), Error> {
    let mut keeper = keeper
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // A Ctrl-C that ends this process must not disturb the one that cleans up after it.
        .process_group(0)
        .spawn()?;
    let mut folder = String::new();
    if let Some(stdout) = keeper.stdout.take() {
        BufReader::new(stdout).read_line(&mut folder)?;
    }
    match folder.trim() {
        "" => Err(Error::other(format!("{name} did not start, see above"))),
        folder => Ok((keeper, folder.to_owned())),
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Waits until the folder is gone. That the keeper cannot be waited for says that it has gone already.
        let _ = self.keeper.wait();
    }
}

/// The folder with the server's programs: of PATH, links followed, or where Debian keeps them, the newest.
pub fn programs() -> Option<PathBuf> {
    let is_complete = |folder: &PathBuf| {
        ["initdb", "postgres", "pg_isready"]
            .iter()
            .all(|program| folder.join(program).is_file())
    };
    let folder_of = |folder: PathBuf| {
        let server = folder.join("postgres").canonicalize().ok()?;
        server.parent().map(Path::to_owned)
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).filter_map(folder_of);
    if let Some(folder) = on_path.into_iter().find(is_complete) {
        return Some(folder);
    }
    let version = |folder: &PathBuf| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|folder| is_complete(&folder.join("bin")))
        .collect();
    versions.sort_by_key(version);
    versions.pop().map(|folder| folder.join("bin"))
}
