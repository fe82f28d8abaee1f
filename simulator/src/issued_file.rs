//! A file of everything secret the simulator gave out, for tests that search logs for it.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Names the file for every simulator that a test starts; programs take `--issued-file`.
pub(crate) const VARIABLE: &str = "WECHAT_SIMULATOR_ISSUED_FILE";

/// One value on each line: secrets of accounts, codes, tokens, openids, unionids. Several simulators, of several
/// processes too, may share a file.
pub(crate) struct IssuedFile {
    file: File,
    /// An openid is given out again and again.
    written: HashSet<String>,
}

impl IssuedFile {
    /// Opens the file, or creates it; what is in it stays.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self {
            file,
            written: HashSet::new(),
        })
    }

    /// Notes a value, once.
    pub(crate) fn note(&mut self, value: &str) {
        if !self.written.insert(value.to_owned()) {
            return;
        }
        // One write for each line: whoever else appends to the file does not come between.
        if let Err(error) = self.file.write_all(format!("{value}\n").as_bytes()) {
            eprintln!("wechat-simulator: cannot note what is issued: {error}");
        }
    }
}
