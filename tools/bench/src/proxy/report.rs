//! The figures in Markdown, and what we want to be.

use std::collections::BTreeSet;

use bench::report::{Aim, Column, Figures, Samples, aims, sections};
use clap::ValueEnum as _;

use crate::plan::{Contender, Scenario, Step, label};

/// Answers in a second, with as many requests as the server takes.
pub(crate) const PER_SECOND: &str = "answers in a second (least to most)";
/// Milliseconds within which half of them came then, and 99 of 100.
pub(crate) const FULL: &str = "median at full load";
pub(crate) const FULL_P99: &str = "99 of 100 at full load";
/// The same with half as many in a second.
pub(crate) const HALF: &str = "median at half load";
pub(crate) const HALF_P99: &str = "99 of 100 at half load";
/// Seconds of processor for a thousand answers.
pub(crate) const CPU: &str = "processor";
/// How much of its cores the server used at full load, 1 being all: below it something else was slower.
pub(crate) const BUSY: &str = "of its cores";
/// Bytes of memory before the load, the most under it, and after it (PSS).
pub(crate) const REST: &str = "memory at rest";
pub(crate) const PEAK: &str = "memory at most";
pub(crate) const LEFT: &str = "memory afterwards";
/// Open files before the load, and after it.
pub(crate) const FILES: &str = "open files";
pub(crate) const FILES_LEFT: &str = "open files afterwards";

const COLUMNS: [Column; 8] = [
    Column::Spread(PER_SECOND),
    Column::Times(PER_SECOND),
    Column::Medians("% of its cores used", &[BUSY], 0.01, 0),
    Column::Medians("CPU seconds for 1,000", &[CPU], 1.0, 3),
    Column::Medians(
        "ms at full load: median / 99 of 100",
        &[FULL, FULL_P99],
        1.0,
        2,
    ),
    Column::Medians("at half load", &[HALF, HALF_P99], 1.0, 2),
    Column::Medians(
        "MB at rest / at most / afterwards (PSS)",
        &[REST, PEAK, LEFT],
        1e6,
        1,
    ),
    Column::Medians(
        "open files before / afterwards",
        &[FILES, FILES_LEFT],
        1.0,
        0,
    ),
];

/// All that is written; `setting` says where, when and with what was measured.
pub(crate) fn text(samples: &Samples<Step>, setting: &str) -> String {
    let steps: BTreeSet<Step> = samples.0.iter().map(|(step, _)| *step).collect();
    let comparisons = Scenario::value_variants().iter().map(|scenario| {
        let steps = steps.iter().filter(|step| step.scenario == *scenario);
        let steps = steps.map(|step| (step.who(), *step));
        (label(scenario), samples.table(steps, &COLUMNS))
    });
    let mut parts = vec![("Aims".to_owned(), aims(&all_aims(samples)))];
    parts.extend(comparisons);
    sections(setting, parts)
}

/// A measurement in a line.
pub(crate) fn line(step: Step, figures: &Figures) -> String {
    let of = |name| figures.get(name).copied().unwrap_or_default();
    format!(
        "{:<9} {:<40} {:>7.0} a second, {:>3.0} % of its cores, 99 of 100 within {:>6.2} ms at half load, {:>5.1} MB",
        format!("{:?}", step.scenario).to_lowercase(),
        step.who(),
        of(PER_SECOND),
        of(BUSY) * 100.0,
        of(HALF_P99),
        of(PEAK) / 1e6,
    )
}

