//! Shows what the proxy does beside nginx, which can do no less, and beside what people would write in Node and in
//! Python. Run by `make bench PART=proxy`.
//!
//! `plan` (who is measured at what, on which cores, in which order), `contender` (how each is started), `load` (what
//! asks it: oha), `measure` (that it does what is measured, and what it costs), `fill` (what a store has after years),
//! `report`.

mod contender;
mod fill;
mod load;
mod measure;
mod plan;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use bench::report::{Samples, provenance, publish};
use bench::server::Server;
use clap::{Parser, value_parser};

use load::Load;
use plan::{Contender, Wanted};
use test_support::postgres::Server as Postgres;

/// The rounds that are published, and the seconds at each load.
const ROUNDS: u32 = 3;
const SECONDS: u32 = 4;

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
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    programs: Programs,
    /// A file for the tables; left alone unless everything was measured often and long enough.
    #[arg(long)]
    report: Option<PathBuf>,
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
    let (wanted, programs) = (arguments.wanted, arguments.programs);
    let (rounds, seconds) = (arguments.rounds, arguments.seconds);
    #[cfg(target_os = "linux")]
    anyhow::ensure!(
        nix::sys::statfs::statfs(&std::env::temp_dir())?.filesystem_type()
            != nix::sys::statfs::TMPFS_MAGIC,
        "writing to memory costs nothing; set TMPDIR to a folder on a disk"
    );
    let versions = contender::versions(&programs)?;
    let (core, others, count) = plan::cores()?;
    plan::use_only(&others)?;
    let wechat = contender::start_wechat(&programs).await?;
    let load = Load::new(&programs.oha, seconds, count)?;
    let mut samples = Samples(Vec::new());
    for round in 0..rounds {
        for step in wanted.round(round) {
            // One for each, so that none finds what another has left.
            let engine = (step.contender == Contender::Postgres).then(|| Postgres::start(&[]));
            let engine = engine.transpose()?;
            let postgres = match &engine {
                Some(server) => Some(server.new_database().await?),
                None => None,
            };
            let what = || format!("{}: {}", step.who(), plan::label(&step.scenario));
            let database = |folder: &Path| step.contender.database(postgres.as_deref(), folder);
            let server = Server::start(|command, address, folder| {
                let addresses = [address, wechat.address];
                let database = database(folder);
                step.contender
                    .command(command, &programs, core, &database, addresses, folder)
            });
            let server = server.await.with_context(what)?;
            let database = database(server.folder.path());
            let figures = measure::measure(step, &server, &database, &load)
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
        "{}; `{versions}`; {rounds} rounds, {seconds} seconds at each load, {} connections.",
        provenance(),
        load::CONNECTIONS
    );
    let text = report::text(&samples, &setting);
    let is_complete = wanted.is_everything() && rounds >= ROUNDS && seconds >= SECONDS;
    publish(arguments.report.as_deref(), &text, is_complete)
}
