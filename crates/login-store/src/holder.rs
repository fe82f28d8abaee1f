//! Who has an SQLite database open.

use std::fmt::{self, Display, Formatter};
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::libc;

use crate::place::{resolved, with_end};

/// Somebody who has a database open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process(i32);

impl Display for Process {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match std::fs::read_to_string(format!("/proc/{}/comm", self.0)) {
            Ok(name) => write!(formatter, "process {} ({})", self.0, name.trim_end()),
            // In another container.
            Err(_) if self.0 <= 0 => formatter.write_str("a process elsewhere"),
            Err(_) => write!(formatter, "process {}", self.0),
        }
    }
}

/// Another process that has the database open, by the locks that SQLite holds as long as a connection lasts: on the database
/// and on its `-shm`, which tells also where the database itself is gone or damaged.
///
/// To be asked only while this process has no connection to it: closing a file that SQLite has open would drop its locks.
///
/// # Errors
/// Where one of them cannot be read.
pub fn holder(database: &Path) -> io::Result<Option<Process>> {
    let database = resolved(database);
    // PENDING_BYTE to the last of SHARED_SIZE, and the nine bytes from UNIX_SHM_BASE on, in SQLite's os_unix.c.
    for (path, from, length) in [
        (database.clone(), 0x4000_0000, 512),
        (with_end(&database, "-shm"), 120, 9),
    ] {
        let mut options = OpenOptions::new();
        options.read(true);
        options.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
        let file = match options.open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            opened => opened?,
        };
        let mut lock = libc::flock {
            l_type: libc::F_WRLCK as libc::c_short,
            l_whence: libc::SEEK_SET as libc::c_short,
            l_start: from,
            l_len: length,
            l_pid: 0,
        };
        fcntl(&file, FcntlArg::F_GETLK(&mut lock))?;
        if lock.l_type != libc::F_UNLCK as libc::c_short {
            return Ok(Some(Process(lock.l_pid)));
        }
    }
    Ok(None)
}
