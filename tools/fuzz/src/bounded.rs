//! A fixed number of inputs for each target: its whole corpus, then mutations of it.
//!
//! Every input is a function of the seed and its number, so `cargo test` tries the same inputs every time and everywhere;
//! whether one hangs, libFuzzer says (`make fuzz`). `WECHAT_LOGIN_FUZZ_SEED` is for other inputs,
//! `WECHAT_LOGIN_FUZZ_INPUTS` for more or fewer.

use std::io::Write as _;

use crate::corpus;
use crate::mutate::mutate;
use crate::random::Random;
use crate::target::Target;

/// Repeats a run.
const SEED: &str = "WECHAT_LOGIN_FUZZ_SEED";
/// The same every time: whether a change is good must not depend on luck. `make fuzz` looks elsewhere every time.
const USUAL_SEED: u64 = 20_261_123;
/// How many mutations each target tries.
const INPUTS: &str = "WECHAT_LOGIN_FUZZ_INPUTS";
/// Two dozen targets on two processors stay below ten seconds. `make fuzz` is where millions are tried.
const USUAL_INPUTS: u64 = 2_000;

/// Runs a target and says how many inputs it had.
///
/// # Panics
/// Where something does not hold; the input is in the corpus then.
pub fn run(target: &Target) {
    let seed = from_environment(SEED).unwrap_or(USUAL_SEED);
    let inputs = from_environment(INPUTS).unwrap_or(USUAL_INPUTS);
    let corpus = match corpus::read(target.name) {
        Ok(corpus) if !corpus.is_empty() => corpus,
        other => panic!("{} has no corpus: {:?}", target.name, other.err()),
    };
    for input in &corpus {
        try_one(target, input, seed);
    }
    for number in 0..inputs {
        let mut random = Random::new(seed ^ number.wrapping_mul(0xA076_1D64_78BD_642F));
        let chosen = random.below(corpus.len());
        try_one(target, &mutate(&corpus[chosen], &corpus, &mut random), seed);
    }
    // Past what cargo holds back of tests that pass: a figure is of use only if it is seen.
    let _ = writeln!(
        std::io::stderr(),
        "fuzz {:<20} {SEED}={seed}: {} of the corpus, {inputs} mutated",
        target.name,
        corpus.len(),
    );
}

fn try_one(target: &Target, input: &[u8], seed: u64) {
    let _watch = Watch {
        target: target.name,
        input,
        seed,
    };
    (target.run)(input);
}

/// Keeps the input if the target panics.
struct Watch<'a> {
    target: &'static str,
    input: &'a [u8],
    seed: u64,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let kept = match corpus::keep(self.target, self.input) {
            Ok(file) => format!("kept as {}", file.display()),
            Err(error) => format!("not kept: {error}"),
        };
        eprintln!(
            "fuzz {}: {SEED}={} found {:?}, {kept}",
            self.target,
            self.seed,
            String::from_utf8_lossy(self.input)
        );
    }
}

fn from_environment<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(_) => panic!("{name} is {text:?}, which is no number of its kind"),
    }
}
