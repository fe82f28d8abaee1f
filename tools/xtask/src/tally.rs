//! What the steps of `make test` came to: one line each at the end, the skipped ones included.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::interrupt;
use crate::processes;
use crate::screen::{self, Colour};

/// A step that cannot be done on this machine, and why, as an error. It is said, and is no failure.
#[derive(Debug, Clone)]
pub(crate) struct Skipped(pub(crate) String);

impl std::fmt::Display for Skipped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Skipped {}

/// Step, verdict, remark and time.
type Row = (&'static str, (Colour, &'static str), String, Duration);

const OK: (Colour, &str) = (Colour::Green, "ok     ");
const FAILED: (Colour, &str) = (Colour::Red, "FAILED ");
const SKIPPED: (Colour, &str) = (Colour::Yellow, "skipped");

/// The steps so far, and the tests they ran.
pub(crate) struct Tally {
    /// All test programs together.
    pub(crate) counts: TestCounts,
    started: Instant,
    rows: Vec<Row>,
    /// Others are at work beside, so each step says all it has to say at its end.
    is_beside: bool,
}

impl Tally {
    /// Nothing has run yet.
    pub(crate) fn start() -> Tally {
        Tally {
            counts: TestCounts::default(),
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

    /// These steps alone, and their table.
    pub(crate) fn only(steps: impl FnOnce(&mut Tally)) -> anyhow::Result<()> {
        let mut tally = Tally::start();
        steps(&mut tally);
        tally.finish()
    }

    /// Announces and runs a step, which comes to a figure worth repeating, or nothing; `usual_time` is part of the
    /// announcement, empty when it is short. A failure is noted and the next steps still run, because whoever reads a
    /// CI log wants all reasons at once. After an interruption nothing runs any more.
    pub(crate) fn step(
        &mut self,
        step: &'static str,
        usual_time: &str,
        work: impl FnOnce(&mut TestCounts) -> anyhow::Result<String>,
    ) {
        let counts = &mut self.counts;
        let run = || {
            screen::say(&match usual_time {
                "" => step.to_owned(),
                _ => format!("{step} (about {usual_time})"),
            });
            let started = Instant::now();
            let (verdict, remark) = match interrupt::check().and_then(|()| work(counts)) {
                Ok(figure) => (OK, figure),
                Err(_) if interrupt::is_requested() => (SKIPPED, "interrupted".to_owned()),
                Err(error) if error.is::<Skipped>() => {
                    let line = format!("SKIPPED: {step}: {error}");
                    screen::print_line(&screen::paint(Colour::Yellow, &line));
                    (SKIPPED, error.to_string())
                }
                Err(error) => {
                    let all = format!("{error:#}");
                    screen::complain(&all);
                    (FAILED, all.lines().next().unwrap_or_default().to_owned())
                }
            };
            (step, verdict, remark, started.elapsed())
        };
        let row = if self.is_beside {
            screen::all_at_once(run)
        } else {
            run()
        };
        self.rows.push(row);
    }

    /// A step that is nothing but a test program.
    pub(crate) fn tests(&mut self, step: &'static str, usual_time: &str, command: &mut Command) {
        self.step(step, usual_time, |counts| tests(command, counts));
    }

    /// Adds the steps of another.
    pub(crate) fn add(&mut self, other: Tally) {
        self.rows.extend(other.rows);
        self.counts.add(&other.counts);
    }

    /// Prints the table.
    pub(crate) fn finish(&self) -> anyhow::Result<()> {
        screen::print_line("");
        for (step, (colour, word), remark, time) in &self.rows {
            let (word, time) = (screen::paint(*colour, word), screen::clock(*time));
            screen::print_line(&format!("  {word}  {time:>5}  {step:<40}  {remark}"));
        }
        let time = screen::clock(self.started.elapsed());
        interrupt::check()?;
        let failed = self
            .rows
            .iter()
            .filter(|(_, verdict, ..)| *verdict == FAILED);
        let failed: Vec<&str> = failed.map(|(step, ..)| *step).collect();
        let failed = failed.join(", ");
        anyhow::ensure!(failed.is_empty(), "failed after {time}: {failed}");
        screen::say(&format!("everything that ran is fine, {time} in all"));
        Ok(())
    }
}

/// Runs `cargo test` or what talks like it, passes its lines on and adds up its closing lines.
pub(crate) fn tests(command: &mut Command, all: &mut TestCounts) -> anyhow::Result<String> {
    let mut own = TestCounts::default();
    let status = processes::run_by_line(command, |line| own.add_line(line));
    all.add(&own);
    anyhow::ensure!(status?.success(), "{own}");
    anyhow::ensure!(own.0[0] > 0, "no test ran");
    Ok(own.to_string())
}

/// Sums of the closing lines of test programs: tests passed, failed and ignored.
#[derive(Debug, Default)]
pub(crate) struct TestCounts([usize; 3]);

impl TestCounts {
    /// Adds a line like `test result: ok. 12 passed; 0 failed; 1 ignored; …`; any other line adds nothing.
    fn add_line(&mut self, line: &str) {
        let words = line.strip_prefix("test result: ").unwrap_or_default();
        // Behind the verdict, every other one is a number.
        let numbers = words.split(' ').skip(1).step_by(2);
        for (sum, number) in self.0.iter_mut().zip(numbers) {
            *sum += number.parse().unwrap_or(0);
        }
    }

    /// Adds those of another.
    pub(crate) fn add(&mut self, other: &TestCounts) {
        for (sum, number) in self.0.iter_mut().zip(other.0) {
            *sum += number;
        }
    }
}

impl std::fmt::Display for TestCounts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let TestCounts([passed, failed, ignored]) = self;
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
        for line in [
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.10s",
            "test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s",
            "test reused_code_is_refused ... ok",
            "running 7 tests",
        ] {
            counts.add_line(line);
        }
        assert_eq!(counts.to_string(), "14 passed; 5 failed; 1 ignored");
    }

    #[test]
    fn a_failure_fails_the_whole_but_not_the_next_steps_and_what_was_skipped_does_not() {
        let mut tally = Tally::start();
        tally.step("licences", "", |_| {
            Err(Skipped("no registry".to_owned()).into())
        });
        tally.finish().unwrap();
        tally.tests("without tests", "", &mut Command::new("true"));
        let mut ran = false;
        tally.step("next", "", |_| {
            ran = true;
            Ok(String::new())
        });
        let error = tally.finish().unwrap_err().to_string();
        assert!(ran && error.ends_with(": without tests"), "{error}");
    }
}
