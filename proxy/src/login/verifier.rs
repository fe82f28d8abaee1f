//! The verifier: the secret of the browser that began a login.

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
