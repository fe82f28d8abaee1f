//! Service keys: which backend of the company a key belongs to.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::Config;

/// The configured name of a backend, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceName(String);

impl ServiceName {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The keys that open `/service/`; without any it stays closed.
pub(crate) struct ServiceKeys(Vec<(ServiceName, [u8; 32])>);

impl ServiceKeys {
    /// Those of `config`.
    pub(crate) fn new(config: &Config) -> Self {
        let hashed = config
            .service_keys
            .iter()
            .map(|(name, key)| (ServiceName(name.clone()), hash(key.expose().as_bytes())));
        Self(hashed.collect())
    }

    /// Whose key this is, if anybody's.
    ///
    /// Takes as long for a key that is nearly right as for any other: what is compared are hashes, to the last byte
    /// and with every key there is.
    pub(crate) fn owner_of(&self, key: &[u8]) -> Option<&ServiceName> {
        let shown = hash(key);
        let mut owner = None;
        for (name, hash) in &self.0 {
            if bool::from(hash.ct_eq(&shown)) {
                owner = Some(name);
            }
        }
        owner
    }
}

fn hash(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}
