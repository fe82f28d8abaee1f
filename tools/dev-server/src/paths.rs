//! Which part of the site an address is in, as nginx decides it: decoded, with `//`, `.` and `..` resolved.

use percent_encoding::percent_decode_str;

/// The path by which a request is told apart; `None` where it leads above the root or cannot be one.
///
/// What is passed on stays as it was sent. Without this, `/backend/..%2fhealthz` would be the back end's here and the
/// proxy's in production.
pub(crate) fn normalised(path: &str) -> Option<String> {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    if !decoded.starts_with('/') || decoded.contains('\0') {
        return None;
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in decoded.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            _ => segments.push(segment),
        }
    }
    let is_folder = ["/", "/.", "/.."].iter().any(|end| decoded.ends_with(end));
    let end = if is_folder && !segments.is_empty() {
        "/"
    } else {
        ""
    };
    Some(format!("/{}{end}", segments.join("/")))
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn every_spelling_of_a_path_is_one_path() {
        for (path, expected) in [
            ("/", "/"),
            ("//", "/"),
            ("/a", "/a"),
            ("/a/", "/a/"),
            ("/a//b/./c", "/a/b/c"),
            ("/a/..", "/"),
            ("/a/b/..", "/a/"),
            ("/a/b/.", "/a/b/"),
            ("/backend/..%2fhealthz", "/healthz"),
            ("/backend/%2e%2e/healthz", "/healthz"),
            ("/%62ackend/x", "/backend/x"),
            ("/a%2Fb", "/a/b"),
            ("/%E8%8C%B6", "/茶"),
            ("/...", "/..."),
        ] {
            assert_eq!(normalised(path).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn what_leads_out_or_cannot_be_a_path_is_none() {
        for path in ["/..", "/a/../..", "/%2e%2e/x", "/a%00b", "", "*", "a/b"] {
            assert_eq!(normalised(path), None, "{path}");
        }
    }
}
