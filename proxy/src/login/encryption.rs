//! Authenticated encryption of what is handed to strangers and comes back: the cookie crate's private jar. The first
//! of the configured keys encrypts, all decrypt.

use cookie::{Cookie, CookieJar, Key};

use crate::config::SessionKey;

/// The keys, derived.
pub(super) struct Encryption(Vec<Key>);

/// Nothing was encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("encrypting failed: {0}")]
pub struct EncryptError(pub(super) &'static str);

impl Encryption {
    pub(super) fn new(keys: &[SessionKey]) -> Self {
        let derive = |key: &SessionKey| Key::derive_from(key.expose().as_bytes());
        Self(keys.iter().map(derive).collect())
    }

    /// The text encrypted, bound to this name.
    ///
    /// # Errors
    /// [`EncryptError`] if there is no key, which a checked configuration excludes.
    pub(super) fn encrypt(&self, name: &str, text: String) -> Result<String, EncryptError> {
        let key = self.0.first().ok_or(EncryptError("no session key"))?;
        let mut jar = CookieJar::new();
        jar.private_mut(key).add(Cookie::new(name.to_owned(), text));
        let encrypted = jar.get(name).ok_or(EncryptError("it left nothing"))?;
        Ok(encrypted.value().to_owned())
    }

    /// What was encrypted here under this name, if this was.
    pub(super) fn decrypt(&self, name: &str, encrypted: &str) -> Option<String> {
        let cookie = Cookie::new(name.to_owned(), encrypted.to_owned());
        let jar = CookieJar::new();
        let decrypted = self
            .0
            .iter()
            .find_map(|key| jar.private(key).decrypt(cookie.clone()))?;
        Some(decrypted.value().to_owned())
    }
}
