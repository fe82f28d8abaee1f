//! Session and service keys: long enough is a matter of the configuration; here it is whether they were thrown by dice.

use std::time::SystemTime;

use super::report::{Finding, Level, Subject};
use crate::config::{Config, DEVELOPMENT_KEY};
use crate::login::clock::Clock;

const SESSION_KEYS: Subject = Subject("session_keys");

/// Thirty-two random hexadecimal digits have fewer different ones than this once in ten million times.
const FEWEST_CHARACTERS: usize = 7;

/// How much older than a session the file has to be before its second key is said to be over: whoever replaces keys
/// restarts the service later than the file is written.
const DAY: u64 = 86_400;

/// One finding for each kind of key, and what is to be said about their number.
pub(super) fn findings(config: &Config, clock: &dyn Clock) -> Vec<Finding> {
    let session_keys = config.session_keys.iter().enumerate();
    let named = |key: String| config.places.named(&key);
    let session_keys =
        session_keys.map(|(index, key)| (named(format!("session_keys[{index}]")), key.expose()));
    let service_keys = config.service_keys.iter();
    let service_keys =
        service_keys.map(|(name, key)| (named(format!("service_keys.{name}")), key.expose()));
    let mut findings = vec![finding(
        SESSION_KEYS,
        session_keys,
        "whoever guesses a session key is signed in as anybody.",
    )];
    if let Some(first) = findings.first_mut().filter(|it| it.level == Level::Ok) {
        let age = age_of_file(config, clock);
        *first = number_of_keys(config, age);
    }
    if !config.service_keys.is_empty() {
        findings.push(finding(
            Subject("service_keys"),
            service_keys,
            "whoever guesses a service key reads and writes the records of all users.",
        ));
    }
    findings
}

/// For how many seconds the file with the session keys has been as it is, if they have one of their own.
fn age_of_file(config: &Config, clock: &dyn Clock) -> Option<u64> {
    let mut places = config.secret_places.iter();
    let place = places.find(|place| place.key == "session_keys")?;
    let written = std::fs::metadata(place.file.as_deref()?)
        .ok()?
        .modified()
        .ok()?;
    let written = written
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?
        .as_secs();
    Some(clock.now().saturating_sub(written))
}

/// `age` is that of the file, in seconds.
fn number_of_keys(config: &Config, age: Option<u64>) -> Finding {
    let keys = &config.session_keys;
    let number = match keys.len() {
        1 => "1 key".to_owned(),
        number => format!("{number} keys, the first seals"),
    };
    let written = match age {
        None => String::new(),
        Some(age) if age < 2 * DAY => format!("; the file was written {} hour(s) ago", age / 3600),
        Some(age) => format!("; the file was written {} days ago", age / DAY),
    };
    let what = format!("{number}{written}. None is guessable by its looks.");
    let is_double = |key| keys.iter().filter(|other| *other == key).count() > 1;
    if keys.iter().any(is_double) {
        return SESSION_KEYS.warning(
            format!("{what} One stands there twice."),
            "whoever thought to replace it has not.",
            "write the new key into the first line, the old one into the second.",
        );
    }
    let ttl = config.session_ttl.as_secs();
    if keys.len() > 1 && age.is_some_and(|age| age > ttl.saturating_add(DAY)) {
        return SESSION_KEYS.warning(
            format!(
                "{what} No session of before is valid any more (session_ttl_hours = {}).",
                ttl / 3600
            ),
            "a key that opens nothing but forgeries is one more to lose.",
            "if the service was restarted since, remove all keys but the first, and restart it.",
        );
    }
    SESSION_KEYS.ok(what)
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
    use crate::config::tests::config_with;

    #[test]
    fn how_many_keys_there_are_and_how_old_is_said() {
        let [one, other] = [
            "a3f1c09e57d2b8460e9cd1735fa8b264",
            "7b1d0c5e9a2f48637d0b1e5c9f2a48d6",
        ];
        let found = |keys: &[&str], hours: u64| {
            let config = config_with(&format!("session_keys = {keys:?}"));
            number_of_keys(&config, Some(hours * 3600))
        };
        let shown = found(&[one, other], 13);
        assert_eq!(shown.level, Level::Ok);
        assert!(
            shown
                .what
                .starts_with("2 keys, the first seals; the file was written 13 hour(s) ago."),
            "{shown}"
        );
        assert_eq!(
            found(&[one, other], 35).level,
            Level::Ok,
            "twelve hours and a day"
        );
        assert_eq!(found(&[one, other], 37).level, Level::Warning);
        assert_eq!(
            found(&[one], 2400).what,
            "1 key; the file was written 100 days ago. None is guessable by its looks."
        );
        assert_eq!(found(&[one, one], 1).level, Level::Warning);
    }

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
