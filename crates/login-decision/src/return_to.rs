//! Where the user goes after a login: a path of this site, never another one.

/// A page of this site, by the one rule for all addresses, or else `/`.
pub fn sanitize(path: &str) -> &str {
    if crate::is_page(path) { path } else { "/" }
}
