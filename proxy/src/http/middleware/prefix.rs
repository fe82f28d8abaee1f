//! The path of `public_url`, taken off: all routes are written as at the root of a host.
//!
//! A web server in front passes requests on with it or takes it off itself, so both are answered, and alike. The service
//! API alone has no second address: behind a web server that takes the prefix off and keeps `/service/` from the
//! internet, `/h5/h5/service/` would lead there.

use actix_web::HttpMessage as _;
use actix_web::dev::{ServiceRequest, Url};
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;

/// Marks requests that came with the prefix.
pub(super) struct WithPrefix;

/// Takes `prefix`, such as `/h5`, off `/h5/…`, exactly as it is written; off nothing else, `/h5` alone included.
pub(super) fn take_off(request: &mut ServiceRequest, prefix: &str) {
    if prefix.is_empty() {
        return;
    }
    let Some(uri) = without(request.uri(), prefix) else {
        return;
    };
    request.match_info_mut().set(Url::new(uri.clone()));
    request.head_mut().uri = uri;
    request.extensions_mut().insert(WithPrefix);
}

fn without(uri: &Uri, prefix: &str) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(prefix)?;
    if !rest.starts_with('/') {
        return None;
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_prefix_is_taken_off_once() {
        for (uri, expected) in [
            ("/h5/", Some("/")),
            ("/h5/api/session?a=/h5/", Some("/api/session?a=/h5/")),
            ("/h5/h5/x", Some("/h5/x")),
            ("/h5//x", Some("//x")),
            ("http://shop.example/h5/x", Some("http://shop.example/x")),
            ("/h5", None),
            ("/h5?a", None),
            ("/h5x/", None),
            ("/H5/", None),
            ("/%68%35/", None),
            ("/h5%2F", None),
            ("//h5/", None),
            ("/x/h5/", None),
            ("*", None),
        ] {
            let taken = without(&uri.parse().unwrap(), "/h5").map(|uri| uri.to_string());
            assert_eq!(taken.as_deref(), expected, "{uri}");
        }
    }
}
