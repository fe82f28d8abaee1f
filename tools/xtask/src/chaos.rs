//! `cargo xtask chaos`: the storm of `proxy/tests/it/chaos` for minutes instead of seconds, on several seeds, with its
//! figures in the documents.

use anyhow::Context;

use crate::generated;
use crate::processes;
use crate::screen;
use crate::system;
use crate::workspace;

/// How long each run is, in seconds.
const SECONDS: &str = "SECONDS";
const USUAL_SECONDS: &str = "60";
/// Separated by blanks; each is a run on both databases.
const SEEDS: &str = "SEEDS";
const USUAL_SEEDS: &str = "1 2 3";
/// Where the test puts its lines, below the target folder.
const REPORT: &str = "chaos-report";
/// The table, in `docs/generated/`.
const TABLE: &str = "chaos.en.md";

const HEADING: &str = "\
| database | seed | seconds | logins | callbacks doubled, reordered, late | thefts tried | faults of WeChat's | \
kill -9 of the proxy | kill -9 of PostgreSQL | exchanges at WeChat | records acknowledged | given up | sessions of \
somebody else's | codes sent twice, records lost or foreign |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
";

/// Runs it, and writes the table if these were the usual seeds and seconds.
pub(crate) fn run() -> anyhow::Result<()> {
    system::ensure([&system::POSTGRES])?;
    let told = |name: &str, usual: &str| workspace::told(name).unwrap_or_else(|| usual.to_owned());
    let seconds = told(SECONDS, USUAL_SECONDS);
    let seeds = told(SEEDS, USUAL_SEEDS);
    let report = workspace::debug_binary(REPORT)?;
    // Every run adds its lines.
    std::fs::write(&report, "")?;
    for seed in seeds.split_whitespace() {
        screen::say(&format!(
            "seed {seed}: {seconds} seconds on each database, both at once"
        ));
        let mut storm = workspace::proxy_tests("--ignored", "chaos::");
        storm
            .env("WECHAT_LOGIN_CHAOS_SEED", seed)
            .env("WECHAT_LOGIN_CHAOS_SECONDS", &seconds)
            .env("WECHAT_LOGIN_CHAOS_REPORT", &report);
        processes::run(&mut storm).context("something was lost or mixed up")?;
    }
    let lines = std::fs::read_to_string(&report)?;
    let mut lines: Vec<&str> = lines.lines().collect();
    anyhow::ensure!(!lines.is_empty(), "no run has said anything");
    lines.sort_unstable();
    let table = format!("{HEADING}{}", lines.join("\n"));
    screen::print_line(&table);
    if seconds == USUAL_SECONDS && seeds == USUAL_SEEDS {
        generated::write(TABLE, &table)?;
    }
    Ok(())
}
