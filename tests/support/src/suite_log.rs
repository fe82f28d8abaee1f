//! Keeps what the proxies of the tests log, and what the tests themselves made that must not be in it.
//!
//! `make test` names a folder in `WECHAT_LOGIN_LOG_DIR` and searches it in its last step (`tools/xtask/src/suite_logs.rs`).
//! Without the variable nothing here does anything, so that a single test runs as ever.
//!
//! In the folder: `<name>-<process id>-<number>.log`, a log each, and `issued-by-tests.txt`, one value on each line.
//! Simulators write a file of their own.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use tracing::Subscriber;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, fmt};

/// Names the folder.
const FOLDER: &str = "WECHAT_LOGIN_LOG_DIR";

/// What keeps the log of all proxies of this process, by the `name` of the test program.
pub fn layer<S>(name: &str) -> Option<impl Layer<S>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let file = Mutex::new(file(name)?);
    Some(fmt::layer().with_ansi(false).with_writer(file))
}

/// A new file for a log.
///
/// # Panics
/// If there is to be one and it cannot be written: a search that finds nothing would mean nothing.
pub fn file(name: &str) -> Option<File> {
    static FILES: AtomicU32 = AtomicU32::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    open(&format!("{name}-{}-{number}.log", std::process::id()))
}

/// Keeps what a process has logged that a test has started, which it did not inherit.
///
/// # Panics
/// If it cannot be kept.
pub fn keep(name: &str, log: impl AsRef<[u8]>) {
    if let Some(mut file) = file(name) {
        write(&mut file, log.as_ref());
    }
}

/// Values a test has made, as opposed to the simulator, that no log may hold: session cookies, service keys, openids.
///
/// # Panics
/// If they cannot be noted.
pub fn must_not_be_logged<V: AsRef<str>>(values: impl IntoIterator<Item = V>) {
    let Some(mut file) = open("issued-by-tests.txt") else {
        return;
    };
    for value in values {
        // One write for each line: other processes append to the same file.
        write(&mut file, format!("{}\n", value.as_ref()).as_bytes());
    }
}

fn open(name: &str) -> Option<File> {
    let path = PathBuf::from(std::env::var_os(FOLDER)?).join(name);
    let file = OpenOptions::new().create(true).append(true).open(&path);
    Some(file.unwrap_or_else(|error| panic!("{FOLDER}: cannot write {}: {error}", path.display())))
}

fn write(file: &mut File, bytes: &[u8]) {
    file.write_all(bytes)
        .unwrap_or_else(|error| panic!("{FOLDER}: {error}"));
}
