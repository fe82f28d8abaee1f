//! How a backend of the company shows who it is: `Authorization: Bearer <service key>`.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpMessage, web};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::AppState;
use crate::config::Config;
use crate::error::ApiError;

/// The configured name of a backend, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceName(String);

impl ServiceName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The keys that open `/service/`; without any it stays closed.
pub struct ServiceKeys(Vec<(ServiceName, [u8; 32])>);

impl ServiceKeys {
    /// Those of `config`.
    pub fn new(config: &Config) -> Self {
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
    fn owner_of(&self, key: &[u8]) -> Option<&ServiceName> {
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

/// A guard: lets backends of the company in, and notes for the log which one it is; others get a 401.
pub(crate) fn require(request: &ServiceRequest) -> Result<(), ApiError> {
    let name = request
        .app_data::<web::Data<AppState>>()
        .zip(bearer(request))
        .and_then(|(state, key)| state.service_keys.owner_of(key).cloned());
    request
        .extensions_mut()
        .insert(name.ok_or(ApiError::NoServiceKey)?);
    Ok(())
}

/// What is shown for a key, be it of any letters.
fn bearer(request: &ServiceRequest) -> Option<&[u8]> {
    let header = request.headers().get(AUTHORIZATION)?.as_bytes();
    let (scheme, rest) = header.split_at_checked("bearer".len())?;
    let key = rest.strip_prefix(b" ")?.trim_ascii_start();
    scheme.eq_ignore_ascii_case(b"bearer").then_some(key)
}
