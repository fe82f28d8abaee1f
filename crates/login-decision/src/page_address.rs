//! What is an address of one of this site's pages: the one rule for the page itself, for where a login returns to, for
//! what WeChat is told and for QR codes.

use crate::LoginState;
use crate::text::{parts, split};

/// Whether a path with query and fragment, put behind the site's origin, is a page of this site for everybody.
///
/// Browsers, servers and people must read the same in it. So it is refused if it has what some of them turn into
/// another host: `//` or `/\` at its beginning, dots that may lead up to such a beginning, a backslash in the path,
/// control characters, which browsers drop before they read. Of all this, what browsers show in their address bars has
/// at most the first.
pub fn is_page(local: &str) -> bool {
    let path = parts(local).0.as_bytes();
    let (mut has_two_slashes, mut has_dots) = (false, false);
    let mut rest = path;
    while let [_, behind @ ..] = rest {
        match rest {
            [b'\\', ..] => return false,
            [b'/', b'/', ..] => has_two_slashes = true,
            // Behind them comes at least what the two slashes are.
            [b'/', b'.', _, _, ..] | [b'/', b'%', b'2', b'e' | b'E', ..] => has_dots = true,
            _ => {}
        }
        rest = behind;
    }
    path.starts_with(b"/")
        && !path.starts_with(b"//")
        && !(has_two_slashes && has_dots)
        && !local.bytes().any(|byte| byte.is_ascii_control())
}

/// Whether WeChat's answer to a login of this app, old or new, is in the query. Its code is nobody else's business.
pub fn has_login_answer(local: &str) -> bool {
    let (_, query, _) = parts(local);
    let mut states =
        split(query.unwrap_or_default(), b'&').filter_map(|it| it.strip_prefix("state="));
    states.any(|state| LoginState::read(state).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `page_address.toml`.
    #[derive(serde::Deserialize)]
    struct Cases {
        pages: Vec<String>,
        no_pages: Vec<String>,
        with_answer: Vec<String>,
        without_answer: Vec<String>,
    }

    fn cases() -> Cases {
        toml::from_str(include_str!("page_address.toml")).unwrap()
    }

    #[test]
    fn one_table_says_what_is_a_page_of_this_site() {
        let cases = cases();
        for (locals, expected) in [(cases.pages, true), (cases.no_pages, false)] {
            for local in locals {
                assert_eq!(is_page(&local), expected, "{local:?}");
            }
        }
    }

    #[test]
    fn an_answer_to_a_login_of_ours_is_seen_and_nobody_elses() {
        let state = LoginState {
            attempt: 1,
            made_at: 1_000,
        };
        let ours = state.write("abcdefghijABCDEFGHIJ01").to_string();
        let cases = cases();
        for (locals, expected) in [(cases.with_answer, true), (cases.without_answer, false)] {
            for local in locals {
                let local = local.replace("{ours}", &ours);
                assert_eq!(has_login_answer(&local), expected, "{local}");
            }
        }
    }
}
