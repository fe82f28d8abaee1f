//! The second half of `cargo xtask fuzz`: what depends on chance or on the clock, with another seed each time. It is no
//! part of `make test`, which has to come to the same every time.

use std::cell::Cell;
use std::hash::{BuildHasher as _, RandomState};
use std::process::Command;

use anyhow::Context;

use crate::api_fuzz;
use crate::nginx;
use crate::postgres;
use crate::screen;
use crate::tally::{Outcome, Tally, TestCounts};
use crate::test::tests;
use crate::workspace;

/// How often all of it runs, with a seed each.
const ROUNDS: &str = "ROUNDS";
/// Repeats a round; only if it is one.
const SEED: &str = "SEED";
/// Cases for each operation of the API: twice those of `make test`.
const CASES: &str = "40";
const INPUTS: &str = "10000";
const SECONDS_OF_CHAOS: &str = "10";

/// Runs all rounds.
///
/// # Errors
/// When anything was found; with the seed.
pub(crate) fn run() -> anyhow::Result<()> {
    postgres::ensure()?;
    nginx::ensure()?;
    let rounds = number(ROUNDS)?.unwrap_or(1);
    let repeated = number(SEED)?;
    let counts = Cell::default();
    for round in 1..=rounds {
        let seed = repeated.unwrap_or_else(|| RandomState::new().hash_one(round) >> 32);
        screen::say(&format!(
            "round {round} of {rounds}: {SEED}={seed} repeats it"
        ));
        let mut tally = Tally::start();
        all_once(&mut tally, &seed.to_string(), &counts);
        tally
            .finish()
            .with_context(|| format!("{SEED}={seed} repeats the round"))?;
    }
    Ok(())
}

fn all_once(tally: &mut Tally, seed: &str, counts: &Cell<TestCounts>) {
    let seeded = |command: &mut Command| {
        command
            .env("WECHAT_LOGIN_FUZZ_SEED", seed)
            .env("WECHAT_LOGIN_FUZZ_CASES", CASES)
            .env("WECHAT_LOGIN_FUZZ_INPUTS", INPUTS)
            .env("WECHAT_LOGIN_CHAOS_SEED", seed)
            .env("WECHAT_LOGIN_CHAOS_SECONDS", SECONDS_OF_CHAOS);
    };
    let cargo = |arguments: &[&str]| -> anyhow::Result<Outcome> {
        let mut command = workspace::locked_cargo("test");
        seeded(command.arg("--workspace").args(arguments));
        tests(&mut command, counts)
    };
    tally.step("mutated inputs", "1 minute", || cargo(&["--test=bounded"]));
    tally.step("made-up records and requests", "", || {
        cargo(&[
            "--test=api",
            "--test=store",
            "--",
            "bad_inputs",
            "two_users_never_meet",
            "whatever_the_records",
        ])
    });
    tally.step("fuzzed API (schemathesis)", "1 minute", || {
        api_fuzz::fuzz(counts, |command| {
            seeded(command);
            command
        })
    });
    tally.step("thefts, faults and kills", "", || cargo(&["--test=chaos"]));
    tally.step("replicas killed under load", "", || {
        cargo(&["--test=replicas", "--", "--ignored"])
    });
}

fn number(name: &str) -> anyhow::Result<Option<u64>> {
    let told = std::env::var(name).ok();
    told.map(|text| {
        text.parse()
            .with_context(|| format!("{name}={text} is no whole number"))
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crate::workspace;

    /// Each would make `make test` come to something else now and then; `made_up::runner` and fixed values do not.
    #[test]
    fn no_test_throws_dice_of_its_own() {
        let dice = [["TestRunner::", "default"], ["propte", "st!"]].map(|halves| halves.concat());
        let listed = Command::new("git")
            .args([
                "grep",
                "--untracked",
                "--files-with-matches",
                "--fixed-strings",
            ])
            .args(dice.iter().flat_map(|dice| ["-e", dice.as_str()]))
            .args(["--", "*.rs"])
            .current_dir(workspace::root())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&listed.stdout), "");
        assert_eq!(
            listed.status.code(),
            Some(1),
            "git looked and found nothing"
        );
    }
}
