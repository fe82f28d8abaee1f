//! What of `Cookie` and `Authorization` is a back end's business: neither the session, nor the cookie of a login by a
//! phone, nor a token. The rules are the four `map` of `docs/deploy/nginx-forward-auth.conf`.

const PREFIXES: [&str; 2] = ["__Host-", "__Secure-"];
const SESSION: &str = "wechat_login=";
const SCAN: &str = "wechat_login_scan=";

/// The browser's other cookies, empty where there are none. A request with two of either of ours has none left, for no
/// honest browser sends it.
pub(crate) fn for_backend(cookies: &str) -> String {
    let without_scan = without(cookies, SCAN);
    let left = without(&without_scan, SESSION);
    if names_one_of_ours(&left) {
        String::new()
    } else {
        left
    }
}

/// Without the last cookie of this name, or the first where that begins the header.
fn without(cookies: &str, name: &str) -> String {
    let parts: Vec<&str> = cookies.split(';').collect();
    let is_it = |part: &&str| {
        let part = part.trim_start_matches(is_space);
        let bare = PREFIXES.iter().find_map(|it| part.strip_prefix(it));
        bare.unwrap_or(part).starts_with(name)
    };
    let first = parts.first().filter(|part| is_it(part)).map(|_| 0);
    let Some(found) = first.or_else(|| parts.iter().rposition(is_it)) else {
        return cookies.to_owned();
    };
    let others = parts.iter().enumerate().filter(|(at, _)| *at != found);
    let left: Vec<&str> = others.map(|(_, part)| *part).collect();
    let left = left.join(";");
    if found == 0 {
        left.trim_start_matches(is_space).to_owned()
    } else {
        left
    }
}

/// Whether a cookie of ours is left, however it is separated from what stands before it.
fn names_one_of_ours(cookies: &str) -> bool {
    [SESSION, SCAN].iter().any(|name| {
        cookies.match_indices(name).any(|(at, _)| {
            let before = cookies.get(..at).unwrap_or_default();
            let bare = PREFIXES.iter().find_map(|it| before.strip_suffix(it));
            let is_of_a_name = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
            [Some(before), bare]
                .into_iter()
                .flatten()
                .any(|before| !before.ends_with(is_of_a_name))
        })
    })
}

/// Whether this value of `Authorization` is a token, `Bearer …`; other schemes are the back end's.
pub(crate) fn is_token(authorization: &str) -> bool {
    let scheme = authorization.split(' ').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("bearer")
}

/// What nginx's regular expressions take for white space.
fn is_space(it: char) -> bool {
    matches!(it, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

#[cfg(test)]
mod tests {
    use super::*;

    // All that the samples do with cookies is in the proxy's tests, which run through both.
    #[test]
    fn ours_go_and_others_stay() {
        for (cookies, expected) in [
            ("", ""),
            ("wechat_login=s", ""),
            ("a=1; __Host-wechat_login=s; b=2", "a=1; b=2"),
            ("__Secure-wechat_login_scan=s; a=1;wechat_login=s", "a=1"),
            (
                "my_wechat_login=1; wechat_login_hint=2",
                "my_wechat_login=1; wechat_login_hint=2",
            ),
            ("x-wechat_login=1", "x-wechat_login=1"),
            ("wechat_login=1; wechat_login=2; a=1", ""),
            ("a=1;\u{3000}wechat_login=1", ""),
            ("wechat_login", "wechat_login"),
        ] {
            assert_eq!(for_backend(cookies), expected, "{cookies}");
        }
    }

    #[test]
    fn tokens_are_told_from_other_schemes() {
        for (value, expected) in [
            ("Bearer x", true),
            ("bearer", true),
            ("BEARER ", true),
            ("Bearers x", false),
            ("Basic Bearer", false),
            ("", false),
        ] {
            assert_eq!(is_token(value), expected, "{value}");
        }
    }
}
