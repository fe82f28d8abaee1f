//! Path traversal: paths that mean one thing to us and another to the web server in front.
//!
//! A web server decides by the path without its dots, `/x` for `/service/..%2fx`, and passes on the one with them. What
//! it keeps from the internet, `/service/` above all, must not be reached by the detour. Browsers send no such paths.

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