/// Without those for which something was left out.
fn all_aims(samples: &Samples<Step>) -> Vec<Aim> {
    let median = |scenario, contender, figure| {
        let step = Step {
            scenario,
            contender,
            records: 0,
        };
        samples.median(&step, figure)
    };
    let exchange = |contender, figure| median(Scenario::Exchange, contender, figure);
    let auth = |contender, figure| median(Scenario::Auth, contender, figure);
    let of_nginx = "exchange: at least half as many in a second as nginx passes on";
    let times = [
        (
            format!("{of_nginx}, SQLite"),
            exchange(Contender::Sqlite, PER_SECOND),
            exchange(Contender::Nginx, PER_SECOND),
            0.5,
        ),
        (
            format!("{of_nginx}, PostgreSQL"),
            exchange(Contender::Postgres, PER_SECOND),
            exchange(Contender::Nginx, PER_SECOND),
            0.5,
        ),
        (
            "exchange: 4 times as many as Node".to_owned(),
            exchange(Contender::Sqlite, PER_SECOND),
            exchange(Contender::Node, PER_SECOND),
            4.0,
        ),
        (
            "`GET /api/auth`: at least 0.65 of what nginx answers".to_owned(),
            auth(Contender::Sqlite, PER_SECOND),
            auth(Contender::Nginx, PER_SECOND),
            0.65,
        ),
    ];
    let times = times.into_iter().filter_map(|(what, ours, other, least)| {
        let ratio = ours? / other?;
        Some((what, format!("× {ratio:.2}"), ratio >= least))
    });
    let memory = exchange(Contender::Sqlite, REST).map(|bytes| {
        let what = "at rest: at most 15.6 MB of memory (PSS)".to_owned();
        (what, format!("{:.1} MB", bytes / 1e6), bytes <= 15.6e6)
    });
    times.chain(memory).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Wanted;

    /// One round of everything: nginx 12,000 a second, ours so many, Node 1,500, Python 400.
    fn samples(ours: f64, rest: f64) -> Samples<Step> {
        let mut samples = Samples(Vec::new());
        for step in Wanted::default().round(0) {
            let per_second = match step.contender {
                Contender::Nginx => 12_000.0,
                Contender::Sqlite | Contender::Postgres | Contender::Memory => ours,
                Contender::Node => 1_500.0,
                Contender::Python => 400.0,
            };
            let figures = [
                (PER_SECOND, per_second),
                (FULL, 10.0),
                (FULL_P99, 30.0),
                (HALF, 1.0),
                (HALF_P99, 3.0),
                (CPU, 1_000.0 / per_second),
                (BUSY, 0.99),
                (REST, rest),
                (PEAK, 20e6),
                (LEFT, 15e6),
                (FILES, 30.0),
                (FILES_LEFT, 29.0),
            ];
            samples.0.push((step, Figures::from(figures)));
        }
        samples
    }

    #[test]
    fn an_aim_is_met_at_its_limit_and_missed_just_below_it() {
        let told = |samples| -> Vec<(String, bool)> {
            let aims = all_aims(&samples).into_iter();
            aims.map(|(_, measured, is_met)| (measured, is_met))
                .collect()
        };
        let met = ["× 0.65", "× 0.65", "× 5.20", "× 0.65", "15.6 MB"];
        let met = met.map(|measured| (measured.to_owned(), true));
        assert_eq!(told(samples(7_800.0, 15.6e6)), met);
        let are_met = |samples| told(samples).iter().map(|it| it.1).collect::<Vec<bool>>();
        let missed = [true, true, true, false, false];
        assert_eq!(are_met(samples(6_000.0, 15.7e6)), missed);
        let missed = [false, false, false, false, true];
        assert_eq!(are_met(samples(5_999.0, 10e6)), missed);
    }

    #[test]
    fn a_line_has_all_figures_and_how_they_compare() {
        let text = text(&samples(6_000.0, 10e6), "2026-11-22");
        assert!(text.starts_with("2026-11-22\n\n### Aims"), "{text}");
        let mut lines = text.lines();
        let line = lines.find(|line| line.starts_with("| this proxy, SQLite"));
        let cells: Vec<&str> = line.unwrap().split('|').map(str::trim).collect();
        let expected = "6,000 (6,000 to 6,000)|× 0.50|99|0.167|10.00 / 30.00|1.00 / 3.00|10.0 / 20.0 / 15.0|30 / 29";
        assert_eq!(cells[2..10].join("|"), expected);
        assert_eq!(
            super::text(&Samples(Vec::new()), "2026-11-22"),
            "2026-11-22"
        );
    }
}
