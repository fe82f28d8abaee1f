//! What WeChat's redirect brought back in the page's query.

use super::pending_login::{PendingLogin, is_recent};
use super::return_to;

/// The outcome of an authorization as far as the address shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// What [`take`] found.
pub struct Taken {
    /// WeChat's answer; of several the last that this browser waits for, or else the last.
    pub callback: Callback,
    /// This browser's record of the login that it answers.
    pub pending: Option<PendingLogin>,
    /// What is left of the query, every other pair byte for byte as it was, with its `?`, or empty.
    pub search: String,
}

/// Takes WeChat's answers to logins of ours out of a query, all of them and nothing else.
///
/// `search` is `location.search`, with or without its `?`; `known` looks up this browser's records.
///
/// An answer is a `state` that a login of ours was given in the last ten minutes, and its code. A code must not stay in
/// the address, so this goes whether or not the browser still knows the login. Everything else is the page's own: an
/// invitation code, another provider's callback, an old link from a chat.
///
/// WeChat appends `code=…&state=…` in this order to the query of `redirect_uri`, or `state=…` alone, so the `code` right
/// before a state of ours belongs to it. A state that has none there takes the nearest one, in case somebody on the way
/// sorted, added or repeated pairs; but none that stands beside another `state`.
/// Nothing is percent-decoded: WeChat's codes and our states are letters and digits.
pub fn take(search: &str, now: u64, mut known: impl FnMut(&str) -> Option<PendingLogin>) -> Taken {
    let query = search.strip_prefix('?').unwrap_or(search);
    // What is taken is no more.
    let mut pairs: Vec<Option<&str>> = query.split('&').map(Some).collect();
    let mut callback = Callback::None;
    let mut pending = None;
    // WeChat's own stand last.
    for at in (0..pairs.len()).rev() {
        let Some(own) = value(&pairs, at, "state=").filter(|state| is_recent(state, now)) else {
            continue;
        };
        forget(&mut pairs, at);
        let code = take_code(&mut pairs, at, own).unwrap_or_default();
        if pending.is_some() {
            continue;
        }
        pending = known(own);
        if pending.is_some() || callback == Callback::None {
            let (code, state) = (code.to_owned(), own.to_owned());
            callback = if code.is_empty() {
                Callback::Refused { state }
            } else {
                Callback::Granted { code, state }
            };
        }
    }
    let rest: Vec<&str> = pairs.into_iter().flatten().collect();
    let search = match rest.join("&") {
        _ if callback == Callback::None => search.to_owned(),
        rest if rest.is_empty() => rest,
        rest => format!("?{rest}"),
    };
    Taken {
        callback,
        pending,
        search,
    }
}

/// The code that belongs to this state, which stood at this place.
fn take_code<'a>(pairs: &mut [Option<&'a str>], at: usize, own: &str) -> Option<&'a str> {
    for steps in 1..pairs.len() {
        for place in [at.wrapping_sub(steps), at.wrapping_add(steps)] {
            let [before, behind] = [place.wrapping_sub(1), place.wrapping_add(1)];
            let is_beside_a_state = || {
                [before, behind]
                    .iter()
                    .any(|place| value(pairs, *place, "state=").is_some_and(|it| it != own))
            };
            let code = value(pairs, place, "code=");
            if code.is_some() && (behind == at || !is_beside_a_state()) {
                forget(pairs, place);
                return code;
            }
        }
    }
    None
}

fn value<'a>(pairs: &[Option<&'a str>], at: usize, name: &str) -> Option<&'a str> {
    (*pairs.get(at)?)?.strip_prefix(name)
}

fn forget(pairs: &mut [Option<&str>], at: usize) {
    if let Some(pair) = pairs.get_mut(at) {
        *pair = None;
    }
}

/// Where WeChat sends its answer, for a page `local` (path, query and fragment) of the site at `origin`: that page, but
/// without its fragment, and without pairs of its query that could be taken for the answer. These are nobody's business
/// at WeChat, another provider's code above all (Alipay's is `auth_code`); the login's record brings them back.
pub fn redirect_uri(origin: &str, local: &str) -> String {
    let page = return_to::sanitize(local).split('#').next();
    let page = page.unwrap_or_default();
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let pairs = query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !matches!(name, "" | "code" | "state") && !name.ends_with("_code")
    });
    let pairs: Vec<&str> = pairs.collect();
    let joint = if pairs.is_empty() { "" } else { "?" };
    format!("{origin}{path}{joint}{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use api_types::LoginState;

    use super::super::pending_login::tests::{pending, pending_at};
    use super::*;

    /// The last moment of a login that began at 1,000.
    const NOW: u64 = 600_999;

    /// `callback.toml`: what stands in the address, and what becomes of it.
    #[derive(Debug, serde::Deserialize)]
    struct Cases {
        granted: Vec<[String; 4]>,
        refused: Vec<[String; 3]>,
        foreign: Vec<String>,
        redirect_uri: Vec<[String; 2]>,
    }

    fn cases() -> Cases {
        toml::from_str(include_str!("callback.toml")).unwrap()
    }

    /// Takes in a browser that knows no login.
    fn take_unknown(search: &str) -> (Callback, String) {
        let taken = take(search, NOW, |_| None);
        (taken.callback, taken.search)
    }

    #[test]
    fn an_answer_of_ours_goes_wherever_it_stands_and_the_rest_stays_to_the_byte() {
        let [s, t] = [pending(1).state, pending(2).state];
        let fill = |text: &str| text.replace("{s}", &s).replace("{t}", &t);
        let cases = cases();
        for [search, code, state, rest] in cases.granted {
            let (code, state) = (code, fill(&state));
            let expected = (Callback::Granted { code, state }, rest);
            assert_eq!(take_unknown(&fill(&search)), expected, "{search}");
        }
        for [search, state, rest] in cases.refused {
            let state = fill(&state);
            let expected = (Callback::Refused { state }, rest);
            assert_eq!(take_unknown(&fill(&search)), expected, "{search}");
        }
    }

    #[test]
    fn what_is_not_ours_or_too_old_stays_as_it_is() {
        let old = pending_at(NOW - LoginState::LIFETIME_MS, 1).state;
        let early = pending_at(NOW + 61_000, 1).state;
        for search in cases().foreign {
            let search = search.replace("{old}", &old).replace("{early}", &early);
            let expected = (Callback::None, search.clone());
            assert_eq!(take_unknown(&search), expected);
        }
    }

    #[test]
    fn of_several_answers_the_one_that_is_waited_for_counts() {
        let [waited_for, other] = [pending(1), pending(2)];
        let search = format!(
            "?code=A&state={}&code=B&state={}",
            waited_for.state, other.state
        );
        let known = |state: &str| (state == waited_for.state).then(|| waited_for.clone());
        let taken = take(&search, NOW, known);
        let (code, state) = ("A".to_owned(), waited_for.state.clone());
        assert_eq!(taken.callback, Callback::Granted { code, state });
        assert!(taken.pending == Some(waited_for));
        assert_eq!(taken.search, "");
    }

    #[test]
    fn wechat_is_told_a_page_of_this_site_and_nothing_that_looks_like_an_answer() {
        for [local, expected] in cases().redirect_uri {
            let expected = format!("https://shop.example{expected}");
            assert_eq!(redirect_uri("https://shop.example", &local), expected);
        }
    }
}
