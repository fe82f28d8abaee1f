//! What is kept is JSON that every reader understands in the same way, and as much as was sent.

use login_store::{InvalidJson, RecordValue};
use serde_json::Value;

/// The body of a `PUT`.
pub(super) fn run(input: &[u8]) {
    // The second opinion: a parser of values, with a limit of 128 levels.
    let second: Result<Value, _> = serde_json::from_slice(input);
    match RecordValue::parse(input) {
        Ok(value) => {
            let kept = value.as_str();
            assert!(kept.len() <= input.len());
            let again = RecordValue::parse(kept.as_bytes()).unwrap();
            assert_eq!(again.as_str(), kept, "nothing more to drop");
            assert!(deepest(kept) <= RecordValue::MOST_LEVELS);
            match (second, serde_json::from_str::<Value>(kept)) {
                (Ok(sent), Ok(kept)) => assert_eq!(sent, kept, "another value"),
                // Numbers that no double holds are somebody's, and stay.
                (Err(sent), Err(kept)) => {
                    assert!(
                        sent.to_string().contains("number out of range"),
                        "{sent}, {kept}"
                    );
                }
                (sent, kept) => panic!("{sent:?} became {kept:?}"),
            }
        }
        Err(InvalidJson::Syntax) => assert!(second.is_err(), "valid for others"),
        Err(InvalidJson::TooDeep) => {
            assert!(deepest(&String::from_utf8_lossy(input)) > RecordValue::MOST_LEVELS);
        }
        Err(InvalidJson::LoneSurrogate) => assert!(second.is_err(), "no other reader minds"),
    }
}

/// How deep the brackets outside of texts go.
fn deepest(json: &str) -> usize {
    let (mut level, mut deepest) = (0_usize, 0);
    let (mut is_text, mut is_escaped) = (false, false);
    for character in json.chars() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_text => is_escaped = true,
            '"' => is_text = !is_text,
            '[' | '{' if !is_text => {
                level += 1;
                deepest = deepest.max(level);
            }
            ']' | '}' if !is_text => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
