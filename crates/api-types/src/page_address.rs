//! What is an address of one of this site's pages: the one rule for the page itself, for where a login returns to, for
//! what WeChat is told and for QR codes.

use crate::LoginState;

/// Whether a path with query and fragment, put behind the site's origin, is a page of this site for everybody.
///
/// Browsers, servers and people must read the same in it. So it is refused if it has what some of them turn into
/// another host: `//` or `/\` at its beginning, dots that may lead up to such a beginning, a backslash in the path,
/// control characters, which browsers drop before they read. Of all this, what browsers show in their address bars has
/// at most the first.
pub fn is_page(local: &str) -> bool {
    let end = local.bytes().position(|byte| matches!(byte, b'?' | b'#'));
    let path = end.and_then(|end| local.get(..end)).unwrap_or(local);
    let path = path.as_bytes();
    let has_two_slashes = || path.windows(2).any(|it| matches!(it, [b'/', b'/']));
    // Behind them comes at least what the two slashes are.
    let has_dots = || {
        path.windows(4)
            .any(|it| matches!(it, [b'/', b'.', ..] | [b'/', b'%', b'2', b'e' | b'E']))
    };
    path.starts_with(b"/")
        && !path.starts_with(b"//")
        && !path.contains(&b'\\')
        && !(has_two_slashes() && has_dots())
        && !local.bytes().any(|byte| byte.is_ascii_control())
}

/// Whether WeChat's answer to a login of this app, old or new, is in the query. Its code is nobody else's business.
pub fn has_login_answer(local: &str) -> bool {
    let before_fragment = local.split('#').next().unwrap_or_default();
    let (_, query) = before_fragment.split_once('?').unwrap_or_default();
    let mut states = query.split('&').filter_map(|it| it.strip_prefix("state="));
    states.any(|state| LoginState::read(state).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_table_says_what_is_a_page_of_this_site() {
        for (local, expected) in [
            ("/", true),
            ("/orders?tab=2&q=a//b#x", true),
            ("/orders?tab=%E8%8C%B6&x=a+b#top", true),
            ("/茶?茶#茶", true),
            ("/orders//2", true),
            ("/@evil.example", true),
            ("/a.b/..c/.../../d", true),
            ("/.well-known/x", true),
            ("/%2f/evil.example", true),
            ("/#//evil.example", true),
            ("/?next=https://evil.example/../..", true),
            // Behind the path a backslash is a letter.
            ("/?x=a\\b#c\\d", true),
            // Invitations, and what belongs to somebody else's login.
            ("/?code=INVITE2026", true),
            ("/orders?code=OTHER&state=csrf-of-the-other&x=1#frag", true),
            ("", false),
            ("orders", false),
            ("?x=1", false),
            ("#x", false),
            ("//", false),
            ("//evil.example", false),
            ("///evil.example", false),
            ("/\\evil.example", false),
            ("/a\\b", false),
            ("\\\\evil.example", false),
            ("https://evil.example/", false),
            ("https:evil.example", false),
            ("javascript:alert(1)", false),
            ("@evil.example", false),
            (".evil.example", false),
            (" //evil.example", false),
            ("/..//evil.example", false),
            ("/.//evil.example", false),
            ("/a/%2e%2E//evil.example", false),
            ("/a/.%2e/%2E//evil.example", false),
            ("/\t/evil.example", false),
            ("\n//evil.example", false),
            ("/orders?x=\r\n", false),
            ("/\u{7f}", false),
        ] {
            assert_eq!(is_page(local), expected, "{local:?}");
        }
    }

    #[test]
    fn an_answer_to_a_login_of_ours_is_seen_and_nobody_elses() {
        let state = LoginState {
            attempt: 1,
            made_at: 1_000,
        };
        let ours = state.write("abcdefghijABCDEFGHIJ01");
        for (local, expected) in [
            (format!("/?code=C&state={ours}"), true),
            (format!("/orders?state={ours}&x=1#top"), true),
            (format!("/orders?x=1&code=C&state={ours}"), true),
            ("/?code=INVITE2026".to_owned(), false),
            ("/?code=C&state=csrf".to_owned(), false),
            ("/?state=1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned(), false),
            (format!("/?estate={ours}&x=state={ours}"), false),
            (format!("/?x=1?state={ours}"), false),
            (format!("/a&state={ours}"), false),
            (format!("/#?state={ours}"), false),
        ] {
            assert_eq!(has_login_answer(&local), expected, "{local}");
        }
    }
}
