//! The secret of the browser that began a login.

use wechat_oauth::InvalidId;

wechat_oauth::redacted! {
    /// What only the browser that began a login knows: 32 characters `A-Za-z0-9`.
    Verifier
}

impl Verifier {
    /// # Errors
    /// [`InvalidId`] unless the text is exactly 32 ASCII letters and digits.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let is_valid = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifier_is_exactly_32_letters_and_digits() {
        assert!(Verifier::parse(&"aZ09".repeat(8)).is_ok());
        for wrong in [
            "a".repeat(31),
            "a".repeat(33),
            "-".repeat(32),
            "é".repeat(16),
        ] {
            assert_eq!(Verifier::parse(&wrong), Err(InvalidId));
        }
    }
}
