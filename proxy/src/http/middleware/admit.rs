//! Overload protection, and no path traversal.
//!
//! A web server in front decides by the path without its dots, `/x` for `/service/..%2fx`, and passes on the one with
//! them. What it keeps from the internet, `/service/` above all, must not be reached by the detour. Browsers send no such
//! paths.

use actix_web::Error;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::http::extract::state_of;
use crate::http::refusal::Refusal;

/// Middleware: counts the request as under way, refuses it where there are too many, and finds nothing under a path with
/// dots.
pub(crate) async fn admit<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let state = state_of(request.request())?.clone();
    let _in_flight = state.requests.begin();
    let is_too_many = state.requests.count() > state.config.limits.requests_at_once;
    if is_too_many && !is_probe(request.path()) {
        let busy = Refusal::busy("too many requests at once");
        return Ok(request.error_response(busy).map_into_right_body());
    }
    if is_dotted(request.path()) {
        let refusal = request.error_response(Refusal::NotFound);
        return Ok(refusal.map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Whoever watches the process must not take a busy one for a dead one.
fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}

/// Whether a segment of `path` is `.` or `..`, with slashes of both kinds and everything percent-encoded or not.
pub(crate) fn is_dotted(path: &str) -> bool {
    // Decoded once, as web servers do; what is no escape stays.
    let decoded: Vec<u8> = percent_encoding::percent_decode_str(path).collect();
    decoded
        .split(|byte| matches!(byte, b'/' | b'\\'))
        .any(|segment| matches!(segment, b"." | b".."))
}

#[cfg(test)]
mod tests {
    use super::is_dotted;

    #[test]
    fn dots_are_found_however_they_are_written() {
        for path in [
            "/..",
            "/.",
            "/a/../b",
            "/a/./b",
            "/a/%2e%2E/b",
            "/a/.%2e",
            "/a/..%2fb",
            "/a%2F..%2Fb",
            "/a/..\\b",
            "/a%5c..%5Cb",
            "..",
        ] {
            assert!(is_dotted(path), "{path}");
        }
    }

    #[test]
    fn dots_that_are_part_of_a_name_are_left_alone() {
        for path in [
            "/",
            "/.env",
            "/a..b/...",
            "/api/records/order/2026.1..2",
            "/a%",
            "/a%2",
            "/%252e%252e/",
            "/%+e./",
            "/%E8%8C%B6",
        ] {
            assert!(!is_dotted(path), "{path}");
        }
    }
}
