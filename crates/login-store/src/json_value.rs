//! The content of a record: JSON, kept as the text it was sent as.

use std::fmt;

use serde_json::Deserializer;
use serde_json::value::RawValue;

/// Why a text cannot be the content of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJson {
    /// Not JSON, or not UTF-8.
    #[error("it is not JSON in UTF-8")]
    Syntax,
    /// Deeper than many a JSON reader can follow.
    #[error("it is nested deeper than {} levels", RecordValue::MOST_LEVELS)]
    TooDeep,
    /// Half of a surrogate pair, which is no character: some readers would refuse a whole page because of it.
    #[error("one of its texts contains half a surrogate pair (\\uD800 to \\uDFFF)")]
    LoneSurrogate,
}

/// Any JSON, without insignificant blanks, else as it was sent: numbers, the order of members and escapes stay.
///
/// Its `Debug` hides it: what belongs to a user does not belong in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordValue(String);

impl RecordValue {
    /// Longest text as sent, in bytes.
    pub const MOST_BYTES: usize = 16 * 1024;
    /// How many arrays and objects may lie within each other.
    pub const MOST_LEVELS: usize = 64;

    /// # Errors
    /// [`InvalidJson`] for what no reader, or not every reader, would understand.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidJson> {
        let text = std::str::from_utf8(bytes).map_err(|_| InvalidJson::Syntax)?;
        let raw: &RawValue = serde_json::from_str(text).map_err(|_| InvalidJson::Syntax)?;
        compact(raw.get()).map(Self)
    }

    /// What the database holds, which was checked when it was written.
    pub(crate) fn from_database(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecordValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecordValue(…)")
    }
}

/// Drops blanks outside texts. `json` is valid, so its grammar needs no second look.
fn compact(json: &str) -> Result<String, InvalidJson> {
    let mut compact = String::with_capacity(json.len());
    let mut levels = 0_usize;
    let mut rest = json;
    while let Some(character) = rest.chars().next() {
        let after = match character {
            '"' => after_text(rest)?,
            other => rest.strip_prefix(other).unwrap_or_default(),
        };
        match character {
            ' ' | '\t' | '\n' | '\r' => {
                rest = after;
                continue;
            }
            '{' | '[' => levels = levels.saturating_add(1),
            '}' | ']' => levels = levels.saturating_sub(1),
            _ => {}
        }
        compact.push_str(rest.strip_suffix(after).unwrap_or_default());
        if levels > RecordValue::MOST_LEVELS {
            return Err(InvalidJson::TooDeep);
        }
        rest = after;
    }
    Ok(compact)
}

/// What follows the text at the beginning. serde_json reads no half of a surrogate pair, and there is nothing else it
/// could find wrong with a text that was valid before.
fn after_text(json: &str) -> Result<&str, InvalidJson> {
    let mut texts = Deserializer::from_str(json).into_iter::<String>();
    match texts.next() {
        Some(Ok(_)) => json.get(texts.byte_offset()..).ok_or(InvalidJson::Syntax),
        _ => Err(InvalidJson::LoneSurrogate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(json: &str) -> Result<String, InvalidJson> {
        RecordValue::parse(json.as_bytes()).map(|value| value.0)
    }

    #[test]
    fn only_insignificant_blanks_are_dropped() {
        let sent = "{ \"b\" : [ 1.50 , -0e+7 ] ,\r\n\t\"a\":\"\\u0041\\\" {\\\\\" }";
        let kept = "{\"b\":[1.50,-0e+7],\"a\":\"\\u0041\\\" {\\\\\"}";
        assert_eq!(stored(sent).as_deref(), Ok(kept));
        assert_eq!(stored(" null\n").as_deref(), Ok("null"));
        for kept in [
            "\"a b\"",
            "1e400",
            "123456789012345678901234567890",
            "{\"a\":1,\"a\":2}",
            "\"\\u0000 \u{1F600} \\ud83d\\ude00\"",
            "\"\\\\ud800\"",
        ] {
            assert_eq!(stored(kept).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for wrong in [
            "", " ", "{", "nul", "01", "'a'", "[1,]", "1 2", "\0", "NaN", "\"",
        ] {
            assert_eq!(stored(wrong), Err(InvalidJson::Syntax), "{wrong:?}");
        }
        for wrong in ["\"\n\"", r#""\x""#, r#""\u12""#, "\u{feff}1"] {
            assert_eq!(stored(wrong), Err(InvalidJson::Syntax), "{wrong:?}");
        }
        let no_text = RecordValue::parse(b"\"\xff\"");
        assert_eq!(no_text, Err(InvalidJson::Syntax));
    }

    #[test]
    fn half_a_surrogate_pair_is_refused() {
        for wrong in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83dx""#,
            r#""\ud83d\n""#,
            r#""\ud83d\ud83d\ude00""#,
            r#""\ude00\ud83d""#,
            r#"{"\uDFFF":1}"#,
        ] {
            assert_eq!(stored(wrong), Err(InvalidJson::LoneSurrogate), "{wrong}");
        }
    }

    #[test]
    fn nesting_ends_at_64_levels() {
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(stored(&nested(64)).is_ok());
        assert_eq!(stored(&nested(65)), Err(InvalidJson::TooDeep));
        assert_eq!(stored(&nested(8000)), Err(InvalidJson::TooDeep));
        assert!(stored(&format!("[{}1]", "[],".repeat(100))).is_ok());
    }
}
