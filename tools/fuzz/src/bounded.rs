//! A fixed number of inputs for each target: its whole corpus, then mutations of it.
//!
//! Every input is a function of the seed and its number (fuzzing libraries such as bolero seed such runs from the system,
//! and make inputs of nothing instead of changing those of the corpus), so `cargo test` tries the same inputs every time and everywhere;
//! whether one hangs, libFuzzer says (`make fuzz`). `WECHAT_LOGIN_FUZZ_SEED` is for other inputs,
//! `WECHAT_LOGIN_FUZZ_INPUTS` for more or fewer.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use fastrand::Rng;

use crate::Target;

/// Repeats a run.
const SEED: &str = "WECHAT_LOGIN_FUZZ_SEED";
/// The same every time: whether a change is good must not depend on luck. `make fuzz` looks elsewhere every time.
const USUAL_SEED: u64 = 20_261_123;
/// How many mutations each target tries.
const INPUTS: &str = "WECHAT_LOGIN_FUZZ_INPUTS";
/// Two dozen targets on two processors stay below ten seconds. `make fuzz` is where millions are tried.
const USUAL_INPUTS: u64 = 2_000;

/// Longest input made; what the readers are given in life is rarely longer, and longer ones only take longer.
const MOST_BYTES: usize = 8 * 1024;
/// Bytes at which readers of text change their mind.
const TELLING: &[u8] =
    b"\0\t\n\r \"#%&'*+,-./0123456789:;<=>?@[\\]^_`{|}~aAeEnuxzZ\x7f\x80\xbf\xc0\xe8\xed\xf0\xff";
/// Pieces that mean something to one reader or another, a JSON list of texts.
const DICTIONARY: &str = include_str!("../dictionary.json");

/// Runs a target and says how many inputs it had.
///
/// # Panics
/// Where something does not hold; the input is in the corpus then.
pub fn run(target: &Target) {
    let seed = from_environment(SEED).unwrap_or(USUAL_SEED);
    let inputs = from_environment(INPUTS).unwrap_or(USUAL_INPUTS);
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpus(target.name))
        .unwrap_or_else(|error| panic!("{} has no corpus: {error}", target.name))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |file| std::fs::read(file).unwrap();
    let corpus: Vec<Vec<u8>> = files.into_iter().map(read).collect();
    for input in &corpus {
        try_one(target, input, seed);
    }
    let mutations = Mutations {
        words: serde_json::from_str(DICTIONARY).unwrap(),
        corpus: &corpus,
    };
    for number in 0..inputs {
        try_one(target, &mutations.input(seed, number), seed);
    }
    // Past what cargo holds back of tests that pass: a figure is of use only if it is seen.
    let _ = writeln!(
        std::io::stderr(),
        "fuzz {:<20} {SEED}={seed}: {} of the corpus, {inputs} mutated",
        target.name,
        corpus.len(),
    );
}

fn corpus(target: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("corpus").join(target)
}

fn try_one(target: &Target, input: &[u8], seed: u64) {
    let _watch = Watch {
        target: target.name,
        input,
        seed,
    };
    (target.run)(input);
}

/// Keeps the input if the target panics, under a name made of its content: from then on every run begins with it.
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
        let mut hasher = DefaultHasher::new();
        self.input.hash(&mut hasher);
        let file = corpus(self.target).join(format!("found-{:016x}", hasher.finish()));
        let kept = match std::fs::write(&file, self.input) {
            Ok(()) => format!("kept as {}", file.display()),
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

fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is {text:?}, which is no whole number")))
}

/// Changes to inputs, such as people, networks and attackers make.
struct Mutations<'a> {
    words: Vec<String>,
    corpus: &'a [Vec<u8>],
}

impl Mutations<'_> {
    /// One of the corpus with up to eight changes; the others may lend parts.
    fn input(&self, seed: u64, number: u64) -> Vec<u8> {
        let mut random = Rng::with_seed(seed ^ number.wrapping_mul(0xA076_1D64_78BD_642F));
        let mut input = random.choice(self.corpus).cloned().unwrap_or_default();
        for _ in 0..=random.usize(..8) {
            self.change(&mut input, &mut random);
        }
        input
    }

    fn change(&self, input: &mut Vec<u8>, random: &mut Rng) {
        let at = random.usize(..=input.len());
        match random.usize(..12) {
            0 | 1 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << random.usize(..8);
                }
            }
            2 | 3 => {
                if let (Some(byte), Some(other)) = (input.get_mut(at), random.choice(TELLING)) {
                    *byte = *other;
                }
            }
            4 => insert(input, at, random.choice(TELLING).copied()),
            5 | 6 => {
                let word = random.choice(&self.words);
                insert(input, at, word.into_iter().flat_map(|it| it.bytes()));
            }
            7 => drop(input.drain(part(input, at, random))),
            8 => {
                let part = input[part(input, at, random)].to_vec();
                let to = random.usize(..=input.len());
                insert(input, to, part);
            }
            9 => {
                let other = random.choice(self.corpus).cloned().unwrap_or_default();
                let from = random.usize(..=other.len());
                let part = other[part(&other, from, random)].to_vec();
                insert(input, at, part);
            }
            10 => {
                // Long runs, for what counts, nests or grows.
                let part = input[part(input, at, random)].to_vec();
                insert(input, at, part.repeat(random.usize(..300)));
            }
            _ => input.truncate(at),
        }
    }
}

fn insert(input: &mut Vec<u8>, at: usize, part: impl IntoIterator<Item = u8>) {
    let part: Vec<u8> = part.into_iter().collect();
    if input.len() + part.len() <= MOST_BYTES {
        input.splice(at..at, part);
    }
}

/// Some bytes from `at` on.
fn part(input: &[u8], at: usize, random: &mut Rng) -> std::ops::Range<usize> {
    at..at + random.usize(..=(input.len() - at).min(40))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_and_a_number_are_one_input_and_others_are_others() {
        let corpus = [b"an input of some length".to_vec(), vec![b'['; MOST_BYTES]];
        let mutations = Mutations {
            words: vec!["word".to_owned()],
            corpus: &corpus,
        };
        let inputs: Vec<Vec<u8>> = (0..500).map(|it| mutations.input(1, it)).collect();
        let again = (0..500).map(|it| mutations.input(1, it));
        assert!(again.eq(inputs.iter().cloned()));
        assert_ne!(mutations.input(2, 0), inputs[0]);
        assert!(inputs.iter().all(|input| input.len() <= MOST_BYTES));
        let different: BTreeSet<_> = inputs.into_iter().collect();
        assert!(different.len() > 450, "{}", different.len());
    }
}
