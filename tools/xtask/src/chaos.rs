//! `cargo xtask chaos`: the storm of `proxy/tests/chaos` for minutes instead of seconds, on several seeds, with its
//! figures in the documents.

use anyhow::Context;

use crate::postgres;
use crate::processes;
use crate::reliability;
use crate::screen;
use crate::workspace;

/// How long each run is, in seconds.
const SECONDS: &str = "SECONDS";
const USUAL_SECONDS: u64 = 60;
/// Separated by blanks; each is a run on both databases.
const SEEDS: &str = "SEEDS";
const USUAL_SEEDS: &str = "1 2 3";
/// Where the test puts its lines, below the target folder.
const REPORT: &str = "chaos-report";

const HEADING: &str = "\
| database | seed | seconds | logins | callbacks doubled, reordered, late | thefts tried | faults of WeChat's | \
kill -9 of the proxy | kill -9 of PostgreSQL | exchanges at WeChat | records acknowledged | given up | sessions of \
somebody else's | codes sent twice, records lost or foreign |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
";

/// Runs it, and writes the table if these were the usual seeds and seconds.
///
/// # Errors
/// When something was lost or mixed up.
pub(crate) fn run() -> anyhow::Result<()> {
    postgres::ensure()?;
    let told = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let seconds = told(SECONDS, &USUAL_SECONDS.to_string());
    let seeds = told(SEEDS, USUAL_SEEDS);
    let report = workspace::debug_binary(REPORT)?;
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    for seed in seeds.split_whitespace() {
        screen::say(&format!(
            "seed {seed}: {seconds} seconds on each database, both at once"
        ));
        let status = processes::run(
            workspace::locked_cargo("test")
                .args(["--quiet", "--package", "wechat-login-proxy"])
                .args(["--test", "chaos", "--", "--nocapture"])
                .env("WECHAT_LOGIN_CHAOS_SEED", seed)
                .env("WECHAT_LOGIN_CHAOS_SECONDS", &seconds)
                .env("WECHAT_LOGIN_CHAOS_REPORT", &report),
        )?;
        anyhow::ensure!(
            status.success(),
            "something was lost or mixed up, see above"
        );
    }
    let lines = std::fs::read_to_string(&report).context("no run has said anything")?;
    let mut lines: Vec<&str> = lines.lines().collect();
    lines.sort_unstable();
    let table = format!("{HEADING}{}\n", lines.join("\n"));
    screen::print_line(&table);
    if seconds == USUAL_SECONDS.to_string() && seeds == USUAL_SEEDS {
        reliability::write("chaos", &table)?;
    }
    Ok(())
}
