//! Where a page is meant to be opened: under `public_url`, the address that the operator has configured, and WeChat knows.

use crate::text::{Buffer, cut, number, parts};

/// Where a tab remembers when it left for `public_url`.
pub const MOVED_KEY: &str = "wechat-login-moved";

/// How long it does not leave for there again: somebody who sends people back would have it go round for ever.
const STAYS_FOR_MS: u64 = 5 * 60 * 1000;

/// What stands before `local` (path, query and fragment) in its address under `public_url`: the origin of that, and then
/// its path, unless `local` has it already.
pub fn before<'a>(public_url: &'a str, local: &str) -> (&'a str, &'a str) {
    let mut path = Some(public_url);
    // The scheme, nothing, and the host.
    for _ in 0..3 {
        path = path.and_then(|it| cut(it, b'/').1);
    }
    let length = path.map_or(0, |it| it.len().saturating_add(1));
    let end = public_url.len().saturating_sub(length);
    let (origin, path) = public_url.split_at_checked(end).unwrap_or_default();
    let rest = parts(local).0.strip_prefix(path);
    let has_it = rest.is_some_and(|it| it.is_empty() || it.starts_with('/'));
    (origin, if has_it { "" } else { path })
}

/// What it remembers: the milliseconds since 1970-01-01 UTC.
pub fn moved_at(now: u64) -> Buffer<[u8; 13]> {
    let mut text = Buffer::new([0; 13]);
    text.push_digits(now, 1_000_000_000_000);
    text
}

/// Whether a page of this origin has to be opened under `public_url` instead. `moved_at` is [what this tab remembers](moved_at()).
pub fn is_elsewhere(public_url: &str, origin: &str, local: &str, moved_at: &str, now: u64) -> bool {
    let has_moved = number(moved_at).is_some_and(|at| now.abs_diff(at) < STAYS_FOR_MS);
    before(public_url, local) != (origin, "") && !has_moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_an_address_under_public_url() {
        let at = |path: &'static str| ["https://shop.example", path].concat();
        for (path, local, expected) in [
            ("", "/", ""),
            ("", "/orders?x=1#f", ""),
            ("", "//orders", ""),
            ("", "", ""),
            ("/h5", "/h5", ""),
            ("/h5", "/h5/", ""),
            ("/h5", "/h5?x=/", ""),
            ("/h5", "/h5#f", ""),
            ("/h5", "/h5/orders?x=1#f", ""),
            ("/h5", "/", "/h5"),
            ("/h5", "/h50", "/h5"),
            ("/h5", "/H5/", "/h5"),
            ("/h5", "/orders?x=/h5", "/h5"),
            ("/a/h5", "/a/h5/b", ""),
            ("/a/h5", "/a/b", "/a/h5"),
        ] {
            let public_url = at(path);
            let found = before(&public_url, local);
            assert_eq!(found, ("https://shop.example", expected), "{path} {local}");
        }
        assert_eq!(
            before("http://127.0.0.1:8080/h5", "/"),
            ("http://127.0.0.1:8080", "/h5")
        );
        for odd in ["", "shop", "https:", "https://", "/", "//", "///", "///h5"] {
            let (origin, path) = before(odd, "/");
            assert!(odd == [origin, path].concat() || path.is_empty(), "{odd}");
        }
    }

    #[test]
    fn another_scheme_host_port_or_path_is_elsewhere_unless_the_tab_was_sent_back() {
        let public_url = "https://shop.example/h5";
        let is_elsewhere = |origin: &str, local: &str, moved_at: &str| {
            is_elsewhere(public_url, origin, local, moved_at, 1_000_000)
        };
        assert!(!is_elsewhere("https://shop.example", "/h5/orders", ""));
        for (origin, local) in [
            ("http://shop.example", "/h5/"),
            ("https://www.shop.example", "/h5/"),
            ("https://shop.example:8443", "/h5/"),
            ("https://10.0.0.1", "/h5/"),
            ("https://shop.example", "/orders"),
            ("null", "/h5/"),
        ] {
            for (moved_at, expected) in [
                ("", true),
                ("700001", false),
                ("1000000", false),
                ("1299999", false),
                ("700000", true),
                ("1300000", true),
                ("yesterday", true),
            ] {
                assert_eq!(
                    is_elsewhere(origin, local, moved_at),
                    expected,
                    "{origin} {moved_at}"
                );
            }
        }
    }
}
