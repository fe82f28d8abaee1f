//! Where a page is meant to be opened: under `public_url`, the address that the operator has configured, and WeChat knows.

use crate::pending_login::SECRETS_LENGTH;
use crate::text::{Buffer, number};

/// Where a tab remembers when it left for `public_url`.
pub const MOVED_KEY: &str = "wechat-login-moved";

/// How long it does not leave for there again: somebody who sends people back would have it go round for ever.
const STAYS_FOR_MS: u64 = 5 * 60 * 1000;

/// Scheme, host and port of an address, and its path from the slash behind them on.
pub fn origin_and_path(address: &str) -> (&str, &str) {
    let mut slashes = 0_u8;
    let is_third = |byte| {
        slashes = slashes.wrapping_add((byte == b'/').into());
        slashes == 3
    };
    let start = address.bytes().position(is_third);
    let start = start.unwrap_or(address.len());
    address.split_at_checked(start).unwrap_or_default()
}

/// What stands before `local` (path, query and fragment) in its address under `public_url`: the origin of that, and then
/// its path, unless `local` has it already.
pub fn before<'a>(public_url: &'a str, local: &str) -> (&'a str, &'a str) {
    let (origin, path) = origin_and_path(public_url);
    let rest = local.strip_prefix(path).map(|it| it.as_bytes().first());
    let has_it = matches!(rest, Some(None | Some(b'/' | b'?' | b'#')));
    (origin, if has_it { "" } else { path })
}

/// What it remembers: the milliseconds since 1970-01-01 UTC.
pub fn moved_at(now: u64) -> Buffer<[u8; SECRETS_LENGTH]> {
    // As long as another one, which is less code.
    let mut text = Buffer::new([0; SECRETS_LENGTH]);
    text.push_digits(now, 1_000_000_000_000);
    text
}

/// What stands [before] a page of this origin, if it has to be opened under `public_url` instead. `moved_at` is
/// [what this tab remembers](moved_at()).
pub fn elsewhere<'a>(
    public_url: &'a str,
    origin: &str,
    local: &str,
    moved_at: &str,
    now: u64,
) -> Option<(&'a str, &'a str)> {
    let there = before(public_url, local);
    let has_moved = number(moved_at).is_some_and(|at| now.abs_diff(at) < STAYS_FOR_MS);
    let is_there = there.1.is_empty() && there.0 == origin;
    (!is_there && !has_moved).then_some(there)
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
            elsewhere(public_url, origin, local, moved_at, 1_000_000).is_some()
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
