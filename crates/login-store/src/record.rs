//! What is kept about a user.

use std::fmt;

use crate::{Owner, RecordValue};

/// The text is not of the form a kind or a key has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not of the required form")]
pub struct InvalidName;

/// What a record is, such as `order`: 1 to 32 characters `a-z0-9_-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordKind(String);

impl RecordKind {
    /// # Errors
    /// [`InvalidName`] unless the text is 1 to 32 characters `a-z0-9_-`.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        checked(text, 32, is_allowed).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which record of its kind: 1 to 128 characters `A-Za-z0-9._~:-`.
///
/// Its `Debug` hides it: a backend may use a number that identifies somebody.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RecordKey(String);

impl RecordKey {
    /// # Errors
    /// [`InvalidName`] unless the text is 1 to 128 characters `A-Za-z0-9._~:-`, and neither `.` nor `..`, which the
    /// software between a client and us takes out of paths.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let is_allowed = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b':' | b'-')
        };
        if matches!(text, "." | "..") {
            return Err(InvalidName);
        }
        checked(text, 128, is_allowed).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecordKey(…)")
    }
}

fn checked(text: &str, longest: usize, is_allowed: fn(u8) -> bool) -> Result<String, InvalidName> {
    let is_valid = (1..=longest).contains(&text.len()) && text.bytes().all(is_allowed);
    is_valid.then(|| text.to_owned()).ok_or(InvalidName)
}

/// The key of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordId {
    /// Whose it is.
    pub owner: Owner,
    /// What it is.
    pub kind: RecordKind,
    /// Which one of its kind.
    pub key: RecordKey,
}

impl RecordId {
    /// As the database has it.
    pub(crate) fn columns(&self) -> [&str; 4] {
        let [appid, openid] = self.owner.columns();
        [appid, openid, self.kind.as_str(), self.key.as_str()]
    }
}

/// A state of a record. Two states of records under one key never share a version, not even those of a record that
/// was deleted and written anew, or changed and changed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version(pub(crate) i64);

impl Version {
    /// One for a record that did not exist before.
    pub(crate) fn fresh() -> Result<Self, getrandom::Error> {
        // The two highest bits stay free for the changes to come.
        Ok(Self((getrandom::u64()? >> 2).cast_signed()))
    }

    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let is_lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 16 || !text.bytes().all(is_lower_hex) {
            return None;
        }
        let number = u64::from_str_radix(text, 16).ok()?;
        Some(Self(number.cast_signed()))
    }
}

impl fmt::Display for Version {
    /// 16 hexadecimal digits.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// A record as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its key.
    pub id: RecordId,
    /// Its content.
    pub value: RecordValue,
    /// Its state.
    pub version: Version,
    /// When it was first written, in milliseconds since 1970-01-01 UTC.
    pub created_at: u64,
    /// When its value last changed, in milliseconds since 1970-01-01 UTC.
    pub updated_at: u64,
}

/// A record to be written.
#[derive(Debug, Clone)]
pub struct RecordDraft {
    /// Its key.
    pub id: RecordId,
    /// Its content.
    pub value: RecordValue,
    /// The time, in milliseconds since 1970-01-01 UTC.
    pub written_at: u64,
}

/// What must hold for a record to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing.
    None,
    /// There is none yet.
    Absent,
    /// There is one.
    Present,
    /// There is one of this version.
    Is(Version),
}

/// What became of a record that was to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// There was none before.
    Created(StoredRecord),
    /// There was one before; it is replaced, or as it was if the value is equal.
    Replaced(StoredRecord),
    /// The precondition does not hold, nothing is written.
    Conflict,
    /// The owner is unknown or was erased, nothing is written.
    UnknownOwner,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_keys_are_short_and_safe_in_paths() {
        let kind = |text: &str| RecordKind::parse(text).map(|kind| kind.0);
        let key = |text: &str| RecordKey::parse(text).map(|key| key.0);
        for good in ["a", "order-2_x", &"z".repeat(32)] {
            assert_eq!(kind(good).as_deref(), Ok(good));
        }
        for good in ["A", "...", "2026-11:a.b~c_d", &"9".repeat(128)] {
            assert_eq!(key(good).as_deref(), Ok(good));
        }
        for wrong in ["Order", "a.b", "订单", "a\0", &"z".repeat(33)] {
            assert_eq!(kind(wrong), Err(InvalidName), "{wrong}");
        }
        for wrong in [".", "..", "a%2Fb", "键", "a\n", &"9".repeat(129)] {
            assert_eq!(key(wrong), Err(InvalidName), "{wrong}");
        }
        for wrong in ["", "a b", "a/b"] {
            assert_eq!(
                (kind(wrong), key(wrong)),
                (Err(InvalidName), Err(InvalidName))
            );
        }
    }

    #[test]
    fn a_version_reads_what_it_writes_and_nothing_else() {
        for version in [Version(0), Version(i64::MAX), Version::fresh().unwrap()] {
            assert_eq!(Version::parse(&version.to_string()), Some(version));
        }
        for (length, wrong) in [(0, ""), (1, ""), (17, ""), (15, "G"), (15, "A")] {
            let wrong = format!("{}{wrong}", "0".repeat(length));
            assert_eq!(Version::parse(&wrong), None, "{wrong}");
        }
        assert_eq!(Version::parse("+00000000000000a"), None);
    }
}
