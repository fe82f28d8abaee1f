//! Identifiers and secrets of the protocol, checked where they enter and never again.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};

use crate::redacted;

/// The text is not of the form its kind requires. Does not repeat the text, which may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not of the required form")]
pub struct InvalidId;

/// Which official account: `wx` and 16 hexadecimal digits. Public.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AppId(String);

impl AppId {
    /// # Errors
    /// [`InvalidId`] unless the text is `wx` and 16 hexadecimal digits in lower case, as WeChat's console shows it.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let is_lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        match text.strip_prefix("wx") {
            Some(digits) if digits.len() == 16 && digits.bytes().all(is_lower_hex) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(InvalidId),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Defines the hidden ones, each of at most `$longest` allowed bytes.
macro_rules! hidden_ids {
    ($($(#[$doc:meta])* $name:ident = $allowed:ident, $longest:literal, $what:literal;)*) => {$(
        redacted! { $(#[$doc])* $name }

        impl $name {
            /// # Errors
            #[doc = concat!("[`InvalidId`] unless the text is 1 to ", $longest, " characters, ", $what, ".")]
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let is_valid = (1..=$longest).contains(&text.len()) && text.bytes().all($allowed);
                is_valid.then(|| Self(text.to_owned())).ok_or(InvalidId)
            }
        }
    )*};
}

hidden_ids! {
    /// The password of an official account. Whoever has it acts as the account.
    ///
    /// WeChat's own are 32 hexadecimal digits; a simulator's are deliberately not.
    AppSecret = is_visible, 128, "visible ASCII";
    /// WeChat's one-time code. Whoever exchanges it first is the user.
    ///
    /// WeChat promises no length or alphabet; the codes seen have 32 letters and digits.
    AuthCode = is_visible, 128, "visible ASCII";
    /// WeChat's token of one user, good for two hours. Not an account's, which is another thing.
    ///
    /// WeChat asks to allow at least 512 characters.
    AccessToken = is_visible, 2048, "visible ASCII";
    /// What an account signs the addresses of its pages with, for the JS-SDK; good for two hours.
    ///
    /// WeChat promises no length; those seen have 86 characters.
    Ticket = is_visible, 512, "visible ASCII";
    /// What makes new tokens of one user, for thirty days.
    RefreshToken = is_visible, 2048, "visible ASCII";
    /// Who somebody is under one official account. WeChat's have 28 characters.
    OpenId = is_url_safe, 128, "`A-Za-z0-9_-`";
    /// Who somebody is over all accounts of one open platform. WeChat's have 28 characters.
    UnionId = is_url_safe, 128, "`A-Za-z0-9_-`";
}

impl<'de> Deserialize<'de> for AuthCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn is_visible(byte: u8) -> bool {
    byte.is_ascii_graphic()
}

fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_refused<T: fmt::Debug + PartialEq>(
        parse: fn(&str) -> Result<T, InvalidId>,
        good: &str,
        wrong: &[&str],
    ) {
        assert!(parse(good).is_ok());
        for wrong in wrong {
            assert_eq!(parse(wrong), Err(InvalidId), "{wrong:?}");
        }
    }

    #[test]
    fn each_kind_has_its_form_and_debug_shows_nothing() {
        let wrong = "wx0000000000000a1 wx000000000000000a1 wx00000000000000g1 wx00000000000000A1 \
                     WX00000000000000a1 gh_0000000000000a1 ";
        let wrong: Vec<_> = wrong.split(' ').collect();
        assert_refused(AppId::parse, "wx00000000000000a1", &wrong);
        let wrong = ["", &"a".repeat(129), "a b", "a\n", "a\0", "码", "a\u{7f}"];
        assert_refused(AuthCode::parse, &"a".repeat(128), &wrong);
        // Safe in headers and paths.
        let wrong = ["", "o/..", "o\r\nX", "o%41", "o="];
        assert_refused(OpenId::parse, "oABCdefGHIjklMNOpqrSTUvw-_Z0", &wrong);
        let secret = AppSecret::parse("simulator-secret").unwrap();
        assert_eq!(format!("{secret:?}"), "AppSecret(…)");
    }
}
