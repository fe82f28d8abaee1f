//! How the app's build is, in a file that the development server watches.
//!
//! | first line | means |
//! |---|---|
//! | `building` | there is none yet, or a new one is on its way |
//! | `ready N` | it is there; a new number is a new one, and pages load it |
//! | `broken` | it does not compile, and the compiler's words follow |

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;

use crate::workspace;

/// The file in the checkout.
pub(super) const FILE: &str = "target/dev/app-status";

/// Writes it.
pub(super) struct Status {
    file: PathBuf,
    ready: u64,
}

impl Status {
    /// Begins with `building`.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub(super) fn begin() -> anyhow::Result<Status> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        // Greater than all of an earlier start, whose pages may still be open.
        let ready = now.map_or(0, |it| it.as_secs());
        let file = workspace::root().join(FILE);
        let status = Status { file, ready };
        status.building()?;
        Ok(status)
    }

    pub(super) fn building(&self) -> anyhow::Result<()> {
        self.write("building\n")
    }

    pub(super) fn ready(&mut self, is_another: bool) -> anyhow::Result<()> {
        self.ready += u64::from(is_another);
        self.write(&format!("ready {}\n", self.ready))
    }

    pub(super) fn broken(&self, said: &str) -> anyhow::Result<()> {
        self.write(&format!("broken\n{said}"))
    }

    /// Never half of it.
    fn write(&self, text: &str) -> anyhow::Result<()> {
        let new = self.file.with_extension("new");
        self.file.parent().map(std::fs::create_dir_all);
        let written = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &self.file));
        written.with_context(|| format!("cannot write {}", self.file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_app_has_a_number_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dev/status");
        let mut status = Status {
            file: file.clone(),
            ready: 7,
        };
        let read = || std::fs::read_to_string(&file).unwrap();
        status.building().unwrap();
        assert_eq!(read(), "building\n");
        status.ready(true).unwrap();
        assert_eq!(read(), "ready 8\n");
        status.broken("error: no\n").unwrap();
        assert_eq!(read(), "broken\nerror: no\n");
        status.ready(false).unwrap();
        assert_eq!(read(), "ready 8\n");
        status.ready(true).unwrap();
        assert_eq!(read(), "ready 9\n");
    }
}
