//! Shows what the app costs a phone beside what people would write instead: the same page in plain JavaScript, in Vue
//! and in React, in one browser, against one simulator. Run by `make bench PART=page`.
//!
//! `pages` (what is compared, and who serves it), `visit` (one login and one return on one phone), `traffic` (what it
//! requested), `report` (medians and aims).

mod pages;
mod report;
mod traffic;
mod visit;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use bench::report::{Samples, publish};
use clap::{Parser, value_parser};

use pages::{Pages, VARIANTS};
use visit::PHONES;

/// The runs that are published.
const RUNS: u32 = 9;

/// Measures the pages one after the other, again and again. Everything is on this machine and ends with the program.
#[derive(Parser)]
struct Arguments {
    /// How often each page is measured on each phone.
    #[arg(long, default_value_t = RUNS, value_parser = value_parser!(u32).range(1..=99))]
    runs: u32,
    /// Which pages; all of them if left out.
    #[arg(long = "variant", value_delimiter = ',', value_parser = VARIANTS.map(|it| it.name))]
    variants: Vec<String>,
    /// The folder that has a folder of each built page.
    #[arg(long)]
    builds: PathBuf,
    /// The package.json with the versions of the other pages' packages.
    #[arg(long)]
    packages: PathBuf,
    /// A document with a place for the tables; left alone unless all pages were measured often enough.
    #[arg(long)]
    document: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    bench::run(work(Arguments::parse())).await
}

async fn work(arguments: Arguments) -> anyhow::Result<()> {
    let wanted = arguments.variants;
    let is_complete = wanted.is_empty() && arguments.runs >= RUNS;
    let mut variants = VARIANTS.to_vec();
    variants.retain(|it| wanted.is_empty() || wanted.iter().any(|name| name == it.name));
    let pages = Pages::start(&variants, &arguments.builds).await?;
    let mut samples = Samples(Vec::new());
    let mut browser = String::new();
    for run in 0..arguments.runs {
        // Another one goes first each time, so that none always follows the same one.
        let mut order = variants.clone();
        order.rotate_left(run as usize % variants.len());
        for phone in PHONES {
            for variant in &order {
                let what = || format!("{} on {}", variant.label, phone.label);
                let (version, figures) = visit::measure(&pages, *variant, phone)
                    .await
                    .with_context(what)?;
                let time = |name| figures.get(name).copied().unwrap_or_default();
                println!(
                    "    {:>2} of {}  {:<20} {:<14} authorize {:>5.0} ms, profile {:>5.0} ms, return {:>5.0} ms",
                    run + 1,
                    arguments.runs,
                    variant.label,
                    phone.label,
                    time(report::AUTHORIZE),
                    time(report::LOGIN),
                    time(report::RETURN),
                );
                browser = version;
                samples.0.push(((*variant, phone), figures));
            }
        }
    }
    let setting = report::setting(&browser, &arguments.packages, arguments.runs)?;
    let text = report::text(&samples, &setting);
    publish(
        arguments.document.as_deref(),
        "bench-page",
        &text,
        is_complete,
    )
}
