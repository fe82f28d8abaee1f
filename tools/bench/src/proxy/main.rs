//! Shows what the proxy does beside nginx, which can do no less, and beside what people would write in Node and in
//! Python. Run by `make bench-proxy`.
//!
//! `contender` (who is compared) with `nginx` and `ours`, `scenario` (at what), `cores` (who may use which), `child`
//! (a running server), `requests`, `connection`, `pace` and `load` (what asks it), `proof` (that it does what is
//! measured), `tree` (what it costs), `measure`, `plan`, `summary`, `aims`, `report`, `versions`.

mod aims;
mod child;
mod connection;
mod contender;
mod cores;
mod load;
mod measure;
mod nginx;
mod ours;
mod pace;
mod plan;
mod proof;
mod report;
mod requests;
mod scenario;
mod summary;
mod tree;
mod versions;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use bench::report::document::replace;
use bench::report::provenance;
use bench::{disk, interruption};
use clap::{Parser, value_parser};
use test_support::postgres::Server as Postgres;
use tokio::task::LocalSet;

use child::Child;
use contender::{Contender, Programs, Running, Surroundings};
use cores::{Cores, Sharing};
use measure::{Measured, Times};
use nginx::Nginx;
use plan::{Step, Wanted};
use scenario::Scenario;
use summary::Summary;

/// The rounds that are published, and the seconds at each load.
const ROUNDS: u32 = 3;
const SECONDS: u32 = 4;
/// The databases of a round, and the logs.
const BYTES_ON_DISK: u64 = 2_000_000_000;

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
    /// How cores are shared; both ways if left out.
    #[arg(long = "cores", value_enum, value_delimiter = ',')]
    sharings: Vec<Sharing>,
    /// What is measured; everything if left out.
    #[arg(long = "scenario", value_enum, value_delimiter = ',')]
    scenarios: Vec<Scenario>,
    /// Who is measured; everybody if left out.
    #[arg(long = "server", value_enum, value_delimiter = ',')]
    contenders: Vec<Contender>,
    /// Our proxy, built with optimisation.
    #[arg(long)]
    proxy: PathBuf,
    /// The folder of Node's packages.
    #[arg(long)]
    node_modules: PathBuf,
    /// The interpreter that has Python's packages.
    #[arg(long)]
    python: PathBuf,
    /// The folder with the sources of the others.
    #[arg(long)]
    sources: PathBuf,
    /// A document with a place for the tables; left alone unless everything was measured often and long enough.
    #[arg(long)]
    document: Option<PathBuf>,
    /// Where the picture goes; likewise.
    #[arg(long)]
    chart: Option<PathBuf>,
}

// One thread: it stays on the cores that it is given.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let tasks = LocalSet::new();
    interruption::run(tasks.run_until(work(arguments))).await
}

async fn work(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments {
        rounds,
        seconds,
        sharings,
        scenarios,
        contenders,
        proxy,
        node_modules,
        python,
        sources,
        document,
        chart,
    } = arguments;
    let wanted = Wanted {
        sharings,
        scenarios,
        contenders,
    };
    let programs = Programs {
        proxy,
        node_modules,
        python,
        sources,
    };
    disk::check(&std::env::temp_dir(), BYTES_ON_DISK)?;
    let all_cores = cores::usable()?;
    let versions = versions::of(&programs)?;
    let load = Duration::from_secs(seconds.into());
    let times = Times {
        warm_up: load.div_f64(2.0),
        load,
    };
    let mut summary = Summary::default();
    for sharing in Sharing::ALL {
        let first = wanted.round(sharing, 0);
        if first.is_empty() {
            continue;
        }
        let cores = Cores::shared(sharing, &all_cores)?;
        let bench = Bench::start(&programs, cores, times, &first).await?;
        for round in 0..rounds {
            for step in wanted.round(sharing, round) {
                let what = || format!("{}: {}", step.contender.label(), step.scenario.label());
                let measured = bench.measure(step).await.with_context(what)?;
                println!("    {} of {rounds}  {}", round + 1, line(step, &measured));
                summary.add(step, measured);
            }
        }
    }
    let heading = format!(
        "{}; {versions}; {rounds} rounds, {seconds} seconds at each load, {} connections.",
        provenance::here(),
        load::CONNECTIONS
    );
    let text = report::text(&summary, &heading);
    println!("\n{text}");
    if !(wanted.is_everything() && rounds >= ROUNDS && seconds >= SECONDS) {
        println!(
            "==> nothing is written: that takes everything, {ROUNDS} rounds and {SECONDS} seconds"
        );
        return Ok(());
    }
    if let Some(document) = document {
        let old = std::fs::read_to_string(&document)
            .with_context(|| format!("cannot read {}", document.display()))?;
        write(
            &document,
            &replace(&old, "bench-proxy:begin", "bench-proxy:end", &text)?,
        )?;
    }
    if let Some(picture) = chart {
        write(&picture, &report::picture(&summary))?;
    }
    Ok(())
}

/// What all servers have in common.
struct Bench<'a> {
    programs: &'a Programs,
    cores: Cores,
    times: Times,
    wechat: Running,
    postgres: Option<Postgres>,
}

impl<'a> Bench<'a> {
    /// Starts what servers ask.
    async fn start(
        programs: &'a Programs,
        cores: Cores,
        times: Times,
        steps: &[Step],
    ) -> anyhow::Result<Self> {
        cores.for_load()?;
        let command = |port, folder: &Path| {
            Nginx {
                sources: &programs.sources,
                site: "wechat.conf",
                port,
                wechat: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
                workers: 1,
            }
            .command(folder)
        };
        let wechat = contender::start(command, Child::start).await?;
        let needs_postgres = steps
            .iter()
            .any(|step| step.contender == Contender::Postgres);
        let postgres = needs_postgres.then(|| Postgres::start(&[])).transpose()?;
        Ok(Self {
            programs,
            cores,
            times,
            wechat,
            postgres,
        })
    }

    async fn measure(&self, step: Step) -> anyhow::Result<Measured> {
        let Step {
            scenario,
            contender,
            ..
        } = step;
        let postgres = match &self.postgres {
            Some(server) => Some(server.new_database().await?),
            None => None,
        };
        let surroundings = Surroundings {
            programs: self.programs,
            wechat: self.wechat.address,
            postgres,
            cores: self.cores.of_server(),
        };
        let running = contender::start(
            |port, folder| contender.command(&surroundings, port, folder),
            |command, log| self.cores.for_server(|| Child::start(command, log)),
        )
        .await?;
        measure::measure(
            contender,
            running,
            scenario,
            self.times,
            self.cores.of_server(),
        )
        .await
    }
}

fn line(step: Step, measured: &Measured) -> String {
    format!(
        "{:<12} {:<9} {:<23} {:>7.0} a second, {:>3.0} % of its cores, 99 of 100 within {:>6.2} ms at half load, {:>5.1} MB",
        format!("{:?}", step.sharing).to_lowercase(),
        format!("{:?}", step.scenario).to_lowercase(),
        step.contender.label(),
        measured.per_second,
        measured.busy * 100.0,
        measured.half.p99.as_secs_f64() * 1_000.0,
        measured.peak / 1e6,
    )
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
