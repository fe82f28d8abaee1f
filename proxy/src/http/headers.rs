//! Headers as they come: phones put Chinese model names into them, in UTF-8 and in GBK, and one odd byte says nothing
//! about the rest. The framework's own readers give up the whole header there; these read bytes.

use std::borrow::Cow;

use actix_web::http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH,
};

/// Whose page asks, as the browser sees it.
pub(crate) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A header's text, with a replacement character for what is no UTF-8. No letter of ASCII is ever lost.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> Option<Cow<'_, str>> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()))
}

/// The items of a list on all its lines: between commas outside quotation marks, without the blanks around them.
fn items(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    headers
        .get_all(name)
        .flat_map(|line| parts(line.as_bytes(), b','))
        .filter(|item| !item.is_empty())
}

/// What a list names, in small letters, and how much it is wanted: from 0, which is not at all, to 1.
pub(crate) fn wanted(headers: &HeaderMap, name: HeaderName) -> Vec<(String, f32)> {
    let read = |item| {
        let mut parts = parts(item, b';').map(String::from_utf8_lossy);
        let what = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|parameter| weight(&parameter));
        (what, weight.unwrap_or(1.0))
    };
    items(headers, name).map(read).collect()
}

/// That of `q=0.5`. A malformed one says nothing.
fn weight(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    let value = value.trim_start().parse().ok()?;
    let is_weight = name.trim_end().eq_ignore_ascii_case("q") && (0.0..=1.0).contains(&value);
    is_weight.then_some(value)
}

/// Whether `If-None-Match` names what there is: `*` does, and a tag, weak or not, for whose inside `is_it` says so.
pub(crate) fn is_known(headers: &HeaderMap, is_it: impl Fn(&[u8]) -> bool) -> bool {
    items(headers, IF_NONE_MATCH).any(|tag| tag == b"*" || inside(tag).is_some_and(&is_it))
}

/// What stands between the quotation marks of one entity tag.
pub(crate) fn inside(tag: &[u8]) -> Option<&[u8]> {
    let tag = tag.strip_prefix(b"W/").unwrap_or(tag);
    let inside = tag.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    (!inside.contains(&b'"')).then_some(inside)
}

/// What is shown as `Bearer`, be it of any letters or nothing; `None` of another scheme.
pub(crate) fn bearer(authorization: &HeaderValue) -> Option<&[u8]> {
    let (scheme, rest) = authorization.as_bytes().split_at_checked("bearer".len())?;
    let is_bearer = scheme.eq_ignore_ascii_case(b"bearer") && matches!(rest, [] | [b' ', ..]);
    is_bearer.then(|| rest.trim_ascii_start())
}

/// Whether the body is declared as JSON, with whatever parameters.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let kind = declared.and_then(|declared| parts(declared, b';').next());
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case(b"application/json"))
}

/// How long the body is, where that is said.
pub(crate) fn declared_length(headers: &HeaderMap) -> Option<usize> {
    text(headers, CONTENT_LENGTH)?.trim().parse().ok()
}

/// Separated outside quotation marks, without the blanks around each part.
fn parts(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut is_quoted = false;
    text.split(move |byte| {
        is_quoted ^= *byte == b'"';
        *byte == separator && !is_quoted
    })
    .map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::ACCEPT;

    use super::*;

    fn headers(name: HeaderName, lines: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name.clone(), HeaderValue::from_bytes(line).unwrap());
        }
        headers
    }

    #[test]
    fn a_list_is_read_over_all_its_lines_whatever_stands_between() {
        let read = |lines: &[&[u8]]| wanted(&headers(ACCEPT, lines), ACCEPT);
        let named = |what: &str, weight| (what.to_owned(), weight);
        assert!(read(&[]).is_empty());
        assert!(read(&[b"", b" , ,"]).is_empty());
        assert_eq!(
            read(&[b"Text/HTML;level=1 ; Q = 0.5, */*;q=0", b"\xe9,a/b;\xff=1"]),
            [
                named("text/html", 0.5),
                named("*/*", 0.0),
                named("\u{fffd}", 1.0),
                named("a/b", 1.0)
            ]
        );
        let quoted = b"a/b;note=\"x, y;q=0.1\";q=0.3, c/d";
        assert_eq!(read(&[quoted]), [named("a/b", 0.3), named("c/d", 1.0)]);
        for malformed in [
            "q=",
            "q=x",
            "q=-1",
            "q=2",
            "q=NaN",
            "q=inf",
            "q",
            "quality=0",
        ] {
            let line = format!("br;{malformed}");
            assert_eq!(read(&[line.as_bytes()]), [named("br", 1.0)], "{line}");
        }
    }

    #[test]
    fn a_tag_is_found_among_others() {
        let table: [(&[&[u8]], bool); 11] = [
            (&[b"\"a\""], true),
            (&[b"W/\"a\""], true),
            (&[b"\"b,\", \"a\""], true),
            (&[b"\"b\"", b"\xff, \"\xe8\x8c\xb6\",\"a\""], true),
            (&[b"\"b\\\", \"a\""], true),
            (&[b" * "], true),
            (&[b"a"], false),
            (&[b"\"b,a\""], false),
            (&[b"w/\"a\""], false),
            (&[b""], false),
            (&[], false),
        ];
        for (lines, expected) in table {
            let headers = headers(IF_NONE_MATCH, lines);
            assert_eq!(is_known(&headers, |tag| tag == b"a"), expected, "{lines:?}");
        }
    }
}
