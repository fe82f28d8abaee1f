//! What the pages of computer and phone have in common.

use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};

use crate::config::Config;

/// What the app takes for WeChat's origin, below `public_url`.
pub(in crate::http::routes) const BASE: &str = "/api/scan";

/// The host people know the site by.
pub(super) fn site_of(config: &Config) -> &str {
    config.public_url.as_url().host_str().unwrap_or_default()
}

/// The `Cookie` headers of a request.
pub(super) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(COOKIE).map(HeaderValue::as_bytes)
}
