//! The figures in Markdown, and what we want to be.

use bench::report::{Aim, Figures, Samples, aims, cells, grouped, table};

use clap::ValueEnum as _;

use crate::plan::{Contender, Scenario, Step, label};

/// Answers in a second, with as many requests as the server takes.
pub(crate) const PER_SECOND: &str = "answers in a second";
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
/// Bytes of memory before the load, and the most under it (PSS).
pub(crate) const REST: &str = "memory at rest";
pub(crate) const PEAK: &str = "memory at most";
/// The most under load (RSS).
pub(crate) const PEAK_RSS: &str = "resident memory at most";

/// Everything between the marks; `setting` says where, when and with what was measured.
pub(crate) fn text(samples: &Samples<Step>, setting: &str) -> String {
    let mut parts = vec![setting.to_owned()];
    let met = all_aims(samples);
    if !met.is_empty() {
        parts.push(format!("### Aims\n\n{}", aims("aim", &met)));
    }
    for scenario in Scenario::value_variants() {
        let steps = scenario.contenders().iter().map(|it| (*scenario, *it));
        let steps: Vec<Step> = steps.filter(|step| samples.has(step)).collect();
        if let Some(first) = steps.first() {
            let table = comparison(samples, &steps, *first);
            parts.push(format!("### {}\n\n{table}", label(scenario)));
        }
    }
    parts.join("\n\n")
}

/// A measurement in a line.
pub(crate) fn line(step: Step, figures: &Figures) -> String {
    let of = |name| figures.get(name).copied().unwrap_or_default();
    format!(
        "{:<9} {:<23} {:>7.0} a second, {:>3.0} % of its cores, 99 of 100 within {:>6.2} ms at half load, {:>5.1} MB",
        format!("{:?}", step.0).to_lowercase(),
        label(&step.1),
        of(PER_SECOND),
        of(BUSY) * 100.0,
        of(HALF_P99),
        of(PEAK) / 1e6,
    )
}

fn comparison(samples: &Samples<Step>, steps: &[Step], first: Step) -> String {
    let mut rows = vec![cells([
        "",
        "answers in a second (least to most)",
        &format!("× {}", label(&first.1)),
        "of its cores used",
        "CPU seconds for 1,000",
        "ms at full load: median / 99 of 100",
        "at half load",
        "MB at rest / at most (PSS)",
    ])];
    for step in steps {
        let median = |figure| samples.median(step, figure).unwrap_or_default();
        let (speed, least, most) = samples.spread(step, PER_SECOND).unwrap_or_default();
        let compared = samples
            .median(&first, PER_SECOND)
            .map(|first| speed / first);
        rows.push(vec![
            label(&step.1),
            format!(
                "{} ({} to {})",
                grouped(speed),
                grouped(least),
                grouped(most)
            ),
            format!("{:.2}", compared.unwrap_or_default()),
            format!("{:.0} %", median(BUSY) * 100.0),
            format!("{:.3}", median(CPU)),
            format!("{:.2} / {:.2}", median(FULL), median(FULL_P99)),
            format!("{:.2} / {:.2}", median(HALF), median(HALF_P99)),
            format!("{:.1} / {:.1}", median(REST) / 1e6, median(PEAK) / 1e6),
        ]);
    }
    table(&rows)
}

/// Without those for which something was left out.
fn all_aims(samples: &Samples<Step>) -> Vec<Aim> {
    let exchange = |contender, figure| samples.median(&(Scenario::Exchange, contender), figure);
    let times = |what: &str, other, at_least: f64| {
        let ratio = exchange(Contender::Sqlite, PER_SECOND)? / exchange(other, PER_SECOND)?;
        let what = format!("exchange: {what}");
        Some((what, format!("× {ratio:.2}"), ratio >= at_least))
    };
    let memory = exchange(Contender::Sqlite, PEAK_RSS).map(|bytes| {
        let what = "exchange: less than 25 MB of memory under load (RSS)".to_owned();
        (what, format!("{:.1} MB", bytes / 1e6), bytes < 25e6)
    });
    let waiting = samples.median(&(Scenario::Auth, Contender::Sqlite), HALF_P99);
    let waiting = waiting.map(|time| {
        let what = "`GET /api/auth`: 99 of 100 within 5 ms at half load".to_owned();
        (what, format!("{time:.2} ms"), time < 5.0)
    });
    [
        times(
            "at least half as many in a second as nginx passes on",
            Contender::Nginx,
            0.5,
        ),
        times("5 times as many as Node", Contender::Node, 5.0),
        times("15 times as many as Python", Contender::Python, 15.0),
        memory,
        waiting,
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::round;

    /// One round of everything: nginx 12,000 a second, ours so many, Node 1,200, Python 400.
    fn samples(ours: f64, resident: f64) -> Samples<Step> {
        let mut samples = Samples(Vec::new());
        for step in round(&[], &[], 0) {
            let per_second = match step.1 {
                Contender::Nginx => 12_000.0,
                Contender::Sqlite | Contender::Postgres | Contender::Memory => ours,
                Contender::Node => 1_200.0,
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
                (REST, 10e6),
                (PEAK, 20e6),
                (PEAK_RSS, resident),
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
        let met = ["× 0.50", "× 5.00", "× 15.00", "22.0 MB", "3.00 ms"];
        let met = met.map(|measured| (measured.to_owned(), true));
        assert_eq!(told(samples(6_000.0, 22e6)), met);
        let missed: Vec<bool> = told(samples(5_999.0, 25e6)).iter().map(|it| it.1).collect();
        assert_eq!(missed, [false, false, false, false, true]);
    }

    #[test]
    fn a_line_has_all_figures_and_how_they_compare() {
        let text = text(&samples(6_000.0, 22e6), "2026-11-22");
        assert!(text.starts_with("2026-11-22\n\n### Aims"), "{text}");
        let mut lines = text.lines();
        let line = lines.find(|line| line.starts_with("| this proxy, SQLite"));
        let cells: Vec<&str> = line.unwrap().split('|').map(str::trim).collect();
        let expected =
            "6,000 (6,000 to 6,000)|0.50|99 %|0.167|10.00 / 30.00|1.00 / 3.00|10.0 / 20.0";
        assert_eq!(cells[2..9].join("|"), expected);
        assert_eq!(
            super::text(&Samples(Vec::new()), "2026-11-22"),
            "2026-11-22"
        );
    }
}
