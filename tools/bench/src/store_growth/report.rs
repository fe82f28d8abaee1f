//! The figures as a table that reads well on a screen and in Markdown.

use std::time::Duration;

use bench::report::latency::Latency;
use bench::report::machine;
use bench::report::table::{aligned, grouped};

use crate::operation::Operation;
use crate::run::{AtSize, Growth};
use bench::disk::gigabytes;

/// What was measured, where and when, and the table.
pub(crate) fn table(growth: &Growth, operations: usize, seed: u64) -> String {
    let mut rows = vec![head(&growth.sizes), rule(&growth.sizes)];
    for (position, operation) in Operation::ALL.into_iter().enumerate() {
        let latencies: Vec<Latency> = growth
            .sizes
            .iter()
            .map(|size| size.latencies[position])
            .collect();
        rows.push(row(operation.label(), &latencies));
    }
    let bytes: Vec<String> = growth
        .sizes
        .iter()
        .map(|size| gigabytes(size.bytes))
        .collect();
    let facts = &growth.facts;
    format!(
        "{}, {}, {}; {} operations of each kind at each size, seed {seed}.\n\
         Tables and indexes: {}.\n\n{}\n",
        facts.name,
        facts.date,
        machine::description(),
        grouped(operations),
        bytes.join(", "),
        aligned(&rows).join("\n")
    )
}

fn head(sizes: &[AtSize]) -> Vec<String> {
    let mut cells = vec!["milliseconds: median / 99 of 100".to_owned()];
    cells.extend(
        sizes
            .iter()
            .map(|size| format!("{} records", grouped(size.records as usize))),
    );
    cells.extend(
        sizes
            .iter()
            .skip(1)
            .map(|size| format!("growth to {}", grouped(size.records as usize))),
    );
    cells
}

fn rule(sizes: &[AtSize]) -> Vec<String> {
    let columns = sizes.len() * 2 - 1;
    let mut cells = vec!["---".to_owned()];
    cells.extend(std::iter::repeat_n("---:".to_owned(), columns));
    cells
}

fn row(label: &str, latencies: &[Latency]) -> Vec<String> {
    let mut cells = vec![label.to_owned()];
    cells.extend(
        latencies
            .iter()
            .map(|latency| format!("{} / {}", millis(latency.median), millis(latency.p99))),
    );
    if let Some((first, others)) = latencies.split_first() {
        cells.extend(others.iter().map(|latency| {
            let median = latency.median.as_secs_f64() / first.median.as_secs_f64();
            let p99 = latency.p99.as_secs_f64() / first.p99.as_secs_f64();
            format!("× {median:.1} / × {p99:.1}")
        }));
    }
    cells
}

fn millis(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Facts;

    fn growth() -> Growth {
        let at = |records, milliseconds: u64| AtSize {
            records,
            bytes: 1,
            latencies: Operation::ALL
                .map(|_| Latency {
                    median: Duration::from_micros(milliseconds * 1_000 + 234),
                    p99: Duration::from_millis(20),
                })
                .to_vec(),
        };
        Growth {
            facts: Facts {
                name: "SQLite 3".to_owned(),
                date: "2026-11-22".to_owned(),
            },
            sizes: vec![at(10_000, 1), at(1_000_000, 2)],
        }
    }

    #[test]
    fn a_row_has_the_figures_of_each_size_and_the_growth() {
        let table = table(&growth(), 2_000, 7);
        assert!(table.starts_with("SQLite 3, 2026-11-22, "), "{table}");
        assert!(
            table.contains("2,000 operations of each kind at each size, seed 7."),
            "{table}"
        );
        assert!(table.contains("Tables and indexes: 0.1 GB, 0.1 GB.\n"));
        let line = table.lines().find(|line| line.contains("| login")).unwrap();
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(
            cells[1..5],
            ["login", "1.23 / 20.00", "2.23 / 20.00", "× 1.8 / × 1.0"]
        );
    }
}
