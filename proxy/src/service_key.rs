//! How a backend of the company shows who it is: `Authorization: Bearer <service key>`.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
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
            .map(|(name, key)| (ServiceName(name.clone()), hash(key.expose())));
        Self(hashed.collect())
    }

    /// Whose key this is, if anybody's.
    ///
    /// Takes as long for a key that is nearly right as for any other: what is compared are hashes, to the last byte
    /// and with every key there is.
    fn owner_of(&self, key: &str) -> Option<&ServiceName> {
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

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// A handler with this argument answers only backends of the company; others get a 401.
pub struct Service;

impl FromRequest for Service {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let name = request
            .app_data::<web::Data<AppState>>()
            .zip(bearer(request))
            .and_then(|(state, key)| state.service_keys.owner_of(key).cloned());
        ready(match name {
            Some(name) => {
                request.extensions_mut().insert(name);
                Ok(Self)
            }
            None => Err(ApiError::NoServiceKey),
        })
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(key.trim_start())
}
