//! `cargo xtask fuzz`: libFuzzer on whatever reads foreign bytes (`tools/fuzz/`), guided by the branches an input takes.
//!
//! On the pinned stable compiler: the counters are LLVM's and only in our own crates, the dependencies are those of any
//! other debug build. What it finds is kept in `tools/fuzz/corpus/`, where every test run begins with it; what merely takes
//! other branches in `target/debug/fuzz-corpus/`, where the next run of this goes on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;

use crate::chance;
use crate::processes::{self, Group};
use crate::screen;
use crate::workspace;

/// How long all targets take together, in seconds; with several at a time it is less on the clock.
const SECONDS: &str = "SECONDS";
const USUAL_SECONDS: u64 = 600;
/// No target is worth starting for less.
const LEAST_SECONDS: u64 = 5;
/// Tells the program which target it is.
const TARGET: &str = "WECHAT_LOGIN_FUZZ_TARGET";
/// Where seeds and findings are.
const CORPUS: &str = "tools/fuzz/corpus";
/// Inputs that take branches no seed does, below the target folder.
const GROWN: &str = "fuzz-corpus";
/// What the name of a finding begins with.
const FOUND: &str = "found-";

/// Runs the targets that are named; or all, and then everything else that depends on chance.
pub(crate) fn run(named: &[String]) -> anyhow::Result<()> {
    guided(named)?;
    if named.is_empty() {
        chance::run()
    } else {
        Ok(())
    }
}

fn guided(named: &[String]) -> anyhow::Result<()> {
    let targets = chosen(named)?;
    let seconds = chance::number(SECONDS)?.unwrap_or(USUAL_SECONDS);
    let program = build()?;
    let before = findings()?;
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let count = u64::try_from(targets.len()).unwrap_or(u64::MAX).max(1);
    let each = (seconds / count).max(LEAST_SECONDS);
    screen::say(&format!(
        "{count} targets, {each} seconds each, {at_once} at a time"
    ));
    screen::print_line("     inputs  per second  new branches  target");
    let waiting = Mutex::new(targets.into_iter());
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next()
    };
    let work = || -> anyhow::Result<()> {
        let mut all_held = true;
        while let Some(name) = next() {
            all_held &= has_held(&program, &name, each)?;
        }
        anyhow::ensure!(all_held, "a target failed, see above");
        Ok(())
    };
    let held = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        let results = workers.into_iter().map(|worker| worker.join());
        let results = results.map(|it| it.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        results
            .collect::<Vec<_>>()
            .into_iter()
            .collect::<anyhow::Result<()>>()
    });
    let found: Vec<String> = findings()?
        .difference(&before)
        .map(|file| file.display().to_string())
        .collect();
    anyhow::ensure!(
        found.is_empty(),
        "found {}; each is tried first by `cargo test -p fuzz`. Mend what it shows and commit the file with it:\n{}",
        found.len(),
        found.join("\n")
    );
    held?;
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
        .args([
            "--package",
            "fuzz",
            "--bin",
            "guided",
            "--features",
            "guided",
        ])
        .env("RUSTC_WORKSPACE_WRAPPER", wrapper);
    processes::run(&mut build)
        .context("libFuzzer needs a C++ compiler (Debian, Ubuntu: apt-get install g++)")?;
    workspace::debug_binary("guided")
}

/// Runs one target, and tells what libFuzzer says of itself at the end, with its last words where it found something.
fn has_held(program: &Path, name: &str, seconds: u64) -> anyhow::Result<bool> {
    let corpus = workspace::root().join(CORPUS).join(name);
    let grown = workspace::debug_binary(GROWN)?.join(name);
    std::fs::create_dir_all(&grown)
        .with_context(|| format!("cannot create {}", grown.display()))?;
    let mut command = workspace::command(program);
    command
        .env(TARGET, name)
        // The message says what does not hold; the input is kept.
        .env("RUST_BACKTRACE", "0")
        .arg(format!("-max_total_time={seconds}"))
        // Bounds on a single input: seconds, and megabytes of the whole process.
        .args(["-timeout=20", "-rss_limit_mb=2048", "-max_len=8192"])
        .arg("-print_final_stats=1")
        .arg(format!("-artifact_prefix={}/{FOUND}", corpus.display()))
        .args([&grown, &corpus])
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut target = Group::spawn(&mut command, |_| {})?;
    let has_held = target.wait()?.success();
    let lines = target.last_lines();
    if !has_held {
        screen::print_line(&format!("    {}", lines.join("\n    ")));
    }
    let figure = |name| figure(&lines, name).unwrap_or("?");
    screen::print_line(&format!(
        "  {:>9}  {:>10}  {:>12}  {name}{}",
        figure("number_of_executed_units"),
        figure("average_exec_per_sec"),
        figure("new_units_added"),
        if has_held { "" } else { ": FOUND SOMETHING" }
    ));
    Ok(has_held)
}

/// The figure in a line like `stat::average_exec_per_sec:     8284`.
fn figure<'a>(lines: &'a [String], name: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| {
        let (found, figure) = line.strip_prefix("stat::")?.split_once(':')?;
        (found == name).then_some(figure.trim())
    })
}

/// Everything in the corpus that was once found.
fn findings() -> anyhow::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    for target in workspace::root().join(CORPUS).read_dir()? {
        for file in target?.path().read_dir()? {
            let file = file?;
            if file.file_name().to_string_lossy().starts_with(FOUND) {
                found.insert(file.path());
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_by_their_whole_name() {
        let lines = [
            "Done 173971 runs in 21 second(s)".to_owned(),
            "stat::average_exec_per_sec:     8284".to_owned(),
        ];
        assert_eq!(figure(&lines, "average_exec_per_sec"), Some("8284"));
        assert_eq!(figure(&lines, "average"), None);
    }

    #[test]
    fn every_target_with_a_corpus_can_be_chosen_and_no_other() {
        let all = chosen(&[]).unwrap();
        assert!(all.contains(&"wechat_answer".to_owned()));
        let one = ["wechat_answer".to_owned()];
        assert_eq!(chosen(&one).unwrap(), one);
        assert!(chosen(&["wechat".to_owned()]).is_err());
    }
}
