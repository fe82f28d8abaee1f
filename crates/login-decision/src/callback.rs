//! What WeChat's redirect brought back in the page's query.

use core::fmt::{Result, Write};

use wechat_oauth::facts::AUTHORIZE_FRAGMENT;

use crate::pending_login::is_recent;
use crate::public_page::before;
use crate::return_to;
use crate::text::{Split, cut, parts, split};

/// The outcome of an authorization as far as the address shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callback<T> {
    /// The page was opened without one.
    None,
    /// The user (or silence) granted; `code` can be exchanged once, within five minutes.
    Granted {
        /// WeChat's one-time code.
        code: T,
        /// The `state` of the login it answers.
        state: T,
    },
    /// `state` came back without a `code`: the user refused.
    Refused {
        /// The `state` of the login it answers.
        state: T,
    },
}

impl<T> Callback<T> {
    /// The same with other texts, such as owned ones.
    pub fn map<U>(self, text: impl Fn(T) -> U) -> Callback<U> {
        match self {
            Self::None => Callback::None,
            Self::Granted { code, state } => Callback::Granted {
                code: text(code),
                state: text(state),
            },
            Self::Refused { state } => Callback::Refused { state: text(state) },
        }
    }
}

/// What an address brought.
pub struct Arrival<'a, 'p, P> {
    /// WeChat's answer; of several the last that this browser waits for, or else the last.
    pub callback: Callback<&'a str>,
    /// This browser's record of the login that it answers.
    pub pending: Option<P>,
    path: &'a str,
    /// What is left of the query.
    pairs: &'p [Option<&'a str>],
    fragment: &'a str,
}

/// The pairs of the query of an address `local` (path, query and fragment).
pub fn pairs(local: &str) -> Split<'_> {
    let (_, query, _) = parts(local);
    split(query.unwrap_or_default(), b'&')
}

/// Takes WeChat's answers to logins of ours out of an address, all of them and nothing else.
///
/// `pairs` are [`pairs()`] of `local`, all there; `known` looks up this browser's records.
///
/// An answer is a `state` that a login of ours was given in the last ten minutes, and its code. A code must not stay in
/// the address, so this goes whether or not the browser still knows the login. Everything else is the page's own: an
/// invitation code, another provider's callback, an old link from a chat.
///
/// WeChat appends `code=…&state=…` in this order to the query of `redirect_uri`, or `state=…` alone, so the `code` right
/// before a state of ours belongs to it. A state that has none there takes the nearest one, in case somebody on the way
/// sorted, added or repeated pairs; but none that stands beside another `state`.
/// Nothing is percent-decoded: WeChat's codes and our states are letters and digits.
pub fn arrive<'a, 'p, P>(
    local: &'a str,
    pairs: &'p mut [Option<&'a str>],
    now: u64,
    mut known: impl FnMut(&'a str) -> Option<P>,
) -> Arrival<'a, 'p, P> {
    let mut callback = Callback::None;
    let mut pending = None;
    // WeChat's own stand last.
    for at in (0..pairs.len()).rev() {
        let Some(own) = value(pairs, at, "state=").filter(|state| is_recent(state, now)) else {
            continue;
        };
        forget(pairs, at);
        let code = take_code(pairs, at, own).unwrap_or_default();
        if pending.is_some() {
            continue;
        }
        pending = known(own);
        if pending.is_some() || callback == Callback::None {
            callback = if code.is_empty() {
                Callback::Refused { state: own }
            } else {
                Callback::Granted { code, state: own }
            };
        }
    }
    let (path, _, fragment) = parts(local);
    Arrival {
        callback,
        pending,
        path,
        pairs,
        fragment,
    }
}

impl<P> Arrival<'_, '_, P> {
    /// Writes the address to show instead if an answer was taken out of this one: the page to which the login that is
    /// known returns, or this one with everything else to the byte as it was. Nothing if there was no answer.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_address(&self, return_to: Option<&str>, out: &mut impl Write) -> Result {
        if self.callback == Callback::None {
            return Ok(());
        }
        if let Some(page) = return_to {
            return out.write_str(page);
        }
        out.write_str(self.path)?;
        write_query(self.pairs.iter().copied().flatten(), out)?;
        // Browsers carry the authorize page's fragment over its redirect to an address that has none.
        if self.fragment == AUTHORIZE_FRAGMENT {
            return Ok(());
        }
        out.write_str(self.fragment)
    }
}

/// The code that belongs to this state, which stood at this place.
fn take_code<'a>(pairs: &mut [Option<&'a str>], at: usize, own: &str) -> Option<&'a str> {
    for steps in 1..pairs.len() {
        let before = take_code_from(pairs, at.wrapping_sub(steps), at, own);
        let code = before.or_else(|| take_code_from(pairs, at.wrapping_add(steps), at, own));
        if code.is_some() {
            return code;
        }
    }
    None
}

