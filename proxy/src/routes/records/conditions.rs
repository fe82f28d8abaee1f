//! Entity tags: `ETag`, `If-Match`, `If-None-Match`.
//!
//! A tag stands for a version of the value, not for the bytes of an answer. So a weak one, which is what a server that
//! compresses in between makes of ours, is as good as the tag itself.

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};

use crate::error::ApiError;
use crate::store::{Precondition, Version};

/// The entity tag of a version.
pub(super) fn etag(version: Version) -> String {
    format!("\"{version}\"")
}

/// What a request to write expects.
///
/// # Errors
/// [`ApiError::MalformedPrecondition`], or [`ApiError::PreconditionFailed`] for a tag that never was ours.
pub(super) fn precondition(headers: &HeaderMap) -> Result<Precondition, ApiError> {
    match (only(headers, IF_MATCH)?, only(headers, IF_NONE_MATCH)?) {
        (None, None) => Ok(Precondition::None),
        (Some("*"), None) => Ok(Precondition::Present),
        (None, Some("*")) => Ok(Precondition::Absent),
        (Some(tag), None) => {
            let opaque = opaque(tag).ok_or(ApiError::MalformedPrecondition)?;
            let version = Version::parse(opaque).ok_or(ApiError::PreconditionFailed)?;
            Ok(Precondition::Is(version))
        }
        // A record that is there and is not there.
        (Some(tag), Some("*")) if tag == "*" || opaque(tag).is_some() => {
            Err(ApiError::PreconditionFailed)
        }
        _ => Err(ApiError::MalformedPrecondition),
    }
}

/// Whether a reader has this version already.
pub(super) fn is_known(headers: &HeaderMap, version: Version) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .filter_map(|header| header.to_str().ok())
        .flat_map(|list| list.split(',').map(str::trim))
        .any(|tag| tag == "*" || opaque(tag).and_then(Version::parse) == Some(version))
}

fn only(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, ApiError> {
    let mut values = headers.get_all(name);
    let (first, second) = (values.next(), values.next());
    match (first, second) {
        (None, _) => Ok(None),
        (Some(value), None) => match value.to_str() {
            Ok(text) => Ok(Some(text.trim())),
            Err(_) => Err(ApiError::MalformedPrecondition),
        },
        (Some(_), Some(_)) => Err(ApiError::MalformedPrecondition),
    }
}

/// What stands between the quotes of one tag.
fn opaque(tag: &str) -> Option<&str> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let opaque = tag.strip_prefix('"')?.strip_suffix('"')?;
    (!opaque.contains('"')).then_some(opaque)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const TAG: &str = "\"0000000000000abc\"";

    fn version() -> Version {
        Version::parse("0000000000000abc").unwrap()
    }

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn every_expectation_is_read() {
        assert_eq!(etag(version()), TAG);
        let weak = format!("W/{TAG}");
        for (pairs, expected) in [
            (vec![], Precondition::None),
            (vec![(IF_MATCH, TAG)], Precondition::Is(version())),
            (vec![(IF_MATCH, weak.as_str())], Precondition::Is(version())),
            (vec![(IF_MATCH, "*")], Precondition::Present),
            (vec![(IF_NONE_MATCH, "*")], Precondition::Absent),
        ] {
            let read = precondition(&headers(&pairs));
            assert_eq!(read.unwrap(), expected, "{pairs:?}");
        }
    }

    #[test]
    fn what_cannot_be_honoured_is_refused() {
        let two = format!("{TAG}, {TAG}");
        for (pairs, status) in [
            (vec![(IF_MATCH, "\"never ours\"")], 412),
            (vec![(IF_MATCH, "\"\"")], 412),
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

    #[test]
    fn a_reader_knows_the_version_it_names() {
        for (value, expected) in [
            (TAG, true),
            ("\"x\", W/\"0000000000000abc\"", true),
            ("*", true),
            ("\"0000000000000abd\"", false),
            ("0000000000000abc", false),
        ] {
            let headers = headers(&[(IF_NONE_MATCH, value)]);
            assert_eq!(is_known(&headers, version()), expected, "{value}");
        }
    }
}
