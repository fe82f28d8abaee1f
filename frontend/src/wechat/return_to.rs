//! Where the user goes after a login: a path of this site, never another one.

/// Accepts a local path with query and fragment, or falls back to `/`.
///
/// Refused are other origins and all that browsers turn into one: `//host`, `/\host`, `https:…`, and control
/// characters, which they drop silently before reading the address.
pub fn sanitize(path: &str) -> &str {
    let behind = path.strip_prefix('/');
    let local = behind.is_some_and(|behind| !behind.starts_with(['/', '\\']))
        && !path.chars().any(char::is_control);
    if local { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::sanitize;

    #[test]
    fn local_paths_pass_unchanged() {
        for path in ["/", "/orders?tab=2&q=a//b#x", "/茶", "/a\\b"] {
            assert_eq!(sanitize(path), path);
        }
    }

    #[test]
    fn everything_that_leads_elsewhere_becomes_the_start_page() {
        for path in [
            "",
            "orders",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/\t/evil.example",
            "\n//evil.example",
            " //evil.example",
        ] {
            assert_eq!(sanitize(path), "/", "{path:?}");
        }
    }
}
