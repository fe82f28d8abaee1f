//! Shows that the store finds things by indexes: fills databases with ten thousand, a million and ten million records
//! and measures what requests do at each size. Run by `make bench-data`.
//!
//! `population` (who has what), `stage` (the rows between two sizes), `sqlite` and `postgres` (a database of each
//! kind, filled by statements of its own), `operation` (what is measured, through the store), `run`, `report`.

mod engine;
mod operation;
mod population;
mod postgres;
mod progress;
mod random;
mod raw_disk;
mod report;
mod run;
mod sqlite;
mod stage;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use bench::report::document::replace;
use bench::{disk, interruption};
use clap::{Parser, ValueEnum, value_parser};

use population::Population;
use postgres::PostgresEngine;
use run::Growth;
use sqlite::SqliteEngine;

/// The sizes that are published.
const SIZES: [u32; 3] = [10_000, 1_000_000, 10_000_000];
/// The operations of each kind that are published.
const OPERATIONS: usize = 2_000;
/// Among fewer records nobody may have the hundred that a measured list has.
const SMALLEST: i64 = 10_000;

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
    #[arg(long, default_value_t = OPERATIONS)]
    operations: usize,
    /// Another seed makes other people and other records.
    #[arg(long, default_value_t = 20_261_122)]
    seed: u64,
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

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    interruption::run(work(&arguments)).await
}

async fn work(arguments: &Arguments) -> anyhow::Result<()> {
    let sizes = &arguments.sizes;
    anyhow::ensure!(
        sizes.is_sorted_by(|one, next| one < next),
        "--sizes must grow"
    );
    anyhow::ensure!(
        arguments.operations >= 100,
        "--operations must be 100 or more"
    );
    let population = Population {
        seed: arguments.seed,
    };
    check_disk(arguments)?;
    if arguments.database != Choice::Postgres {
        let engine = SqliteEngine::new()?;
        let growth = run::grow(engine, population, sizes, arguments.operations).await?;
        publish(&growth, "sqlite", arguments)?;
    }
    if arguments.database != Choice::Sqlite {
        let engine = PostgresEngine::start().await?;
        let growth = run::grow(engine, population, sizes, arguments.operations).await?;
        publish(&growth, "postgres", arguments)?;
    }
    Ok(())
}

/// Says how much room the larger of the databases needs, and refuses when it is not there.
fn check_disk(arguments: &Arguments) -> anyhow::Result<()> {
    let records = arguments.sizes.last().copied().map_or(0, u64::from);
    let sqlite = records * sqlite::BYTES_PER_RECORD;
    let postgres = records * postgres::BYTES_PER_RECORD + postgres::BYTES_OF_LOG;
    let needed = match arguments.database {
        Choice::Sqlite => sqlite,
        Choice::Postgres => postgres,
        Choice::Both => sqlite.max(postgres),
    };
    let folder = std::env::temp_dir();
    println!(
        "==> needs up to {} in {}, until the end",
        disk::gigabytes(needed),
        folder.display()
    );
    disk::check(&folder, needed)
}

fn publish(growth: &Growth, name: &str, arguments: &Arguments) -> anyhow::Result<()> {
    let table = report::table(growth, arguments.operations, arguments.seed);
    println!("\n{table}");
    let is_published = arguments.sizes == SIZES && arguments.operations == OPERATIONS;
    let Some(document) = arguments.document.as_ref().filter(|_| is_published) else {
        return Ok(());
    };
    let text = std::fs::read_to_string(document)
        .with_context(|| format!("cannot read {}", document.display()))?;
    let text = replace(
        &text,
        &format!("bench-data:begin {name}"),
        &format!("bench-data:end {name}"),
        &table,
    )?;
    std::fs::write(document, text).with_context(|| format!("cannot write {}", document.display()))
}
