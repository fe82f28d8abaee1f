//! What is counted, and what is said about it.

use std::collections::BTreeMap;
use std::io::Write as _;

use super::load::Load;
use crate::replicas::load::TimedLogin;
use crate::support::*;

/// A file that gets a line of a table for every case.
const REPORT: &str = "WECHAT_LOGIN_FAILOVER_REPORT";

/// Of the rounds of a case.
#[derive(Default)]
pub(crate) struct Counted {
    /// Whether an acknowledged record may be gone.
    pub(crate) may_lose: bool,
    /// Whether all that is read has to be answered.
    pub(crate) reads_go_on: bool,
    /// Of each round, and whether writes came back at all.
    without_writes: Vec<(Duration, bool)>,
    not_ready: Duration,
    audit: Audit,
    refused: BTreeMap<String, usize>,
    reads: usize,
    failed_reads: usize,
    old_reads: usize,
    logins: [usize; 4],
    scans: [usize; 4],
    /// How often one person had to try again, at most.
    most_taps: u32,
    somebody_elses: usize,
    panics: usize,
    /// What went wrong on the way.
    failures: BTreeMap<String, usize>,
}

impl Counted {
    /// Adds what happened in a round.
    pub(crate) fn add(&mut self, load: &Load, audit: Audit, is_back: bool) {
        self.without_writes.push((load.without_writes(), is_back));
        self.not_ready = self.not_ready.max(load.not_ready());
        self.audit = std::mem::take(&mut self.audit).and(audit);
        for (refusal, count) in load.refused.take() {
            *self.refused.entry(refusal).or_default() += count;
        }
        self.reads += load.reads.get();
        self.failed_reads += load.failed_reads.get();
        self.old_reads += load.old_reads.get();
        let (logins, scans) = (load.logins.take(), load.scans.take());
        for (kinds, logins) in [(&mut self.logins, &logins), (&mut self.scans, &scans)] {
            for login in logins {
                kinds[login.how()] += 1;
            }
        }
        for TimedLogin { login, openid, .. } in logins.iter().chain(&scans) {
            let is_own = login.session.as_ref().is_none_or(|it| it.openid == *openid);
            self.somebody_elses += usize::from(!is_own);
            self.most_taps = self.most_taps.max(login.taps);
            for failure in &login.failures {
                *self.failures.entry(failure.to_string()).or_default() += 1;
            }
        }
        self.panics += load.panics();
    }

    /// What must not be, whatever the machine and its speed.
    pub(crate) fn wrong(&self) -> Vec<String> {
        let is_back = self.without_writes.iter().all(|(_, is_back)| *is_back);
        let [lost, ..] = self.logins;
        let [lost_scans, ..] = self.scans;
        let missing = if self.may_lose { 0 } else { self.audit.missing };
        let failed_reads = if self.reads_go_on {
            self.failed_reads
        } else {
            0
        };
        let old_reads = if self.may_lose { 0 } else { self.old_reads };
        let all = [
            ("acknowledged records that are missing", missing),
            ("reads of less than was acknowledged", old_reads),
            ("reads that failed", failed_reads),
            ("records of others", self.audit.foreign),
            ("sessions of somebody else", self.somebody_elses),
            ("logins lost", lost),
            ("scan logins lost", lost_scans),
            ("replicas that panicked", self.panics),
            (
                "rounds whose writes did not come back",
                usize::from(!is_back),
            ),
        ];
        let wrong = all.into_iter().filter(|(_, count)| *count > 0);
        wrong
            .map(|(what, count)| format!("{what}: {count}"))
            .collect()
    }

    /// Tells it, as a line of the table.
    pub(crate) fn tell(&self, case: &str) {
        let seconds = |time: Duration| format!("{:.1}", time.as_secs_f64());
        let pauses = self.without_writes.iter().map(|(time, is_back)| {
            let more = if *is_back { "" } else { "more than " };
            format!("{more}{}", seconds(*time))
        });
        let pauses: Vec<String> = pauses.collect();
        let refused: Vec<String> = self
            .refused
            .iter()
            .map(|(what, count)| format!("{count} × {what}"))
            .collect();
        let kinds = |[lost, at_once, unnoticed, tapped]: [usize; 4]| {
            format!("{at_once} / {unnoticed} / {tapped} / {lost}")
        };
        let row = format!(
            "| {case} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            pauses.join(", "),
            seconds(self.not_ready),
            self.audit.acknowledged,
            self.audit.missing,
            refused.join("; "),
            self.reads,
            self.failed_reads,
            self.old_reads,
            kinds(self.logins),
            kinds(self.scans),
            self.most_taps,
        );
        println!(
            "{row}\nOn the way: {:?}. Wrong: {:?}.",
            self.failures,
            self.wrong()
        );
        note(&row);
    }
}

/// Adds a line to the report, where one is wanted.
pub(crate) fn note(line: &str) {
    if let Some(path) = std::env::var_os(REPORT) {
        let mut file = std::fs::File::options();
        let file = file.create(true).append(true).open(path);
        writeln!(file.unwrap(), "{line}").unwrap();
    }
}
