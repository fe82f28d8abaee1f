//! What the steps of `make test` came to: one line each at the end, the skipped ones included.

use std::time::{Duration, Instant};

use crate::interrupt::{self, Interrupted};
use crate::screen::{self, Colour};

/// How a step ended.
pub(crate) enum Outcome {
    /// It holds, with a figure worth repeating or nothing.
    Passed(String),
    /// Not run, and why.
    Skipped(String),
}

enum Verdict {
    Passed,
    Failed,
    Skipped,
}

struct Row {
    step: &'static str,
    verdict: Verdict,
    remark: String,
    time: Duration,
}

/// The steps so far.
pub(crate) struct Tally {
    started: Instant,
    rows: Vec<Row>,
    /// Others are at work beside, so each step says all it has to say at its end.
    is_beside: bool,
}

impl Tally {
    /// Nothing has run yet.
    pub(crate) fn start() -> Tally {
        Tally {
            started: Instant::now(),
            rows: Vec::new(),
            is_beside: false,
        }
    }

    /// Nothing has run yet, and what does runs beside other steps.
    pub(crate) fn beside() -> Tally {
        Tally {
            is_beside: true,
            ..Tally::start()
        }
    }

    /// Announces and runs a step; `usual_time` is part of the announcement, empty when it is short.
    /// A failure is noted and the next steps still run, because whoever reads a CI log wants all reasons at once.
    /// After an interruption nothing runs any more.
    pub(crate) fn step(
        &mut self,
        step: &'static str,
        usual_time: &str,
        work: impl FnOnce() -> anyhow::Result<Outcome>,
    ) {
        if self.is_beside {
            screen::all_at_once(|| self.run(step, usual_time, work));
        } else {
            self.run(step, usual_time, work);
        }
    }

    fn run(
        &mut self,
        step: &'static str,
        usual_time: &str,
        work: impl FnOnce() -> anyhow::Result<Outcome>,
    ) {
        screen::say(&match usual_time {
            "" => step.to_owned(),
            _ => format!("{step} (about {usual_time})"),
        });
        let started = Instant::now();
        let (verdict, remark) = match interrupt::check().and_then(|()| work()) {
            Ok(Outcome::Passed(figure)) => (Verdict::Passed, figure),
            Ok(Outcome::Skipped(reason)) => (Verdict::Skipped, reason),
            Err(error) if error.is::<Interrupted>() => (Verdict::Skipped, "interrupted".to_owned()),
            Err(error) => {
                screen::complain(&format!("{error:#}"));
                let all = format!("{error:#}");
                let first = all.lines().next().unwrap_or_default().to_owned();
                (Verdict::Failed, first)
            }
        };
        self.rows.push(Row {
            step,
            verdict,
            remark,
            time: started.elapsed(),
        });
    }

    /// Adds the steps of another.
    pub(crate) fn add(&mut self, other: Tally) {
        self.rows.extend(other.rows);
    }

    /// Prints the table.
    ///
    /// # Errors
    /// When a step failed, or after an interruption.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        screen::print_line("");
        for row in &self.rows {
            let (colour, word) = match row.verdict {
                Verdict::Passed => (Colour::Green, "ok     "),
                Verdict::Failed => (Colour::Red, "FAILED "),
                Verdict::Skipped => (Colour::Yellow, "skipped"),
            };
            screen::print_line(&format!(
                "  {}  {:>5}  {:<40}  {}",
                screen::paint(colour, word),
                screen::clock(row.time),
                row.step,
                row.remark
            ));
        }
        let time = screen::clock(self.started.elapsed());
        interrupt::check()?;
        let failed = self.failed();
        anyhow::ensure!(
            failed.is_empty(),
            "failed after {time}: {}",
            failed.join(", ")
        );
        screen::say(&format!("everything that ran is fine, {time} in all"));
        Ok(())
    }

    fn failed(&self) -> Vec<&'static str> {
        let failed = self
            .rows
            .iter()
            .filter(|row| matches!(row.verdict, Verdict::Failed));
        failed.map(|row| row.step).collect()
    }
}

/// Sums of the closing lines of cargo's test programs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TestCounts {
    /// Tests that ran and hold.
    pub(crate) passed: usize,
    /// Tests that ran and do not.
    pub(crate) failed: usize,
    /// Tests that did not run.
    pub(crate) ignored: usize,
}

impl TestCounts {
    /// Adds a line like `test result: ok. 12 passed; 0 failed; 1 ignored; …`; any other line adds nothing.
    pub(crate) fn add(&mut self, line: &str) {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|result| result.split_once(". "))
        else {
            return;
        };
        for part in counts.split("; ") {
            let mut words = part.split(' ');
            let number = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                Some("ignored") => self.ignored += number,
                _ => {}
            }
        }
    }
}

impl std::ops::AddAssign for TestCounts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

impl std::fmt::Display for TestCounts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let TestCounts {
            passed,
            failed,
            ignored,
        } = self;
        write!(
            formatter,
            "{passed} passed; {failed} failed; {ignored} ignored"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_summed_and_others_are_not() {
        let mut counts = TestCounts::default();
        counts.add("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.10s");
        counts.add("test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s");
        counts.add("test reused_code_is_refused ... ok");
        counts.add("running 7 tests");
        assert_eq!(counts.to_string(), "14 passed; 5 failed; 1 ignored");
    }

    #[test]
    fn one_failure_fails_the_whole_but_not_the_next_steps() {
        let mut tally = Tally::start();
        tally.step("first", "", || anyhow::bail!("broken"));
        let mut ran = false;
        tally.step("second", "", || {
            ran = true;
            Ok(Outcome::Passed(String::new()))
        });
        assert!(ran);
        assert!(tally.finish().unwrap_err().to_string().contains("first"));
    }

    #[test]
    fn skipped_steps_do_not_fail() {
        let mut tally = Tally::start();
        tally.step("licences", "", || {
            Ok(Outcome::Skipped("no cargo-deny".to_owned()))
        });
        assert!(tally.finish().is_ok());
    }
}
