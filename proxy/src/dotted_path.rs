//! Paths that mean one thing to us and another to the web server in front.
//!
//! A web server decides by the path without its dots, `/x` for `/service/..%2fx`, and passes on the one with them. What
//! it keeps from the internet, `/service/` above all, must not be reached by the detour. Browsers send no such paths.

/// Whether a segment of `path` is `.` or `..`, with slashes of both kinds and everything percent-encoded or not.
pub(crate) fn is_dotted(path: &str) -> bool {
    let decoded = percent_decoded(path.as_bytes());
    decoded
        .split(|byte| matches!(byte, b'/' | b'\\'))
        .any(|segment| matches!(segment, b"." | b".."))
}

/// Decoded once, as web servers do; what is no escape stays.
fn percent_decoded(mut rest: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(rest.len());
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| escape(after)).flatten();
        decoded.push(escaped.map_or(*first, |(byte, _)| byte));
        rest = escaped.map_or(after, |(_, behind)| behind);
    }
    decoded
}

/// The byte that two hexadecimal digits stand for, and what is behind them.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, behind) = text.split_at_checked(2)?;
    let digits = std::str::from_utf8(digits).ok()?;
    let is_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = u8::from_str_radix(digits, 16).ok()?;
    is_hexadecimal.then_some((byte, behind))
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
