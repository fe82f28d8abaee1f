//! Session and service keys: long enough is a matter of the configuration; here it is whether they were thrown by dice.

use super::report::{Finding, Subject};
use crate::config::{Config, DEVELOPMENT_KEY};

/// Thirty-two random hexadecimal digits have fewer different ones than this once in ten million times.
const FEWEST_CHARACTERS: usize = 7;

/// One finding for each kind of key.
pub(super) fn findings(config: &Config) -> Vec<Finding> {
    let session_keys = config.session_keys.iter().enumerate();
    let named = |key: String| config.places.named(&key);
    let session_keys =
        session_keys.map(|(index, key)| (named(format!("session_keys[{index}]")), key.expose()));
    let service_keys = config.service_keys.iter();
    let service_keys =
        service_keys.map(|(name, key)| (named(format!("service_keys.{name}")), key.expose()));
    let mut findings = vec![finding(
        Subject("session_keys"),
        session_keys,
        "whoever guesses a session key is signed in as anybody.",
    )];
    if !config.service_keys.is_empty() {
        findings.push(finding(
            Subject("service_keys"),
            service_keys,
            "whoever guesses a service key reads and writes the records of all users.",
        ));
    }
    findings
}

fn finding<'a>(
    subject: Subject,
    keys: impl Iterator<Item = (String, &'a str)>,
    why: &str,
) -> Finding {
    const FIX: &str = "make one by `openssl rand -hex 32`.";
    let mut count = 0_usize;
    let mut public = Vec::new();
    let mut weak = Vec::new();
    for (name, key) in keys {
        count = count.saturating_add(1);
        if key.starts_with(DEVELOPMENT_KEY) {
            public.push(name);
        } else if is_weak(key) {
            weak.push(name);
        }
    }
    if !weak.is_empty() {
        let what = format!("{}: made by hand, not by chance.", weak.join(", "));
        subject.error(what, why, FIX)
    } else if !public.is_empty() {
        // The configuration takes it with a simulator only.
        let what = format!(
            "{}: the development key, which everybody can read.",
            public.join(", ")
        );
        subject.warning(what, why, FIX)
    } else {
        subject.ok(format!(
            "{count} in use, none of them guessable by its looks."
        ))
    }
}

/// Few different characters, a piece repeated, or characters in order.
fn is_weak(key: &str) -> bool {
    let bytes = key.as_bytes();
    let mut different = bytes.to_vec();
    different.sort_unstable();
    different.dedup();
    let repeats = (1..=bytes.len() / 2).any(|period| {
        let shifted = bytes.iter().skip(period);
        shifted.zip(bytes).all(|(later, earlier)| later == earlier)
    });
    let neighbours = bytes.iter().zip(bytes.iter().skip(1));
    let in_order = neighbours.filter(|(one, next)| one.abs_diff(**next) == 1);
    different.len() < FEWEST_CHARACTERS || repeats || in_order.count() > bytes.len() / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::check::Level;

    #[test]
    fn keys_by_hand_are_weak_and_keys_by_chance_are_not() {
        for weak in [
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "0123456789abcdef0123456789abcdef",
            "changemechangemechangemechangeme1"[..32].as_ref(),
            "abcdefghijklmnopqrstuvwxyz012345",
            "aabbaaccaabbddaabbaaccddaabbaacc",
        ] {
            assert!(is_weak(weak), "{weak}");
        }
        for strong in [
            "a3f1c09e57d2b8460e9cd1735fa8b264",
            "7b1d0c5e9a2f48637d0b1e5c9f2a48d6317bd05c1e9a2f84673db01e5c9fa248",
            "qW8/zT+4kLp0vXn2RbY7sJd5GmHc3fUe",
        ] {
            assert!(!is_weak(strong), "{strong}");
        }
    }

    #[test]
    fn a_weak_key_is_named_by_its_place_and_never_shown() {
        let texts = ["a3f1c09e57d2b8460e9cd1735fa8b264", &"a".repeat(32)];
        let keys = texts.into_iter().enumerate();
        let keys = keys.map(|(index, key)| (format!("session_keys[{index}]"), key));
        let finding = finding(Subject("session_keys"), keys, "why");
        assert_eq!(finding.level, Level::Error);
        assert!(finding.what.starts_with("session_keys[1]:"), "{finding}");
        assert!(!finding.to_string().contains("aaaa"), "{finding}");
    }
}
