//! What must hold, and whether it does.

use std::time::Duration;

use anyhow::{Context, ensure};
use bench::report::latency::Latency;

use crate::census::Census;
use crate::site::Size;
use crate::timing::{between, slope};
use crate::visit::Figures;

/// Memory may not grow faster, in KiB a minute: 30 MB an hour.
pub(crate) const MEMORY_PER_MINUTE: f64 = 512.0;
/// The four connections to SQLite are opened when they are first needed, with three files each at most.
pub(crate) const FILES_OF_DATABASE: u64 = 12;
/// The median of the last fifth of what is watched against that of the first one.
pub(crate) const MEDIAN_GROWTH: f64 = 1.5;
/// The same of the slowest of a hundred, which whatever else the machine does moves more.
pub(crate) const P99_GROWTH: f64 = 3.0;
/// Indexes included; a record of this measurement has 50 bytes of its own.
pub(crate) const BYTES_PER_ROW: f64 = 1_024.0;
/// Beginning and end of what is watched are compared by a part of it each.
const PARTS: u32 = 5;

/// What was seen.
pub(crate) struct Watched {
    /// When everything was full.
    pub(crate) from: Duration,
    pub(crate) took: Duration,
    /// One a second, from the beginning.
    pub(crate) looks: Vec<Census>,
    pub(crate) before: Census,
    pub(crate) after: Census,
    pub(crate) size: Size,
    pub(crate) tally: Figures,
    pub(crate) nuisances: u64,
}

/// And what follows.
pub(crate) struct Verdict {
    pub(crate) watched: Watched,
    /// KiB a minute.
    pub(crate) memory_slope: f64,
    pub(crate) first: Latency,
    pub(crate) last: Latency,
    pub(crate) bytes_per_row: f64,
}

impl Verdict {
    /// Looks at it.
    ///
    /// # Errors
    /// When nothing was seen.
    pub(crate) fn of(watched: Watched) -> anyhow::Result<Self> {
        let from = usize::try_from(watched.from.as_secs())?;
        let looks = watched.looks.get(from..).unwrap_or_default();
        let memory: Vec<f64> = looks.iter().map(|it| it.memory as f64).collect();
        ensure!(memory.len() > 1, "nothing was watched");
        let part = watched.took.saturating_sub(watched.from) / PARTS;
        let answers = &watched.tally.answers;
        let first = between(answers, watched.from, watched.from + part);
        let last = between(answers, watched.took.saturating_sub(part), watched.took);
        let rows = (watched.size.users + watched.size.records).max(1) as f64;
        Ok(Self {
            memory_slope: 60.0 * slope(&memory),
            first: first.context("nobody was answered")?,
            last: last.context("nobody was answered in the end")?,
            bytes_per_row: watched.size.bytes as f64 / rows,
            watched,
        })
    }

    /// Whether all of it holds.
    ///
    /// # Errors
    /// Says what does not.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let Watched {
            before,
            after,
            size,
            tally,
            ..
        } = &self.watched;
        let wrong = tally.first_wrong.as_deref().unwrap_or_default();
        ensure!(tally.wrong == 0, "{} wrong answers: {wrong}", tally.wrong);
        ensure!(
            self.memory_slope <= MEMORY_PER_MINUTE,
            "memory grows by {:.0} KiB a minute",
            self.memory_slope
        );
        ensure!(
            after.connections <= before.connections,
            "{} connections are left",
            after.connections - before.connections
        );
        ensure!(
            after.files <= before.files + FILES_OF_DATABASE,
            "{} files were open before, {} are now",
            before.files,
            after.files
        );
        let (one, other) = (self.first, self.last);
        for (what, first, last, growth) in [
            ("median", one.median, other.median, MEDIAN_GROWTH),
            ("99th percentile", one.p99, other.p99, P99_GROWTH),
        ] {
            ensure!(
                last <= first.mul_f64(growth),
                "the {what} went from {first:?} to {last:?}"
            );
        }
        ensure!(
            size.records == tally.written - tally.deleted,
            "{} records instead of {} written and {} deleted",
            size.records,
            tally.written,
            tally.deleted
        );
        ensure!(
            self.bytes_per_row <= BYTES_PER_ROW,
            "{:.0} bytes a row",
            self.bytes_per_row
        );
        Ok(())
    }
}
