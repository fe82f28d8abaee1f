//! Shows what the app costs a phone beside what people would write instead: the same page in plain JavaScript, in Vue
//! and in React, in one browser, against one simulator. Run by `make bench-page`.
//!
//! `variant` (what is compared), `site` and `front` (a built page and the web server in front of it), `servers`
//! (simulator and proxies), `phone` (how slow), `visit` (one login and one return), `traffic` and `memory` (what they
//! cost), `summary` (medians), `aims`, `report`, `chart`.

mod aims;
mod chart;
mod front;
mod memory;
mod phone;
mod report;
mod servers;
mod setting;
mod site;
mod summary;
mod traffic;
mod variant;
mod visit;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use bench::interruption;
use bench::report::document::replace;
use clap::{Parser, value_parser};

use phone::Phone;
use servers::Servers;
use setting::Setting;
use summary::{Sample, Summary};
use variant::Variant;

/// The runs that are published.
const RUNS: u32 = 9;

/// Measures the pages one after the other, again and again. Everything is on this machine and ends with the program.
#[derive(Parser)]
struct Arguments {
    /// How often each page is measured on each phone.
    #[arg(long, default_value_t = RUNS, value_parser = value_parser!(u32).range(1..=99))]
    runs: u32,
    /// Which pages; all of them if left out.
    #[arg(long = "variant", value_enum, value_delimiter = ',')]
    variants: Vec<Variant>,
    /// The folder that has a folder of each built page.
    #[arg(long)]
    builds: PathBuf,
    /// The package.json with the versions of the other pages' packages.
    #[arg(long)]
    packages: PathBuf,
    /// A document with a place for the tables; left alone unless all pages were measured often enough.
    #[arg(long)]
    document: Option<PathBuf>,
    /// Where the picture goes; likewise.
    #[arg(long)]
    chart: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    interruption::run(work(&arguments)).await
}

async fn work(arguments: &Arguments) -> anyhow::Result<()> {
    let variants = if arguments.variants.is_empty() {
        Variant::ALL.to_vec()
    } else {
        arguments.variants.clone()
    };
    let servers = Servers::start(&variants, &arguments.builds).await?;
    let mut samples = Vec::new();
    let mut chromium = String::new();
    for run in 0..arguments.runs {
        // Another one goes first each time, so that none always follows the same one.
        let mut order = variants.clone();
        order.rotate_left(run as usize % variants.len());
        for phone in Phone::ALL {
            for variant in &order {
                let what = || format!("{} on {}", variant.label(), phone.label());
                let sample = visit::measure(&servers, *variant, phone)
                    .await
                    .with_context(what)?;
                println!(
                    "    {:>2} of {}  {:<20} {:<14} authorize {:>5.0} ms, profile {:>5.0} ms, return {:>5.0} ms",
                    run + 1,
                    arguments.runs,
                    variant.label(),
                    phone.label(),
                    sample.measured.cold_authorize,
                    sample.measured.cold_profile,
                    sample.measured.return_profile,
                );
                chromium.clone_from(&sample.chromium);
                samples.push(sample);
            }
        }
    }
    publish(arguments, &variants, &samples, chromium)
}

/// Prints the tables, and writes them where they belong if they are complete.
fn publish(
    arguments: &Arguments,
    variants: &[Variant],
    samples: &[Sample],
    chromium: String,
) -> anyhow::Result<()> {
    let summary = Summary::of(variants, samples)?;
    let setting = Setting::here(chromium, &arguments.packages, arguments.runs)?;
    let text = report::text(&summary, &setting);
    println!("\n{text}");
    let is_complete = arguments.runs >= RUNS && Variant::ALL.iter().all(|it| variants.contains(it));
    if !is_complete {
        println!("==> nothing is written: that takes all pages and {RUNS} runs of each");
        return Ok(());
    }
    if let Some(document) = &arguments.document {
        let old = read(document)?;
        write(
            document,
            &replace(&old, "bench-page:begin", "bench-page:end", &text)?,
        )?;
    }
    if let Some(picture) = &arguments.chart {
        write(picture, &chart::svg(&summary))?;
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
