//! The request id: what connects a response with its lines in the log.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderName;

use crate::config::TrustedProxies;
use crate::http::headers;

/// The header every answer names its request id in.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long an id is, in letters. Ours has the fewest, nginx's 32, a UUID, which Caddy makes, 36.
const LETTERS: RangeInclusive<usize> = 16..=64;

/// Connects what a user reports with what the log says.
///
/// 16 hexadecimal digits, made here, unless one of our own web servers sent one: then its log and ours have the same.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The id of this request. What strangers send is not used: anybody could write anything into the log.
    pub(super) fn of(request: &ServiceRequest, trusted: &TrustedProxies) -> Self {
        let peer = request.peer_addr();
        let is_trusted = peer.is_some_and(|peer| trusted.trusts(peer.ip()));
        match headers::text(request.headers(), X_REQUEST_ID) {
            Some(sent) if is_trusted && Self::is_one(sent.as_bytes()) => Self(sent.into_owned()),
            _ => Self::fresh(),
        }
    }

    /// Another one each time, from where this process began by chance. It is a name and no secret: to ask the system for
    /// chance each time costs more than it is worth.
    fn fresh() -> Self {
        static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| {
            let mut random = [0_u8; 8];
            // Without randomness at least the requests go on.
            let _ = getrandom::fill(&mut random);
            AtomicU64::new(u64::from_be_bytes(random))
        });
        // An odd step meets every number before it meets one again, and neighbours do not look alike.
        let id = NEXT.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        Self(format!("{id:016x}"))
    }

    /// Whether `text` could be one: ours, or a web server's. No openid and no code is.
    pub(crate) fn is_one(text: &[u8]) -> bool {
        let is_plain = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
        LETTERS.contains(&text.len()) && text.iter().all(is_plain)
    }

    /// The same as a regular expression, for the description of the API.
    pub(crate) fn pattern() -> String {
        format!("^[0-9A-Fa-f-]{{{},{}}}$", LETTERS.start(), LETTERS.end())
    }

    /// As in the header.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
