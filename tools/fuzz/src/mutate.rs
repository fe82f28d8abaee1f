//! Changes to inputs, such as people, networks and attackers make.

use crate::random::Random;

/// Longest input made; what the readers are given in life is rarely longer, and longer ones only take longer.
pub const MOST_BYTES: usize = 8 * 1024;

/// Bytes at which readers of text change their mind.
const TELLING: &[u8] =
    b"\0\t\n\r \"#%&'*+,-./0123456789:;<=>?@[\\]^_`{|}~aAeEnuxzZ\x7f\x80\xbf\xc0\xe8\xed\xf0\xff";

/// Pieces that mean something to one reader or another.
const WORDS: &[&str] = &[
    "%00",
    "%0a",
    "%2e%2e",
    "%2F",
    "%63ode",
    "%E8%8C%B6",
    "%ff",
    "%u0041",
    "&code=",
    "&state=",
    "..",
    "//",
    "/\\",
    "\\ud83d",
    "\\ude00",
    "\\u0000",
    "\r\n",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "茶",
    "🌸",
    "null",
    "true",
    "-1",
    "0",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775807",
    "-9223372036854775808",
    "1e400",
    "[[[[[[[[",
    "{\"a\":",
    "\"\"",
    "http://",
    "https://",
    "javascript:",
    "@",
    "[::1]",
    "127.0.0.1",
    "::ffff:10.0.0.1",
    "W/\"",
    "*",
    ", ",
    "; ",
    "Bearer ",
];

/// An input made of `seed`, with up to eight changes; `others` may lend parts.
pub fn mutate(seed: &[u8], others: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = seed.to_vec();
    for _ in 0..=random.below(8) {
        change(&mut input, others, random);
    }
    input.truncate(MOST_BYTES);
    input
}

fn change(input: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    let at = random.below(input.len() + 1);
    match random.below(12) {
        0 | 1 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        2 | 3 => {
            if let (Some(byte), Some(other)) = (input.get_mut(at), random.one_of(TELLING)) {
                *byte = *other;
            }
        }
        4 => insert(
            input,
            at,
            &[random.one_of(TELLING).copied().unwrap_or_default()],
        ),
        5 | 6 => insert(input, at, random.one_of(WORDS).unwrap_or(&"").as_bytes()),
        7 => drop(input.drain(range(input, at, random))),
        8 => {
            let part = input[range(input, at, random)].to_vec();
            let to = random.below(input.len() + 1);
            insert(input, to, &part);
        }
        9 => {
            let other = random.one_of(others).cloned().unwrap_or_default();
            let from = random.below(other.len() + 1);
            let part = &other[range(&other, from, random)];
            insert(input, at, part);
        }
        10 => {
            // Long runs, for what counts, nests or grows.
            let part = input[range(input, at, random)].to_vec();
            let times = random.below(300);
            insert(input, at, &part.repeat(times));
        }
        _ => input.truncate(at),
    }
}

fn insert(input: &mut Vec<u8>, at: usize, part: &[u8]) {
    if input.len() + part.len() <= MOST_BYTES {
        input.splice(at..at, part.iter().copied());
    }
}

/// Some bytes from `at` on.
fn range(input: &[u8], at: usize, random: &mut Random) -> std::ops::Range<usize> {
    let most = input.len() - at;
    at..at + random.below(most.min(40) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_input_and_another_one_others() {
        let others = [b"other".to_vec()];
        let made = |seed| mutate(b"an input of some length", &others, &mut Random::new(seed));
        assert_eq!(made(1), made(1));
        let different = (0..100)
            .map(made)
            .collect::<std::collections::BTreeSet<_>>();
        assert!(different.len() > 90, "{}", different.len());
    }

    #[test]
    fn inputs_stay_short_and_come_of_nothing_too() {
        let long = vec![b'['; MOST_BYTES];
        for seed in 0..500 {
            let mut random = Random::new(seed);
            assert!(mutate(&long, &[], &mut random).len() <= MOST_BYTES);
            mutate(b"", &[], &mut random);
        }
    }
}
