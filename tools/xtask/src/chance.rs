//! The second half of `cargo xtask fuzz`: what depends on chance or on the clock, with another seed each time. It is no
//! part of `make test`, which has to come to the same every time.

use std::hash::{BuildHasher as _, RandomState};
use std::process::Command;

use anyhow::Context;

use crate::foreign;
use crate::screen;
use crate::system;
use crate::tally::Tally;
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
pub(crate) fn run() -> anyhow::Result<()> {
    system::ensure([&system::POSTGRES, &system::NGINX])?;
    let rounds = number(ROUNDS)?.unwrap_or(1);
    let repeated = number(SEED)?;
    for round in 1..=rounds {
        let seed = repeated.unwrap_or_else(|| RandomState::new().hash_one(round) >> 32);
        screen::say(&format!(
            "round {round} of {rounds}: {SEED}={seed} repeats it"
        ));
        all_once(&seed.to_string()).with_context(|| format!("{SEED}={seed} repeats the round"))?;
    }
    Ok(())
}

fn all_once(seed: &str) -> anyhow::Result<()> {
    let mut tally = Tally::start();
    let seeded = |command: &mut Command| {
        command
            .env("WECHAT_LOGIN_FUZZ_SEED", seed)
            .env("WECHAT_LOGIN_FUZZ_CASES", CASES)
            .env("WECHAT_LOGIN_FUZZ_INPUTS", INPUTS)
            .env("WECHAT_LOGIN_CHAOS_SEED", seed)
            .env("WECHAT_LOGIN_CHAOS_SECONDS", SECONDS_OF_CHAOS);
    };
    let made_up = [
        "--test=it",
        "--",
        "bad_inputs",
        "two_users_never_meet",
        "whatever_the_records",
    ];
    for (step, arguments) in [
        ("mutated inputs", &["--test=bounded"][..]),
        ("made-up records and requests", &made_up),
        (
            "thefts, faults and kills",
            &["--test=it", "--", "--ignored", "chaos::"],
        ),
        (
            "replicas killed under load",
            &["--test=it", "--", "--ignored", "replicas::"],
        ),
    ] {
        let mut command = workspace::locked_cargo("test");
        seeded(command.arg("--workspace").args(arguments));
        tally.tests(step, "", &mut command);
    }
    foreign::api_fuzz(&mut tally, |command| {
        seeded(command);
        command
    });
    tally.finish()
}

/// The number in the environment variable of this name, if it is there.
pub(crate) fn number(name: &str) -> anyhow::Result<Option<u64>> {
    let number = workspace::told(name).map(|text| {
        text.parse()
            .with_context(|| format!("{name}={text} is no whole number"))
    });
    number.transpose()
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
