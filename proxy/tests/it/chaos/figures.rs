//! What is counted, and what is said about it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write as _;

use crate::chaos::world::{Kind, World};
use crate::phone::Failure;
use crate::support::*;

/// A file that gets a line of a table for every run.
const REPORT: &str = "WECHAT_LOGIN_CHAOS_REPORT";

/// What there must have been, or nothing would have been proved.
const PROVED: [&str; 7] = [
    "doubled callbacks",
    "reordered callbacks",
    "late callbacks",
    "stolen callbacks",
    "planted callbacks",
    "faults",
    "kills",
];

/// Counts as it goes, by what there was.
#[derive(Debug, Default)]
pub(crate) struct Counts(RefCell<BTreeMap<String, u32>>);

impl Counts {
    pub(crate) fn add(&self, what: &str, more: u32) {
        *self.0.borrow_mut().entry(what.to_owned()).or_default() += more;
    }

    pub(crate) fn of(&self, what: &str) -> u32 {
        self.0.borrow().get(what).copied().unwrap_or_default()
    }

    pub(crate) fn went_wrong(&self, failures: &[Failure]) {
        for failure in failures {
            self.add(&format!("failed: {failure}"), 1);
        }
    }

    pub(crate) fn assert_everything_happened(&self, kind: Kind) {
        let deaths = (kind == Kind::Postgres).then_some("restarts of PostgreSQL");
        for what in PROVED.into_iter().chain(deaths) {
            assert!(self.of(what) > 0, "there were no {what}");
        }
    }
}

/// The line of the table in `docs/en/reliability.md`.
pub(crate) fn row(kind: Kind, seed: u64, seconds: u64, world: &World, audit: &Audit) -> String {
    let of = |what| world.counts.of(what);
    let disorder = ["doubled callbacks", "reordered callbacks", "late callbacks"];
    format!(
        "| {} | {seed} | {seconds} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        kind.name(),
        of("logins"),
        disorder.map(of).iter().sum::<u32>(),
        of("thefts"),
        of("faults"),
        of("kills"),
        of("restarts of PostgreSQL"),
        world.upstream.count(),
        audit.acknowledged,
        of("logins given up"),
        world.mix_ups.borrow().len(),
        world.upstream.sent_twice() + audit.missing + audit.foreign,
    )
}

/// Adds the line to the report, where one is wanted.
pub(crate) fn report(row: &str) {
    if let Some(path) = std::env::var_os(REPORT) {
        let mut file = std::fs::File::options();
        let file = file.create(true).append(true).open(path);
        writeln!(file.unwrap(), "{row}").unwrap();
    }
}
