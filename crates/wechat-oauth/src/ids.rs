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

redacted! {
    /// The password of an official account. Whoever has it acts as the account.
    AppSecret
}

impl AppSecret {
    /// # Errors
    /// [`InvalidId`] unless the text is 1 to 128 visible ASCII characters. WeChat's own are 32 hexadecimal digits;
    /// a simulator's are deliberately not.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        visible_ascii(text, 128).map(Self)
    }
}

redacted! {
    /// WeChat's one-time code. Whoever exchanges it first is the user.
    AuthCode
}

impl AuthCode {
    /// # Errors
    /// [`InvalidId`] unless the text is 1 to 128 visible ASCII characters. WeChat promises no length or alphabet;
    /// the codes seen have 32 letters and digits.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        visible_ascii(text, 128).map(Self)
    }
}

redacted! {
    /// WeChat's token of one user, good for two hours. Not an account's, which is another thing.
    AccessToken
}

impl AccessToken {
    /// # Errors
    /// [`InvalidId`] unless the text is 1 to 2048 visible ASCII characters; WeChat asks to allow at least 512.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        visible_ascii(text, 2048).map(Self)
    }
}

redacted! {
    /// What makes new tokens of one user, for thirty days.
    RefreshToken
}

impl RefreshToken {
    /// # Errors
    /// [`InvalidId`] unless the text is 1 to 2048 visible ASCII characters.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        visible_ascii(text, 2048).map(Self)
    }
}

redacted! {
    /// Who somebody is under one official account.
    OpenId
}

impl OpenId {
    /// # Errors
    /// [`InvalidId`] unless the text is 1 to 128 characters `A-Za-z0-9_-` (WeChat's have 28).
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        url_safe(text).map(Self)
    }
}

redacted! {
    /// Who somebody is over all accounts of one open platform.
    UnionId
}

impl UnionId {
    /// # Errors
    /// [`InvalidId`] unless the text is 1 to 128 characters `A-Za-z0-9_-` (WeChat's have 28).
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        url_safe(text).map(Self)
    }
}

impl<'de> Deserialize<'de> for AuthCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn visible_ascii(text: &str, longest: usize) -> Result<String, InvalidId> {
    let is_valid =
        (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_valid {
        Ok(text.to_owned())
    } else {
        Err(InvalidId)
    }
}

fn url_safe(text: &str) -> Result<String, InvalidId> {
    let is_url_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=128).contains(&text.len()) && text.bytes().all(is_url_safe) {
        Ok(text.to_owned())
    } else {
        Err(InvalidId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appid_is_wx_and_sixteen_hexadecimal_digits() {
        assert!(AppId::parse("wx00000000000000a1").is_ok());
        for wrong in [
            "",
            "wx0000000000000a1",
            "wx000000000000000a1",
            "wx00000000000000g1",
            "wx00000000000000A1",
            "WX00000000000000a1",
            "gh_0000000000000a1",
        ] {
            assert_eq!(AppId::parse(wrong), Err(InvalidId), "{wrong:?}");
        }
    }

    #[test]
    fn code_is_1_to_128_visible_ascii_characters() {
        assert!(AuthCode::parse("0").is_ok());
        assert!(AuthCode::parse(&"a".repeat(128)).is_ok());
        for wrong in ["", &"a".repeat(129), "a b", "a\n", "a\0", "码", "a\u{7f}"] {
            assert_eq!(AuthCode::parse(wrong), Err(InvalidId));
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = AppSecret::parse("simulator-secret").unwrap();
        assert_eq!(format!("{secret:?}"), "AppSecret(…)");
        let openid = OpenId::parse("oABC-def_1").unwrap();
        assert_eq!(format!("{openid:?}"), "OpenId(…)");
    }

    #[test]
    fn openid_has_only_characters_that_are_safe_in_headers_and_paths() {
        assert!(OpenId::parse("oABCdefGHIjklMNOpqrSTUvw-_Z0").is_ok());
        for wrong in ["", "o/..", "o\r\nX", "o%41", "o="] {
            assert_eq!(OpenId::parse(wrong), Err(InvalidId));
        }
    }
}
