//! Shows what the proxy does beside nginx, which can do no less, and beside what people would write in Node and in
//! Python. Run by `make bench PART=proxy`.
//!
//! `plan` (who is measured at what, on which cores, in which order), `contender` (how each is started), `load` (what
//! asks it: oha), `measure` (that it does what is measured, and what it costs), `report`.

mod contender;
mod load;
mod measure;
mod plan;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use bench::disk;
use bench::report::{Samples, provenance, publish};
use bench::server::Server;
use clap::{Parser, value_parser};

use load::Load;
use plan::{Contender, Scenario};
use test_support::postgres::Server as Postgres;

/// The rounds that are published, and the seconds at each load.
const ROUNDS: u32 = 3;
const SECONDS: u32 = 4;
/// The databases of a round, the logs, and the codes.
const BYTES_ON_DISK: u64 = 3_000_000_000;

/// Measures one server after the other, again and again. Everything is on this machine and ends with the program;
/// TMPDIR chooses the disk.
#[derive(Parser)]
struct Arguments {
    /// How often each server is measured.
    #[arg(long, default_value_t = ROUNDS, value_parser = value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// How long at full load, and again at half.
    #[arg(long, default_value_t = SECONDS, value_parser = value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// What is measured; everything if left out.
    #[arg(long = "scenario", value_enum, value_delimiter = ',')]
    scenarios: Vec<Scenario>,
    /// Who is measured; everybody if left out.
    #[arg(long = "server", value_enum, value_delimiter = ',')]
    contenders: Vec<Contender>,
    #[command(flatten)]
    programs: Programs,
    /// A document with a place for the tables; left alone unless everything was measured often and long enough.
    #[arg(long)]
    document: Option<PathBuf>,
}

/// What is needed to start the servers and to ask them.
#[derive(clap::Args)]
struct Programs {
    /// Our proxy, built with optimisation.
    #[arg(long)]
    proxy: PathBuf,
    /// The load generator; from PATH if left out.
    #[arg(long, default_value = "oha")]
    oha: PathBuf,
    /// The folder of Node's packages.
    #[arg(long)]
    node_modules: PathBuf,
    /// The interpreter that has Python's packages.
    #[arg(long)]
    python: PathBuf,
    /// The folder with the sources of the others.
    #[arg(long)]
    sources: PathBuf,
}

// One thread: it stays on the cores that it is given.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    bench::run(work(Arguments::parse())).await
}

async fn work(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments {
        rounds,
        seconds,
        scenarios,
        contenders,
        programs,
        document,
    } = arguments;
    disk::check(&std::env::temp_dir(), BYTES_ON_DISK)?;
    let versions = contender::versions(&programs)?;
    let (core, others, count) = plan::cores()?;
    plan::use_only(&others)?;
    let wechat = contender::start_wechat(&programs).await?;
    let first = plan::round(&scenarios, &contenders, 0);
    let needs_postgres = first.iter().any(|step| step.1 == Contender::Postgres);
    let postgres = needs_postgres.then(|| Postgres::start(&[])).transpose()?;
    let load = Load::new(&programs.oha, seconds, count)?;
    let mut samples = Samples(Vec::new());
    for round in 0..rounds {
        for step in plan::round(&scenarios, &contenders, round) {
            let database = match &postgres {
                Some(server) => Some(server.new_database().await?),
                None => None,
            };
            let (scenario, contender) = step;
            let what = || format!("{}: {}", plan::label(&contender), plan::label(&scenario));
            let server = Server::start(|address, folder| {
                contender.command(&programs, core, database, [address, wechat.address], folder)
            });
            let server = server.await.with_context(what)?;
            let figures = measure::measure(step, &server, &load)
                .await
                .with_context(what)?;
            println!(
                "    {} of {rounds}  {}",
                round + 1,
                report::line(step, &figures)
            );
            samples.0.push((step, figures));
        }
    }
    let setting = format!(
        "{}; {versions}; {rounds} rounds, {seconds} seconds at each load, {} connections.",
        provenance(),
        load::CONNECTIONS
    );
    let text = report::text(&samples, &setting);
    println!("\n{text}");
    let is_everything = scenarios.is_empty() && contenders.is_empty();
    let is_complete = is_everything && rounds >= ROUNDS && seconds >= SECONDS;
    match &document {
        Some(document) if is_complete => publish(document, "bench-proxy", &text),
        _ => {
            println!(
                "==> nothing is written: that takes everything, {ROUNDS} rounds and {SECONDS} seconds"
            );
            Ok(())
        }
    }
}
