//! Entity tags: `ETag`, `If-Match`, `If-None-Match`.
//!
//! A tag stands for a version of the value, not for the bytes of an answer. So a weak one, which is what a server that
//! compresses in between makes of ours, is as good as the tag itself.

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};

use crate::http::headers::{self, inside};
use crate::http::refusal::Refusal;
use login_store::{Precondition, Version};

/// What a request to delete expects.
pub(crate) struct PreconditionOfDeletion {
    /// The only version that is deleted.
    pub(super) version: Option<Version>,
    /// What is said where there is none to delete.
    pub(super) refusal: Refusal,
}

/// The entity tag of a version.
pub(super) fn etag(version: Version) -> String {
    format!("\"{version}\"")
}

/// What a request to write expects.
///
/// # Errors
/// [`Refusal::MalformedPrecondition`], or [`Refusal::PreconditionFailed`] for a tag that never was ours.
pub(crate) fn precondition(headers: &HeaderMap) -> Result<Precondition, Refusal> {
    match (only(headers, IF_MATCH)?, only(headers, IF_NONE_MATCH)?) {
        (None, None) => Ok(Precondition::None),
        (Some(b"*"), None) => Ok(Precondition::Present),
        (None, Some(b"*")) => Ok(Precondition::Absent),
        (Some(tag), None) => {
            let inside = inside(tag).ok_or(Refusal::MalformedPrecondition)?;
            let version = version(inside).ok_or(Refusal::PreconditionFailed)?;
            Ok(Precondition::Is(version))
        }
        // A record that is there and is not there.
        (Some(tag), Some(b"*")) if tag == b"*" || inside(tag).is_some() => {
            Err(Refusal::PreconditionFailed)
        }
        _ => Err(Refusal::MalformedPrecondition),
    }
}

/// What a request to delete expects.
///
/// # Errors
/// As [`precondition`], and [`Refusal::MalformedPrecondition`] for the deletion of what is not there.
pub(crate) fn precondition_of_deletion(
    headers: &HeaderMap,
) -> Result<PreconditionOfDeletion, Refusal> {
    let (version, refusal) = match precondition(headers)? {
        Precondition::None => (None, Refusal::NotFound),
        Precondition::Present => (None, Refusal::PreconditionFailed),
        Precondition::Is(version) => (Some(version), Refusal::PreconditionFailed),
        Precondition::Absent => return Err(Refusal::MalformedPrecondition),
    };
    Ok(PreconditionOfDeletion { version, refusal })
}

/// Whether a reader has this version already.
pub(super) fn is_known(headers: &HeaderMap, known: Version) -> bool {
    headers::is_known(headers, |inside| version(inside) == Some(known))
}

/// As bytes: what is no tag of ours may be of any letters.
fn only(headers: &HeaderMap, name: HeaderName) -> Result<Option<&[u8]>, Refusal> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(Refusal::MalformedPrecondition),
        (only, None) => Ok(only.map(|value| value.as_bytes().trim_ascii())),
    }
}

/// The version that a tag of ours stands for.
fn version(inside: &[u8]) -> Option<Version> {
    Version::parse(std::str::from_utf8(inside).ok()?)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const TAG: &str = "\"0000000000000abc\"";

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let value = HeaderValue::from_bytes(value.as_bytes());
            headers.append(name.clone(), value.unwrap());
        }
        headers
    }

    #[test]
    fn what_cannot_be_honoured_is_refused() {
        let two = format!("{TAG}, {TAG}");
        for (pairs, status) in [
            (vec![(IF_MATCH, "\"never ours\"")], 412),
            (vec![(IF_MATCH, "\"\"")], 412),
            (vec![(IF_MATCH, "\"茶\"")], 412),
            (vec![(IF_MATCH, "茶")], 400),
            (vec![(IF_MATCH, "abc")], 400),
            (vec![(IF_MATCH, "")], 400),
            (vec![(IF_MATCH, two.as_str())], 400),
            (vec![(IF_MATCH, TAG), (IF_MATCH, TAG)], 400),
            (vec![(IF_NONE_MATCH, TAG)], 400),
            (vec![(IF_MATCH, TAG), (IF_NONE_MATCH, "*")], 412),
            (vec![(IF_MATCH, "*"), (IF_NONE_MATCH, "*")], 412),
            (vec![(IF_MATCH, TAG), (IF_NONE_MATCH, TAG)], 400),
            (vec![(IF_MATCH, "abc"), (IF_NONE_MATCH, "*")], 400),
        ] {
            let error = precondition(&headers(&pairs)).unwrap_err();
            let actual = actix_web::ResponseError::status_code(&error);
            assert_eq!(actual.as_u16(), status, "{pairs:?}");
        }
    }
}
