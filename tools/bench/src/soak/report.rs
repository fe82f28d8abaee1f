//! The figures in words.

use std::time::Duration;

use bench::report::provenance;
use bench::report::table::grouped;

use crate::verdict::{
    BYTES_PER_ROW, FILES_OF_DATABASE, MEDIAN_GROWTH, MEMORY_PER_MINUTE, P99_GROWTH, Verdict,
    Watched,
};

/// What a company of the size in `docs/scaling.md` has in an hour.
const LOGINS_AN_HOUR: u64 = 10_000;

/// A table in Markdown, and where it comes from.
pub(crate) fn text(verdict: &Verdict) -> String {
    let Watched {
        from,
        took,
        looks,
        before,
        after,
        size,
        tally,
        nuisances,
    } = &verdict.watched;
    let number = |number: u64| grouped(usize::try_from(number).unwrap_or(usize::MAX));
    let megabytes = |kibibytes: u64| format!("{:.1} MB", kibibytes as f64 * 1_024.0 / 1_000_000.0);
    let millis = |it: Duration| format!("{:.1} ms", it.as_secs_f64() * 1_000.0);
    let memory_at = |second: u64| {
        let look = usize::try_from(second).ok().and_then(|at| looks.get(at));
        look.map_or_else(|| "–".to_owned(), |it| megabytes(it.memory))
    };
    let most = looks.iter().map(|it| it.connections).max().unwrap_or(0);
    let hours = tally.logins as f64 / LOGINS_AN_HOUR as f64;
    let requests = tally.answers.len() as u64;
    let (first, last) = (verdict.first, verdict.last);
    [
        format!(
            "Measured {}, with `make soak`; the program, the simulator and whoever asks share the machine.\n\
             In {} seconds {} logins, as many as a shop of ten thousand an hour has in {hours:.1} hours, {} requests, {} of \
             them rightly refused, and {} callers that only cost something were shown the door (silent, half a head, half a \
             body, an answer never read; a hundred at once).",
            provenance::here(),
            took.as_secs(),
            number(tally.logins),
            number(requests),
            number(tally.refused),
            number(*nuisances),
        ),
        "![Memory, open files and latency over time](reliability-soak.svg)".to_owned(),
        format!(
            "The minutes from the left to the right; the dashed line is at {} seconds, where the proxy is full of what it \
             keeps for five minutes (what became of each code), and the watching begins.",
            from.as_secs()
        ),
        [
            "| | seen | allowed |\n|---|---|---|".to_owned(),
            format!(
                "| memory (RSS) | {} at the start, {} when full, {} at the end; {:+.0} KiB a minute (least squares over {} \
                 looks) | {MEMORY_PER_MINUTE:.0} KiB a minute |",
                megabytes(before.memory),
                memory_at(from.as_secs()),
                looks.last().map_or_else(String::new, |it| megabytes(it.memory)),
                verdict.memory_slope,
                took.saturating_sub(*from).as_secs(),
            ),
            format!(
                "| connections | {} before, {most} at most, {} after | as before |",
                before.connections, after.connections
            ),
            format!(
                "| open files | {} before, {} after | {FILES_OF_DATABASE} more, for SQLite |",
                before.files, after.files
            ),
            format!(
                "| median of all answers | {} in the first fifth, {} in the last | {MEDIAN_GROWTH} times as much |",
                millis(first.median),
                millis(last.median)
            ),
            format!(
                "| 99 of 100 answers | {} in the first fifth, {} in the last | {P99_GROWTH} times as much |",
                millis(first.p99),
                millis(last.p99)
            ),
            format!(
                "| database | {:.1} MB and a log of {:.1} MB: {} users and {} records, {:.0} bytes each with their indexes \
                 | {BYTES_PER_ROW:.0} bytes each; as many records as written and not deleted |",
                size.bytes as f64 / 1_000_000.0,
                size.log_bytes as f64 / 1_000_000.0,
                number(size.users.unsigned_abs()),
                number(size.records.unsigned_abs()),
                verdict.bytes_per_row,
            ),
            format!("| wrong answers | {} | 0 |", tally.wrong),
        ]
        .join("\n"),
    ]
    .join("\n\n")
}
