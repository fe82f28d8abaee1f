//! Whatever a page's query is, code and state leave it and everything else stays.

use wechat_login_frontend::wechat::callback::{Callback, take, without_answer};
use wechat_login_frontend::wechat::chosen_account::chosen_account;
use wechat_login_frontend::wechat::pending_login::{attempt_of, is_state};

use super::parts::text;

/// `location.search`.
pub(super) fn run(input: &[u8]) {
    let search = text(input);
    let (callback, rest) = take(&search);
    let before = pairs(&search);
    let after = pairs(&rest);
    match &callback {
        Callback::None => assert_eq!(rest, search),
        Callback::Granted { code, state } => {
            assert!(!code.is_empty() && !state.is_empty());
            // WeChat's pairs stand last, so what a page's own link says before them decides nothing.
            assert_eq!(last(&before, "code"), Some(code.as_str()));
            assert_eq!(last(&before, "state"), Some(state.as_str()));
            let mut others = without_last(&without_last(&before, "code"), "state");
            // An empty pair alone needs no question mark.
            others.retain(|pair| !rest.is_empty() || *pair != ("", "", ""));
            assert_eq!(after, others);
        }
        Callback::Refused { state } => {
            assert!(is_state(state) && (0..=9).contains(&attempt_of(state)));
            assert!(last(&before, "code").unwrap_or_default().is_empty());
            assert_eq!(last(&before, "state"), Some(state.as_str()));
        }
    }
    assert!(rest.is_empty() || rest.starts_with('?') || callback == Callback::None);

    // What goes to WeChat in redirect_uri comes back with WeChat's own pairs behind it.
    let sent = without_answer(&search);
    assert_eq!(without_answer(&sent), sent);
    let joint = if sent.is_empty() { '?' } else { '&' };
    let (callback, rest) = take(&format!("{sent}{joint}code=CODE&state=STATE"));
    let expected = Callback::Granted {
        code: "CODE".to_owned(),
        state: "STATE".to_owned(),
    };
    assert_eq!(callback, expected);
    assert_eq!(rest, sent);

    if let Some(name) = chosen_account(&search) {
        assert!(!name.is_empty() && !name.contains('&'));
    }
}

/// Name and value, and the pair as it stands.
type Pair<'a> = (&'a str, &'a str, &'a str);

fn pairs(search: &str) -> Vec<Pair<'_>> {
    let query = search.strip_prefix('?').unwrap_or(search);
    let split = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => (name, value, pair),
        None => (pair, "", pair),
    });
    // Of nothing at all, split makes one empty pair.
    split.filter(|_| !query.is_empty()).collect()
}

fn last<'a>(pairs: &[Pair<'a>], name: &str) -> Option<&'a str> {
    let found = pairs.iter().rev().find(|(key, _, _)| *key == name);
    found.map(|(_, value, _)| *value)
}

fn without_last<'a>(pairs: &[Pair<'a>], name: &str) -> Vec<Pair<'a>> {
    let at = pairs.iter().rposition(|(key, _, _)| *key == name);
    let others = pairs
        .iter()
        .enumerate()
        .filter(|(index, _)| Some(*index) != at);
    others.map(|(_, pair)| *pair).collect()
}
