//! Shows what the app costs a phone beside what people would write instead: the same page in plain JavaScript, in Vue
//! and in React, and beside what it was before; in browsers on slow lines, against one simulator. Run by
//! `make bench PART=page`.
//!
//! `phones` (what is measured on which), `pages` (what is compared, and who serves it), `site` (how it is prepared),
//! `line` (the network between), `chromium` and `webkit` (one login and one return in such a browser), `visit` (what both
//! see of them), `traffic` (what DevTools tell), `figures` (their names), `report` (medians), `aims`.

mod aims;
mod chromium;
mod figures;
mod line;
mod pages;
mod phones;
mod report;
mod site;
mod traffic;
mod visit;
mod webkit;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use bench::report::{Figures, Samples, publish};
use clap::{Parser, value_parser};
use e2e::Browser;

use pages::{Pages, VARIANTS, Variant};
use phones::{Engine, PHONES, Phone};

/// The runs that are published.
const RUNS: u32 = 5;

/// Measures the pages one after the other, again and again. Everything is on this machine and ends with the program.
#[derive(Parser)]
struct Arguments {
    /// How often each page is measured on each phone.
    #[arg(long, default_value_t = RUNS, value_parser = value_parser!(u32).range(1..=99))]
    runs: u32,
    /// Which pages; all of them if left out.
    #[arg(long = "variant", value_delimiter = ',', value_parser = VARIANTS.map(|it| it.name))]
    variants: Vec<String>,
    /// On which phones; on all of them if left out.
    #[arg(long = "phone", value_delimiter = ',', value_parser = PHONES.map(|it| it.name))]
    phones: Vec<String>,
    /// The commit whose app is measured beside today's.
    #[arg(long, overrides_with = "before")]
    before: String,
    /// The folder that has a folder of each built page.
    #[arg(long)]
    builds: PathBuf,
    /// The package.json with the versions of the other pages' packages.
    #[arg(long)]
    packages: PathBuf,
    /// A file for the tables; left alone unless all pages were measured often enough.
    #[arg(long)]
    report: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    bench::run(work(Arguments::parse())).await
}

async fn work(arguments: Arguments) -> anyhow::Result<()> {
    let is_wanted =
        |wanted: &[String], name: &str| wanted.is_empty() || wanted.iter().any(|it| it == name);
    let stage = site::stage_weight(&arguments.builds.join("app"))?;
    let mut variants = VARIANTS.to_vec();
    variants.retain(|it| is_wanted(&arguments.variants, it.name));
    leave_out(&mut variants, "this app has no first stage", |it| {
        stage.is_none() && it.needs_stage()
    });
    let mut phones = PHONES.to_vec();
    phones.retain(|it| is_wanted(&arguments.phones, it.name));
    match Browser::open_webkit(visit::look()).await {
        Ok((browser, _)) => browser.quit().await?,
        Err(error) => {
            println!("==> nothing is measured in WebKit: {error:#}");
            phones.retain(|it| it.engine != Engine::WebKit);
        }
    }
    let is_complete =
        variants.len() == VARIANTS.len() && phones.len() == PHONES.len() && arguments.runs >= RUNS;
    let pages = Pages::start(&variants, &arguments.builds).await?;
    let mut samples = Samples(Vec::new());
    let mut browsers = BTreeSet::new();
    for run in 0..arguments.runs {
        for phone in &phones {
            let mut order: Vec<Variant> = phone.variants.to_vec();
            order.retain(|it| variants.contains(it));
            // Another one goes first each time, so that none always follows the same one.
            let first = run as usize % order.len().max(1);
            order.rotate_left(first);
            for variant in order {
                let what = || format!("{} on {}", variant.label, phone.label);
                let measured = measure(&pages, variant, *phone).await;
                let (version, told) = measured.with_context(what)?;
                let time = |name| told.get(name).copied().unwrap_or_default();
                println!(
                    "    {:>2} of {}  {:<34} {:<24} authorize {:>5.0} ms, profile {:>5.0} ms, return {:>5.0} ms",
                    run + 1,
                    arguments.runs,
                    variant.label,
                    phone.label,
                    time(figures::AUTHORIZE),
                    time(figures::LOGIN),
                    time(figures::RETURN),
                );
                browsers.insert(version);
                samples.0.push(((variant, *phone), told));
            }
        }
    }
    let browsers = Vec::from_iter(browsers).join(", ");
    let setting = report::setting(
        &browsers,
        &arguments.packages,
        &arguments.before,
        arguments.runs,
    )?;
    let text = report::text(&samples, stage, &setting);
    publish(arguments.report.as_deref(), &text, is_complete)
}

/// Says which ones, and why.
fn leave_out(variants: &mut Vec<Variant>, why: &str, is_out: impl Fn(&Variant) -> bool) {
    for variant in variants.extract_if(.., |it| is_out(it)) {
        println!("==> {} is left out: {why}", variant.label);
    }
}

/// Opens a browser with an empty profile for a first login and a return. Gives its name and version, and the figures.
async fn measure(
    pages: &Pages,
    variant: Variant,
    phone: Phone,
) -> anyhow::Result<(String, Figures)> {
    pages.line.set(phone.line);
    // What the browser before asked for in the end.
    pages.line.asked();
    let (version, visits, mut figures) = match phone.engine {
        Engine::Chromium => chromium::measure(pages, variant, phone).await?,
        Engine::WebKit => webkit::measure(pages, variant).await?,
    };
    figures.extend(visit::figures(&visits, &pages.openid(), phone.engine)?);
    Ok((version, figures))
}
