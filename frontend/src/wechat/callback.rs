//! What WeChat's redirect brought back in the page's query.

use super::pending_login::is_state;

/// The outcome of an authorization as far as the address shows it.
#[derive(Debug, PartialEq, Eq)]
pub enum Callback {
    /// The page was opened without one.
    None,
    /// The user (or silence) granted; `code` can be exchanged once, within five minutes.
    Granted {
        /// WeChat's one-time code.
        code: String,
        /// The `state` of the login it answers.
        state: String,
    },
    /// `state` came back without a `code`: the user refused.
    Refused {
        /// The `state` of the login it answers.
        state: String,
    },
}

/// Takes `code` and `state` out of a query, and only them.
///
/// `search` is `location.search`, with or without its `?`. The second value is what remains, every other pair byte for
/// byte as it was, with its `?`, or empty.
///
/// Together they count as WeChat's answer whatever they look like, because a code must not stay in the address.
/// Alone they may be the page's own: a `code` without `state` (an invitation code, say), because every login of ours
/// sends a state and WeChat returns it, and a `state` without `code` that does not look like one of ours.
/// Nothing is percent-decoded: WeChat's codes and our states are letters and digits.
pub fn take(search: &str) -> (Callback, String) {
    let query = search.strip_prefix('?').unwrap_or(search);
    let pairs: Vec<(&str, &str)> = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    // WeChat appends its pairs behind those that `redirect_uri` already had, so the last one of a name is its own.
    let last = |name| pairs.iter().rposition(|(key, _)| *key == name);
    let (code, state) = (last("code"), last("state"));
    let value = |position: Option<usize>| {
        let pair = position.and_then(|at| pairs.get(at));
        pair.map_or("", |(_, value)| value).to_owned()
    };

    let callback = match (value(code), value(state)) {
        (code, state) if !code.is_empty() && !state.is_empty() => Callback::Granted { code, state },
        (code, state) if code.is_empty() && is_state(&state) => Callback::Refused { state },
        _ => return (Callback::None, search.to_owned()),
    };
    let rest: Vec<&str> = query
        .split('&')
        .enumerate()
        .filter(|(at, _)| Some(*at) != code && Some(*at) != state)
        .map(|(_, pair)| pair)
        .collect();
    let rest = rest.join("&");
    (
        callback,
        if rest.is_empty() {
            rest
        } else {
            format!("?{rest}")
        },
    )
}

/// What of a page's query may go to WeChat and back in `redirect_uri`: all but pairs that could be taken for its
/// answer. With its `?`, or empty.
pub fn without_answer(search: &str) -> String {
    let pairs = search.strip_prefix('?').unwrap_or(search).split('&');
    let own: Vec<&str> = pairs
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !matches!(name, "" | "code" | "state")
        })
        .collect();
    if own.is_empty() {
        String::new()
    } else {
        format!("?{}", own.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &str = "1bcdefghijklmnopqrstuvwxyz012345";

    fn granted(code: &str, state: &str) -> Callback {
        Callback::Granted {
            code: code.into(),
            state: state.into(),
        }
    }

    #[test]
    fn real_callback_queries_are_read() {
        let table = [
            ("", Callback::None, ""),
            ("?", Callback::None, "?"),
            ("?tab=2", Callback::None, "?tab=2"),
            // A log line of a real site.
            (
                "?code=001e44d3e2972606638027b31e61a8dH&state=12fa275bac6998ba8f89a5baf13f93a0",
                granted(
                    "001e44d3e2972606638027b31e61a8dH",
                    "12fa275bac6998ba8f89a5baf13f93a0",
                ),
                "",
            ),
            // Other pairs keep their bytes, whatever they are.
            (
                "?q=%E8%8C%B6+x&code=C&a&state=S&b==1&",
                granted("C", "S"),
                "?q=%E8%8C%B6+x&a&b==1&",
            ),
            // WeChat's pair stands behind the page's own of the same name.
            (
                "?code=INVITE&code=C&state=S",
                granted("C", "S"),
                "?code=INVITE",
            ),
            // A code without state was never asked for by us.
            ("?code=INVITE", Callback::None, "?code=INVITE"),
            ("?codes=1&estate=2", Callback::None, "?codes=1&estate=2"),
            ("?state=Bavaria", Callback::None, "?state=Bavaria"),
        ];
        for (search, callback, rest) in table {
            assert_eq!(take(search), (callback, rest.to_owned()), "{search}");
        }
    }

    #[test]
    fn our_state_without_code_is_a_refusal() {
        for search in [format!("?state={STATE}"), format!("?code=&state={STATE}")] {
            let (callback, rest) = take(&search);
            assert_eq!(
                callback,
                Callback::Refused {
                    state: STATE.into()
                },
                "{search}"
            );
            assert_eq!(rest, "");
        }
    }

    #[test]
    fn nothing_that_looks_like_an_answer_is_sent_along() {
        let table = [
            ("", ""),
            ("?", ""),
            ("?account=cafe&x=a+b%26", "?account=cafe&x=a+b%26"),
            ("?code=invitation&account=cafe", "?account=cafe"),
            ("?state=open", ""),
            ("?codes=1&&state", "?codes=1"),
            // A second question mark belongs to the name.
            ("?code=1&?code=2", "??code=2"),
            ("??code=2", "??code=2"),
        ];
        for (search, sent) in table {
            assert_eq!(without_answer(search), sent, "{search}");
        }
    }
}
