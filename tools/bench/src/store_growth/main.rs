//! Shows that the store finds things by indexes: fills databases with ten thousand, a million and ten million records
//! and measures what requests do at each size. Run by `make bench PART=data`.
//!
//! `population` (who has what), `database` (one of each kind, filled by statements of its own), `operation` (what is
//! measured, through the store).

mod database;
mod operation;
mod population;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use bench::disk;
use bench::report::{Latency, grouped, provenance, publish, table};
use clap::{Parser, ValueEnum, value_parser};
use fastrand::Rng;

use database::Database;
use operation::{Client, OPERATIONS, RawDisk};

/// The sizes that are published.
const SIZES: [u32; 3] = [10_000, 1_000_000, 10_000_000];
/// The operations of each kind that are published.
const ROUNDS: usize = 2_000;
/// Among fewer records nobody may have the hundred that a measured list has.
const SMALLEST: i64 = 10_000;
/// Of how many records one identity is the owner.
const RECORDS_PER_IDENTITY: u32 = 10;
/// The same users are chosen in every run.
const SEED: u64 = 20_261_122;

/// Fills databases and measures the store at growing sizes. TMPDIR chooses the disk; nothing is left behind.
#[derive(Parser)]
struct Arguments {
    /// Numbers of records, growing, 10,000 or more.
    #[arg(long, value_delimiter = ',', default_values_t = SIZES, value_parser = value_parser!(u32).range(SMALLEST..))]
    sizes: Vec<u32>,
    /// Which database; with both, one after the other.
    #[arg(long, value_enum, default_value_t = Choice::Both)]
    database: Choice,
    /// Operations of each kind at each size.
    #[arg(long, default_value_t = ROUNDS)]
    operations: usize,
    /// A document that has places for the tables; left alone unless sizes and operations are the published ones.
    #[arg(long)]
    document: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    Sqlite,
    Postgres,
    Both,
}

/// What was measured at one size.
struct AtSize {
    /// What was asked for; really there are a few more or less.
    records: u32,
    /// Tables and indexes.
    bytes: u64,
    /// In the order of [`OPERATIONS`].
    latencies: Vec<Latency>,
}

#[tokio::main]
async fn main() -> ExitCode {
    bench::run(work(Arguments::parse())).await
}

async fn work(arguments: Arguments) -> anyhow::Result<()> {
    let sizes = &arguments.sizes;
    let grow = sizes.is_sorted_by(|one, next| one < next);
    anyhow::ensure!(grow, "--sizes must grow");
    let enough = arguments.operations >= 100;
    anyhow::ensure!(enough, "--operations must be 100 or more");
    let needed = database::bytes_for(sizes.last().copied().unwrap_or_default());
    let folder = std::env::temp_dir();
    let (size, at) = (disk::gigabytes(needed), folder.display());
    println!("==> needs up to {size} in {at}, until the end");
    disk::check(&folder, needed)?;
    for (choice, other, mark) in [
        (Choice::Sqlite, Choice::Postgres, "bench-data-sqlite"),
        (Choice::Postgres, Choice::Sqlite, "bench-data-postgres"),
    ] {
        if arguments.database == other {
            continue;
        }
        let (mut sizes, mut name) = (Vec::new(), String::new());
        for &records in &arguments.sizes {
            let size = measure(choice, records, arguments.operations).await;
            let (version, size) = size.with_context(|| format!("{records} records"))?;
            name = version;
            sizes.push(size);
        }
        let text = told(&name, &sizes, &arguments);
        println!("\n{text}");
        let is_published = arguments.sizes == SIZES && arguments.operations == ROUNDS;
        if let (true, Some(document)) = (is_published, &arguments.document) {
            publish(document, mark, &text)?;
        }
    }
    Ok(())
}

/// Fills a database, and does operations of all kinds in turn, as they come in life; the first tenth is not counted.
async fn measure(
    choice: Choice,
    records: u32,
    operations: usize,
) -> anyhow::Result<(String, AtSize)> {
    let database = match choice {
        Choice::Postgres => Database::postgres().await?,
        Choice::Sqlite | Choice::Both => Database::sqlite()?,
    };
    let identities = u64::from(records / RECORDS_PER_IDENTITY);
    let started = Instant::now();
    let (name, bytes) = database.fill(identities).await?;
    let seconds = started.elapsed().as_secs();
    println!(
        "==> {name} with {} records, filled in {seconds} seconds",
        grouped(records.into())
    );
    let store = login_store::open(&database.url()?).await?;
    let mut client = Client {
        store: &*store,
        identities,
        random: Rng::with_seed(SEED),
        disk: RawDisk::new()?,
    };
    let mut durations = vec![Vec::with_capacity(operations); OPERATIONS.len()];
    let warm_up = operations / 10;
    for number in 0..warm_up + operations {
        let all = client.time_all().await?;
        if number >= warm_up {
            let each = durations.iter_mut().zip(all);
            each.for_each(|(durations, it)| durations.push(it));
        }
    }
    let latencies: Option<_> = durations.into_iter().map(Latency::of).collect();
    let size = AtSize {
        records,
        bytes,
        latencies: latencies.context("nothing was measured")?,
    };
    Ok((name, size))
}

/// What was measured, where and when, and the table.
fn told(name: &str, sizes: &[AtSize], arguments: &Arguments) -> String {
    let count = |size: &AtSize| grouped(size.records.into());
    let mut rows = vec![vec!["milliseconds: median / 99 of 100".to_owned()]];
    rows[0].extend(sizes.iter().map(|size| format!("{} records", count(size))));
    rows[0].extend(
        sizes
            .iter()
            .skip(1)
            .map(|size| format!("growth to {}", count(size))),
    );
    for (position, operation) in OPERATIONS.into_iter().enumerate() {
        let figures = sizes.iter().map(|size| size.latencies[position].millis());
        let figures: Vec<(f64, f64)> = figures.collect();
        let mut row = vec![operation.to_owned()];
        row.extend(
            figures
                .iter()
                .map(|(median, p99)| format!("{median:.2} / {p99:.2}")),
        );
        let (one, other) = figures.first().copied().unwrap_or_default();
        let growth = figures.iter().skip(1);
        row.extend(
            growth.map(|(median, p99)| format!("× {:.1} / × {:.1}", median / one, p99 / other)),
        );
        rows.push(row);
    }
    let bytes: Vec<String> = sizes
        .iter()
        .map(|size| disk::gigabytes(size.bytes))
        .collect();
    format!(
        "{name}; {}; {} operations of each kind at each size.\nTables and indexes: {}.\n\n{}",
        provenance(),
        grouped(arguments.operations as f64),
        bytes.join(", "),
        table(&rows)
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_row_has_the_figures_of_each_size_and_the_growth() {
        let at = |records, milliseconds: u64| AtSize {
            records,
            bytes: 1,
            latencies: vec![
                Latency {
                    median: Duration::from_micros(milliseconds * 1_000 + 234),
                    p99: Duration::from_millis(20),
                };
                OPERATIONS.len()
            ],
        };
        let arguments = Arguments::parse_from(["bench"]);
        let text = told("SQLite 3", &[at(10_000, 1), at(1_000_000, 2)], &arguments);
        assert!(text.starts_with("SQLite 3; "), "{text}");
        assert!(
            text.contains("\nTables and indexes: 0.1 GB, 0.1 GB.\n"),
            "{text}"
        );
        let line = text.lines().find(|line| line.contains("| login")).unwrap();
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(
            cells[2..5],
            ["1.23 / 20.00", "2.23 / 20.00", "× 1.8 / × 1.0"]
        );
    }
}
