//! The disk without a database, for comparison: what an acknowledged write costs at the least, at that moment.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::time::{Duration, Instant};

use anyhow::Context;

/// What is written through at once, in bytes.
const PAGE: usize = 4_096;
/// How many pages the file has, which is written over and over like a database's log.
const PAGES: u64 = 4_096;

/// A file beside the database.
pub(crate) struct RawDisk {
    file: File,
    written: u64,
}

impl RawDisk {
    /// # Errors
    /// When there is no room for 16 MiB.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let mut file = tempfile::tempfile().context("cannot make a temporary file")?;
        for _ in 0..PAGES {
            file.write_all(&[1; PAGE])?;
        }
        file.sync_all()?;
        Ok(Self { file, written: 0 })
    }

    /// How long it takes to write a page through.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn time(&mut self) -> anyhow::Result<Duration> {
        let position = self.written % PAGES * PAGE as u64;
        self.written += 1;
        self.file.seek(SeekFrom::Start(position))?;
        let started = Instant::now();
        self.file.write_all(&[2; PAGE])?;
        self.file.sync_data()?;
        Ok(started.elapsed())
    }
}
