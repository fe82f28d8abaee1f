//! A fixed number of inputs for each target: its whole corpus, then mutations of it.
//!
//! Every input is a function of the seed and its number (fuzzing libraries such as bolero seed such runs from the system,
//! and make inputs of nothing instead of changing those of the corpus), so `cargo test` tries the same inputs every time and everywhere;
//! whether one hangs, libFuzzer says (`make fuzz`). `WECHAT_LOGIN_FUZZ_SEED` is for other inputs,
//! `WECHAT_LOGIN_FUZZ_INPUTS` for more or fewer.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::ops::Range;
use std::panic::{catch_unwind, resume_unwind};
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
    let words: Vec<String> = serde_json::from_str(DICTIONARY).unwrap();
    for number in 0..inputs {
        try_one(target, &mutated(&corpus, &words, seed, number), seed);
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

/// Keeps the input if the target panics, under a name made of its content: from then on every run begins with it.
fn try_one(target: &Target, input: &[u8], seed: u64) {
    let Err(panic) = catch_unwind(|| (target.run)(input)) else {
        return;
    };
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let file = corpus(target.name).join(format!("found-{:016x}", hasher.finish()));
    let (name, text) = (target.name, String::from_utf8_lossy(input));
    let kept = std::fs::write(&file, input);
    eprintln!(
        "fuzz {name}: {SEED}={seed} found {text:?}, kept as {}: {kept:?}",
        file.display()
    );
    resume_unwind(panic);
}

fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is {text:?}, which is no whole number")))
}

/// One of the corpus with up to eight changes, such as people, networks and attackers make; the others may lend parts.
fn mutated(corpus: &[Vec<u8>], words: &[String], seed: u64, number: u64) -> Vec<u8> {
    let mut random = Rng::with_seed(seed ^ number.wrapping_mul(0xA076_1D64_78BD_642F));
    let mut input = random.choice(corpus).cloned().unwrap_or_default();
    for _ in 0..=random.usize(..8) {
        let some = part(&input, &mut random);
        let (at, end) = (some.start, input.len());
        let one = at..end.min(at + 1);
        let telling = random.choice(TELLING).copied();
        let (gone, new) = match random.usize(..8) {
            0 => {
                let bit = 1 << random.u8(..8);
                (one.clone(), input[one].iter().map(|it| it ^ bit).collect())
            }
            1 => (one, Vec::from_iter(telling)),
            2 => (at..at, Vec::from_iter(telling)),
            3 => {
                let word = random.choice(words).cloned();
                (at..at, word.unwrap_or_default().into_bytes())
            }
            4 => (some, Vec::new()),
            5 => {
                let other = random.choice(corpus).map_or(&[][..], Vec::as_slice);
                (at..at, other[part(other, &mut random)].to_vec())
            }
            // Long runs, for what counts, nests or grows.
            6 => (at..at, input[some].repeat(random.usize(..300))),
            _ => (at..end, Vec::new()),
        };
        if end + new.len() <= MOST_BYTES {
            input.splice(gone, new);
        }
    }
    input
}

/// Where some of these bytes are.
fn part(bytes: &[u8], random: &mut Rng) -> Range<usize> {
    let from = random.usize(..=bytes.len());
    from..from + random.usize(..=(bytes.len() - from).min(40))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_and_a_number_are_one_input_and_others_are_others() {
        let corpus = [b"an input of some length".to_vec(), vec![b'['; MOST_BYTES]];
        let input = |seed, number| mutated(&corpus, &["word".to_owned()], seed, number);
        let inputs: Vec<Vec<u8>> = (0..500).map(|it| input(1, it)).collect();
        assert!((0..500).map(|it| input(1, it)).eq(inputs.iter().cloned()));
        assert_ne!(input(2, 0), inputs[0]);
        assert!(inputs.iter().all(|input| input.len() <= MOST_BYTES));
        let different: BTreeSet<_> = inputs.into_iter().collect();
        assert!(different.len() > 400, "{}", different.len());
    }
}