fn take_code_from<'a>(
    pairs: &mut [Option<&'a str>],
    place: usize,
    at: usize,
    own: &str,
) -> Option<&'a str> {
    let code = value(pairs, place, "code=")?;
    let behind = place.wrapping_add(1);
    let neighbours = &[place.wrapping_sub(1), behind];
    let is_anothers = |place: &usize| value(pairs, *place, "state=").is_some_and(|it| it != own);
    if behind != at && neighbours.iter().any(is_anothers) {
        return None;
    }
    forget(pairs, place);
    Some(code)
}

fn value<'a>(pairs: &[Option<&'a str>], at: usize, name: &str) -> Option<&'a str> {
    (*pairs.get(at)?)?.strip_prefix(name)
}

fn forget(pairs: &mut [Option<&str>], at: usize) {
    if let Some(pair) = pairs.get_mut(at) {
        *pair = None;
    }
}

/// Where WeChat sends its answer, for a page `local` (path, query and fragment): that page under `public_url`, but
/// without its fragment, and without pairs of its query that could be taken for the answer. These are nobody's business
/// at WeChat, another provider's code above all (Alipay's is `auth_code`); the login's record brings them back.
///
/// # Errors
/// Those of the writer.
pub fn write_redirect_uri(public_url: &str, local: &str, out: &mut impl Write) -> Result {
    let (path, query, _) = parts(return_to::sanitize(local));
    let (origin, prefix) = before(public_url, path);
    for part in &[origin, prefix, path] {
        out.write_str(part)?;
    }
    let pairs = split(query.unwrap_or_default(), b'&').filter(|pair| {
        let (name, _) = cut(pair, b'=');
        !matches!(name, "" | "code" | "state") && !name.ends_with("_code")
    });
    write_query(pairs, out)
}

/// Pairs with `?` before them; nothing where the query is empty.
fn write_query<'a>(pairs: impl Iterator<Item = &'a str>, out: &mut impl Write) -> Result {
    let (mut joint, mut is_first) = ("?", true);
    for pair in pairs {
        // An empty pair alone is an empty query.
        if is_first && pair.is_empty() {
            (joint, is_first) = ("?&", false);
            continue;
        }
        out.write_str(joint)?;
        out.write_str(pair)?;
        (joint, is_first) = ("&", false);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LoginState;
    use crate::pending_login::PendingLogin;
    use crate::pending_login::tests::{pending, pending_at};

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

    type Taken = (Callback<String>, Option<PendingLogin<String>>, String);

    /// Answer, record, and the address to show, which is this one if there is no answer.
    fn take(local: &str, known: impl FnMut(&str) -> Option<PendingLogin<String>>) -> Taken {
        let mut all: Vec<Option<&str>> = pairs(local).map(Some).collect();
        let arrival = arrive(local, &mut all, NOW, known);
        let mut address = String::new();
        let return_to = arrival.pending.as_ref().map(|it| it.return_to.as_str());
        arrival.write_address(return_to, &mut address).unwrap();
        let is_same = arrival.callback == Callback::None;
        assert!(!is_same || address.is_empty());
        let address = if is_same { local.to_owned() } else { address };
        (
            arrival.callback.map(str::to_owned),
            arrival.pending,
            address,
        )
    }

    /// Takes in a browser that knows no login.
    fn take_unknown(search: &str) -> (Callback<String>, String) {
        let (callback, pending, local) = take(&format!("/page{search}#top"), |_| None);
        assert!(pending.is_none());
        let rest = local.strip_prefix("/page").unwrap().strip_suffix("#top");
        (callback, rest.unwrap().to_owned())
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
        let local = format!(
            "/?code=A&state={}&code=B&state={}#wechat_redirect",
            waited_for.state, other.state
        );
        let known = |state: &str| (state == waited_for.state).then(|| waited_for.clone());
        let (callback, found, address) = take(&local, known);
        let (code, state) = ("A".to_owned(), waited_for.state.clone());
        assert_eq!(callback, Callback::Granted { code, state });
        assert_eq!(address, waited_for.return_to);
        assert!(found == Some(waited_for));
    }

    #[test]
    fn wechats_own_fragment_goes_with_an_answer_and_any_other_stays() {
        let state = pending(1).state;
        for (fragment, rest) in [("#wechat_redirect", ""), ("#top", "#top"), ("#", "#")] {
            let (_, _, address) = take(&format!("/a?code=C&state={state}{fragment}"), |_| None);
            assert_eq!(address, format!("/a{rest}"));
        }
        let alone = "/a?code=C#wechat_redirect";
        assert_eq!(take(alone, |_| None).2, alone);
    }

    #[test]
    fn wechat_is_told_a_page_of_this_site_and_nothing_that_looks_like_an_answer() {
        for [local, expected] in cases().redirect_uri {
            let expected = format!("https://shop.example{expected}");
            let mut told = String::new();
            write_redirect_uri("https://shop.example", &local, &mut told).unwrap();
            assert_eq!(told, expected);
        }
        for (local, expected) in [
            ("/h5/orders?x#f", "/h5/orders?x"),
            ("/orders", "/h5/orders"),
            ("//x", "/h5/"),
        ] {
            let mut told = String::new();
            write_redirect_uri("https://shop.example/h5", local, &mut told).unwrap();
            assert_eq!(told, format!("https://shop.example{expected}"));
        }
    }
}
