//! A PostgreSQL server for the tests of one program: started when first asked for, a database for whoever asks.
//!
//! It listens on a socket in a temporary folder only, so it is in nobody's way, and ends with the tests however they
//! end: its keeper, a shell, waits for the end of its standard input, which is this process's to hold open.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use wechat_login_proxy::config::{DatabaseUrl, PostgresUrl};

const KEEPER: &str = include_str!("postgres-keeper.sh");

struct Server {
    folder: String,
    /// Its standard input is open as long as this process lives.
    _keeper: Child,
}

/// A new, empty database. It sorts texts as people do, not as programs do: the harder case.
pub(crate) async fn new_database() -> PostgresUrl {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(start);
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let url = |name: &str| {
        format!(
            "postgres://postgres@localhost/{name}?host={}",
            server.folder
        )
    };
    let mut connection = PgConnection::connect(&url("postgres")).await.unwrap();
    let create = format!(
        "CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'"
    );
    connection.execute(AssertSqlSafe(create)).await.unwrap();
    connection.close().await.unwrap();
    match DatabaseUrl::parse(&url(&name)) {
        Ok(DatabaseUrl::Postgres(url)) => url,
        other => panic!("unexpected {other:?}"),
    }
}

fn start() -> Server {
    let programs = programs().expect(
        "PostgreSQL is not installed, and half of these tests are about it. `make test` installs it on Debian; \
         elsewhere install its server, so that `postgres` is on PATH",
    );
    // PostgreSQL refuses to run as root.
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh", "-c", KEEPER, "keeper"]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper"]);
        command
    };
    let mut keeper = command
        .arg(programs)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut folder = String::new();
    BufReader::new(keeper.stdout.take().unwrap())
        .read_line(&mut folder)
        .unwrap();
    assert!(!folder.is_empty(), "PostgreSQL did not start, see above");
    Server {
        folder: folder.trim().to_owned(),
        _keeper: keeper,
    }
}

/// The folder with the server's programs: of PATH, links followed, or where Debian keeps them, the newest.
fn programs() -> Option<PathBuf> {
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

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout == b"0\n"
}
