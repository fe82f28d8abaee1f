//! Where the user goes after a login: a path of this site, never another one.

/// A page of this site, by the one rule for all addresses, or else `/`.
pub fn sanitize(path: &str) -> &str {
    if crate::is_page(path) { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::sanitize;

    #[test]
    fn pages_pass_unchanged_and_everything_else_becomes_the_start_page() {
        let page = "/orders?tab=2&q=a//b#x";
        assert_eq!(sanitize(page), page);
        for path in ["", "orders", "//evil.example", "/..//evil.example"] {
            assert_eq!(sanitize(path), "/", "{path:?}");
        }
    }
}
