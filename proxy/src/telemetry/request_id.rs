//! What connects an answer with its lines in the log.

use std::fmt;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderName;

use crate::config::TrustedProxies;

/// The header every answer names its request id in.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Connects what a user reports with what the log says.
///
/// 16 hexadecimal digits, made here, unless one of our own web servers sent one: then its log and ours have the same.
#[derive(Debug, Clone)]
pub struct RequestId(String);

impl RequestId {
    /// The id of this request. What strangers send is not used: anybody could write anything into the log.
    pub(super) fn of(request: &ServiceRequest, trusted: &TrustedProxies) -> Self {
        let peer = request.peer_addr();
        let is_trusted = peer.is_some_and(|peer| trusted.trusts(peer.ip()));
        let sent = request.headers().get(X_REQUEST_ID);
        let sent = sent.and_then(|value| value.to_str().ok());
        match sent.filter(|text| is_trusted && Self::is_one(text)) {
            Some(text) => Self(text.to_owned()),
            None => Self::fresh(),
        }
    }

    fn fresh() -> Self {
        let mut random = [0_u8; 8];
        // Without randomness at least the request itself goes on; the id then is zeros.
        let _ = getrandom::fill(&mut random);
        Self(format!("{:016x}", u64::from_be_bytes(random)))
    }

    /// Whether `text` could be one: ours, nginx's (32 digits), or a UUID. No openid and no code is.
    pub(crate) fn is_one(text: &str) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        (16..=64).contains(&text.len()) && text.bytes().all(is_plain)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_common_web_servers_are_ids_and_what_could_tell_something_is_not() {
        for id in [
            "0123456789abcdef",
            "7f2c1a9be3a84d60b1f0c2d3e4f5a6b7",
            "3C4E6F1A-0000-4000-8000-0123456789AB",
        ] {
            assert!(RequestId::is_one(id), "{id}");
        }
        let (short, long) = ("a".repeat(15), "a".repeat(65));
        for other in [
            "",
            &short,
            &long,
            "oABCdefGHIjklMNOpqrSTUvwxYZ0",
            "0123456789abcde\n",
            "0123456789abcdefg",
        ] {
            assert!(!RequestId::is_one(other), "{other:?}");
        }
        assert!(RequestId::is_one(RequestId::fresh().as_str()));
    }
}
