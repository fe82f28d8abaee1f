//! CORS: the app on another origin of the same site, and what `allowed_origins` may ask of `/api/` with the user's session.

use actix_cors::Cors;
use actix_web::http::Method;
use actix_web::http::header::{
    CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH, RETRY_AFTER,
};

use crate::config::Config;

/// How long a browser remembers what it may ask, in seconds.
const REMEMBERED: usize = 3600;

/// Lets the configured origins ask, and read answers, refusals included. Everybody else gets no permission: no header,
/// and for the question beforehand an ordinary refusal. `/service/` is for no browser at all.
pub(crate) fn for_app(config: &Config) -> Cors {
    let origins = config.allowed_origins.clone();
    Cors::default()
        .allowed_origin_fn(move |origin, request| {
            let is_api = request.uri.path().starts_with("/api/");
            is_api
                && origins
                    .iter()
                    .any(|allowed| allowed.as_bytes() == origin.as_bytes())
        })
        .allowed_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allowed_headers([CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH])
        .expose_headers([ETAG, RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .supports_credentials()
        .block_on_origin_mismatch(false)
        .max_age(REMEMBERED)
}
