//! Asks the shipped program for everything at once, for minutes and without a pause, and looks whether anything grows
//! that must not: memory, open files, connections, time. Run by `make soak`.
//!
//! `site` (what is asked), `visit` (people), `nuisance` (whoever only costs), `census` (what the process has),
//! `timing` (how long answers took), `verdict` (what must hold), `chart` and `report` (how it is told).

mod census;
mod chart;
#[path = "../proxy/child.rs"]
mod child;
#[path = "../proxy/connection.rs"]
mod connection;
mod nuisance;
mod report;
mod site;
mod timing;
mod verdict;
mod visit;

use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Context;
use bench::interruption;
use bench::report::document::replace;
use clap::{Parser, value_parser};
use tokio::task::LocalSet;

use census::Census;
use site::Site;
use verdict::{Verdict, Watched};
use visit::Tally;

/// The proxy remembers what became of a code for five minutes: only then is it full.
const FULL_AFTER: u64 = 310;
/// How long it is watched.
const SECONDS: u64 = 300;
/// People who visit at once, one visit after the other.
const VISITORS: usize = 24;
/// From one look at the process to the next.
const LOOK: Duration = Duration::from_secs(1);
/// Lines of the proxy's log that are shown.
const COMPLAINTS: usize = 20;
/// Connections that the proxy keeps for WeChat's sake end after twenty seconds.
const QUIET_WITHIN: Duration = Duration::from_secs(40);

/// Soaks one proxy on SQLite. Everything is on this machine and ends with the program; TMPDIR chooses the disk.
#[derive(Parser)]
struct Arguments {
    /// The proxy, built as it is shipped.
    #[arg(long)]
    proxy: PathBuf,
    /// How long it is watched.
    #[arg(long, default_value_t = SECONDS, value_parser = value_parser!(u64).range(10..=86_400))]
    seconds: u64,
    /// How long it is asked before that.
    #[arg(long, default_value_t = FULL_AFTER)]
    full_after: u64,
    /// A document with a place for the figures; left alone unless both times are at least the usual ones.
    #[arg(long)]
    document: Option<PathBuf>,
    /// Where the picture goes; likewise.
    #[arg(long)]
    chart: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    interruption::run(work(arguments)).await
}

async fn work(arguments: Arguments) -> anyhow::Result<()> {
    let site = Rc::new(Site::start(&arguments.proxy).await?);
    let before = census::of(site.process())?;
    let tally = Rc::new(Tally::default());
    let began = Instant::now();
    let tasks = LocalSet::new();
    let visits = (0..VISITORS)
        .map(|number| visit::again_and_again(site.clone(), tally.clone(), number))
        .map(|visits| tasks.spawn_local(visits))
        .collect::<Vec<_>>();
    nuisance::spawn(&tasks, &site);
    let whole = Duration::from_secs(arguments.full_after + arguments.seconds);
    let looks = tasks.run_until(look(&site, began, whole)).await?;
    let took = began.elapsed();
    tally.is_over.set(true);
    tasks
        .run_until(async {
            for visit in visits {
                visit.await?;
            }
            anyhow::Ok(())
        })
        .await?;
    // With it every connection of ours.
    drop(tasks);
    let after = quiet(&site, before).await?;
    let log = site.log()?;
    anyhow::ensure!(!log.contains("panicked"), "the proxy panicked:\n{log}");
    let complaints = log
        .lines()
        .filter(|line| line.contains("ERROR") || line.contains(" WARN "));
    // That the app broke is what visitors report, as they are told to.
    let complaints = complaints.filter(|line| !line.contains("app_crashed"));
    for complaint in complaints.take(COMPLAINTS) {
        println!("{complaint}");
    }
    let size = site.size().await?;
    let verdict = Verdict::of(Watched {
        from: Duration::from_secs(arguments.full_after),
        took,
        looks,
        before,
        after,
        size,
        tally: tally.figures(),
        nuisances: site.nuisances.get(),
    })?;
    println!("{}", report::text(&verdict));
    verdict.check()?;
    let is_usual = arguments.seconds >= SECONDS && arguments.full_after >= FULL_AFTER;
    if let (true, Some(path)) = (is_usual, &arguments.document) {
        let document = std::fs::read_to_string(path).context("no document")?;
        let text = report::text(&verdict);
        let document = replace(&document, "soak:begin", "soak:end", &text)?;
        std::fs::write(path, document)?;
    }
    if let (true, Some(path)) = (is_usual, &arguments.chart) {
        std::fs::write(path, chart::svg(&verdict))?;
    }
    Ok(())
}

/// The process, once a second.
async fn look(site: &Site, began: Instant, whole: Duration) -> anyhow::Result<Vec<Census>> {
    let mut looks = Vec::new();
    let mut pace = tokio::time::interval(LOOK);
    while began.elapsed() < whole {
        pace.tick().await;
        anyhow::ensure!(site.is_running(), "the proxy has ended:\n{}", site.log()?);
        looks.push(census::of(site.process())?);
    }
    Ok(looks)
}

/// The process once nobody asks any more and what it has opened for others is closed, or patience is at its end.
async fn quiet(site: &Site, before: Census) -> anyhow::Result<Census> {
    let began = Instant::now();
    loop {
        let now = census::of(site.process())?;
        if now.connections <= before.connections || began.elapsed() > QUIET_WITHIN {
            return Ok(now);
        }
        tokio::time::sleep(LOOK).await;
    }
}
