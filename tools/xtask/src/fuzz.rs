//! `cargo xtask fuzz`: libFuzzer on whatever reads foreign bytes (`tools/fuzz/`), guided by the branches an input takes.
//!
//! On the pinned stable compiler: the counters are LLVM's and only in our own crates, the dependencies are those of any
//! other debug build. What it finds is kept in `tools/fuzz/corpus/`, where every test run begins with it; what merely takes
//! other branches in `target/debug/fuzz-corpus/`, where the next run of this goes on.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::chance;
use crate::interrupt;
use crate::processes;
use crate::screen;
use crate::workspace;

/// How long all targets take together, in seconds; with several at a time it is less on the clock.
const SECONDS: &str = "SECONDS";
const USUAL_SECONDS: u64 = 600;
/// No target is worth starting for less.
const LEAST_SECONDS: u64 = 5;
/// Where seeds and findings are.
const CORPUS: &str = "tools/fuzz/corpus";
/// Inputs that take branches no seed does, below the target folder.
const GROWN: &str = "fuzz-corpus";

/// Runs the targets that are named; or all, and then everything else that depends on chance.
pub(crate) fn run(named: &[String]) -> anyhow::Result<()> {
    guided(named)?;
    if !named.is_empty() {
        return Ok(());
    }
    chance::run()
}

fn guided(named: &[String]) -> anyhow::Result<()> {
    let targets = chosen(named)?;
    let seconds = chance::number(SECONDS)?.unwrap_or(USUAL_SECONDS);
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let count = u64::try_from(targets.len())?;
    let each = (seconds / count.max(1)).max(LEAST_SECONDS);
    let program = build()?;
    screen::say(&format!(
        "{count} targets, {each} seconds each, {at_once} at a time"
    ));
    // Each takes as long as the others.
    let lane = |number| {
        let names = targets.iter().skip(number).step_by(at_once);
        let failures = names.filter_map(|name| {
            let held = screen::all_at_once(|| {
                screen::say(name);
                try_to_break(&program, name, each)
            });
            held.err().map(|error| format!("{name}: {error:#}"))
        });
        failures.collect::<Vec<String>>()
    };
    let mut failed = Vec::new();
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..at_once)
            .map(|number| scope.spawn(move || lane(number)))
            .collect();
        for lane in lanes {
            failed.extend(lane.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
    });
    interrupt::check()?;
    anyhow::ensure!(
        failed.is_empty(),
        "what was found is new in {CORPUS} and tried first by `cargo test -p fuzz`. Mend what it shows and commit the \
         file with it:\n{}",
        failed.join("\n")
    );
    screen::say("nothing was found");
    Ok(())
}

/// The targets named, or all: those that have a corpus.
fn chosen(named: &[String]) -> anyhow::Result<Vec<String>> {
    let folder = workspace::root().join(CORPUS);
    let mut all = Vec::new();
    for entry in folder.read_dir().context("no corpus")? {
        all.push(entry?.file_name().to_string_lossy().into_owned());
    }
    all.sort();
    if let Some(unknown) = named.iter().find(|name| !all.contains(name)) {
        anyhow::bail!("{unknown} is no target; there are {}", all.join(", "));
    }
    Ok(if named.is_empty() {
        all
    } else {
        named.to_owned()
    })
}

/// The program, with counters in our own crates and libFuzzer around them.
fn build() -> anyhow::Result<PathBuf> {
    screen::say("building with counters for every branch (2 minutes the first time)");
    let wrapper = workspace::root().join("tools/fuzz/sancov.sh");
    let mut build = workspace::locked_cargo("build");
    build
        .args(["--package", "fuzz", "--bin", "guided"])
        .args(["--features", "guided"])
        .env("RUSTC_WORKSPACE_WRAPPER", wrapper);
    processes::run(&mut build)
        .context("libFuzzer needs a C++ compiler (Debian, Ubuntu: apt-get install g++)")?;
    workspace::debug_binary("guided")
}

/// Runs one target, which ends with figures.
fn try_to_break(program: &Path, name: &str, seconds: u64) -> anyhow::Result<()> {
    let corpus = workspace::root().join(CORPUS).join(name);
    let grown = workspace::debug_binary(GROWN)?.join(name);
    std::fs::create_dir_all(&grown)?;
    let mut command = workspace::command(program);
    command
        .env("WECHAT_LOGIN_FUZZ_TARGET", name)
        // The message says what does not hold; the input is kept.
        .env("RUST_BACKTRACE", "0")
        .arg(format!("-max_total_time={seconds}"))
        // Bounds on a single input: seconds, and megabytes of the whole process.
        .args(["-timeout=20", "-rss_limit_mb=2048", "-max_len=8192"])
        .args(["-verbosity=0", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/found-", corpus.display()))
        .args([&grown, &corpus]);
    processes::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_with_a_corpus_can_be_chosen_and_no_other() {
        let all = chosen(&[]).unwrap();
        assert!(all.contains(&"wechat_answer".to_owned()));
        let one = ["wechat_answer".to_owned()];
        assert_eq!(chosen(&one).unwrap(), one);
        assert!(chosen(&["wechat".to_owned()]).is_err());
    }
}
