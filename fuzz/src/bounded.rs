//! A few seconds for each target: its whole corpus, then mutations of it.
//!
//! Every input is a function of the seed and its number, so a run with the same seed tries the same inputs, as far as
//! it gets; `WECHAT_LOGIN_FUZZ_SEED` is for others. `WECHAT_LOGIN_FUZZ_SECONDS` is how long each target takes.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::corpus;
use crate::mutate::mutate;
use crate::random::Random;
use crate::target::Target;

/// Repeats a run.
const SEED: &str = "WECHAT_LOGIN_FUZZ_SEED";
/// The same every time: whether a change is good must not depend on luck. `make fuzz` looks elsewhere every time.
const USUAL_SEED: u64 = 20_261_123;
/// How long a target runs, in seconds with or without a fraction.
const SECONDS: &str = "WECHAT_LOGIN_FUZZ_SECONDS";
/// Two dozen targets on two processors stay well within a minute.
const USUAL_SECONDS: f64 = 2.0;
/// No input of a few kilobytes takes a hundredth of it; the rest is for a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs a target and says how many inputs it had.
///
/// # Panics
/// Where something does not hold; the input is in the corpus then.
pub fn run(target: &Target) {
    let seed = from_environment(SEED).unwrap_or(USUAL_SEED);
    let seconds = from_environment(SECONDS).unwrap_or(USUAL_SECONDS);
    let corpus = match corpus::read(target.name) {
        Ok(corpus) if !corpus.is_empty() => corpus,
        other => panic!("{} has no corpus: {:?}", target.name, other.err()),
    };
    for input in &corpus {
        try_one(target, input, seed);
    }
    let started = Instant::now();
    let mut count = 0_u64;
    while started.elapsed().as_secs_f64() < seconds {
        let mut random = Random::new(seed ^ count.wrapping_mul(0xA076_1D64_78BD_642F));
        let chosen = random.below(corpus.len());
        try_one(target, &mutate(&corpus[chosen], &corpus, &mut random), seed);
        count += 1;
    }
    // Past what cargo holds back of tests that pass: a figure is of use only if it is seen.
    let _ = writeln!(
        std::io::stderr(),
        "fuzz {:<20} {SEED}={seed}: {} of the corpus, {count} mutated, {:.0}/s",
        target.name,
        corpus.len(),
        count_per_second(count, started.elapsed())
    );
}

fn try_one(target: &Target, input: &[u8], seed: u64) {
    let watch = Watch {
        target: target.name,
        input,
        seed,
    };
    let started = Instant::now();
    (target.run)(input);
    let time = started.elapsed();
    assert!(time < PATIENCE, "{} bytes took {time:?}", watch.input.len());
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

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn count_per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(1e-9)
}
