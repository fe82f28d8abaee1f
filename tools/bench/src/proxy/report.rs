//! The figures in Markdown and as a picture.

use bench::report::chart::{self, Bar, Group};
use bench::report::latency::Latency;
use bench::report::table::{aligned, grouped, row};

use crate::aims;
use crate::cores::Sharing;
use crate::plan::Step;
use crate::scenario::Scenario;
use crate::summary::{Figure, Summary};

/// Everything between the marks; `heading` says where, when and with what was measured.
pub(crate) fn text(summary: &Summary, heading: &str) -> String {
    let mut parts = vec![heading.to_owned()];
    let aims = aims_table(summary);
    if !aims.is_empty() {
        parts.push(format!(
            "### Aims, {}\n\n{}",
            Sharing::Apart.label(),
            aims.join("\n")
        ));
    }
    for sharing in Sharing::ALL {
        for scenario in Scenario::ALL {
            let table = table(summary, sharing, scenario);
            if !table.is_empty() {
                let (what, how) = (scenario.label(), sharing.label());
                parts.push(format!("### {what}, {how}\n\n{}", table.join("\n")));
            }
        }
    }
    parts.join("\n\n")
}

/// The exchange, as many in a second as each takes, and what a thousand cost.
pub(crate) fn picture(summary: &Summary) -> String {
    let scenario = Scenario::Exchange;
    let group = |title: &str, sharing, figure: Figure| Group {
        title: title.to_owned(),
        bars: summary
            .contenders(sharing, scenario)
            .into_iter()
            .filter_map(|contender| {
                let step = Step {
                    sharing,
                    scenario,
                    contender,
                };
                Some(Bar {
                    name: contender.label(),
                    is_ours: contender.is_ours(),
                    spread: summary.spread(step, figure)?,
                })
            })
            .collect(),
    };
    let groups = [
        group(
            "exchanges in a second, the server on one core",
            Sharing::Apart,
            |it| it.per_second,
        ),
        group(
            "processor time for a thousand exchanges (ms)",
            Sharing::Apart,
            |it| it.cpu * 1_000.0,
        ),
        group("memory under load (MB, PSS)", Sharing::Apart, |it| {
            it.peak / 1e6
        }),
    ];
    chart::svg("Exchanges of the proxy beside others", &groups)
}

fn aims_table(summary: &Summary) -> Vec<String> {
    let aims = aims::all(summary);
    if aims.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![row(["aim", "measured", "met"]), row(["---", "---:", "---"])];
    rows.extend(aims.into_iter().map(|aim| {
        let met = if aim.is_met { "yes" } else { "**no**" };
        vec![aim.what.to_owned(), aim.measured, met.to_owned()]
    }));
    aligned(&rows)
}

fn table(summary: &Summary, sharing: Sharing, scenario: Scenario) -> Vec<String> {
    let contenders = summary.contenders(sharing, scenario);
    let Some(first) = contenders.first() else {
        return Vec::new();
    };
    let floor = format!("× {}", first.label());
    let mut rows = vec![
        row([
            "",
            "answers in a second (least to most)",
            &floor,
            "of its cores used",
            "CPU seconds for 1,000",
            "ms at full load: median / 99 of 100",
            "at half load",
            "MB at rest / at most (PSS)",
        ]),
        row([
            "---", "---:", "---:", "---:", "---:", "---:", "---:", "---:",
        ]),
    ];
    for contender in &contenders {
        let step = |contender| Step {
            sharing,
            scenario,
            contender,
        };
        rows.extend(line(summary, step(*contender), step(*first)));
    }
    aligned(&rows)
}

fn line(summary: &Summary, step: Step, floor: Step) -> Option<Vec<String>> {
    let median = |figure: Figure| summary.median(step, figure);
    let whole = |number: f64| grouped(number.round() as usize);
    let speed = summary.spread(step, |it| it.per_second)?;
    let compared = speed.median / summary.median(floor, |it| it.per_second)?;
    let megabytes = |figure: Figure| Some(format!("{:.1}", median(figure)? / 1e6));
    Some(vec![
        step.contender.label().to_owned(),
        format!(
            "{} ({} to {})",
            whole(speed.median),
            whole(speed.least),
            whole(speed.most)
        ),
        format!("{compared:.2}"),
        format!("{:.0} %", median(|it| it.busy)? * 100.0),
        format!("{:.3}", median(|it| it.cpu)?),
        format!(
            "{:.2} / {:.2}",
            median(|it| milliseconds(it.full).0)?,
            median(|it| milliseconds(it.full).1)?
        ),
        format!(
            "{:.2} / {:.2}",
            median(|it| milliseconds(it.half).0)?,
            median(|it| milliseconds(it.half).1)?
        ),
        format!(
            "{} / {}",
            megabytes(|it| it.rest)?,
            megabytes(|it| it.peak)?
        ),
    ])
}

fn milliseconds(latency: Latency) -> (f64, f64) {
    let of = |duration: std::time::Duration| duration.as_secs_f64() * 1_000.0;
    (of(latency.median), of(latency.p99))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::Contender;
    use crate::summary::tests::summary;

    #[test]
    fn a_line_has_all_figures_and_how_they_compare() {
        let text = text(&summary(), "2026-11-22");
        assert!(text.starts_with("2026-11-22\n\n### Aims"), "{text}");
        let line = text
            .lines()
            .find(|line| line.starts_with("| this proxy, SQLite"))
            .unwrap();
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(
            cells[2..9],
            [
                "6,000 (6,000 to 6,000)",
                "0.50",
                "99 %",
                "0.167",
                "10.00 / 30.00",
                "1.00 / 3.00",
                "10.0 / 20.0"
            ]
        );
    }

    #[test]
    fn what_was_not_measured_has_no_table() {
        let text = text(&Summary::default(), "2026-11-22");
        assert_eq!(text, "2026-11-22");
    }

    #[test]
    fn the_picture_has_a_bar_for_everybody() {
        let bars = 3 * Contender::ALL.len();
        assert_eq!(picture(&summary()).matches("<rect").count(), bars);
    }
}
