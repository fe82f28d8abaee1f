//! Whatever a page's query is, the answers to logins of ours leave it and everything else stays.

use api_types::LoginState;
use leptos_wechat_login::flow::callback::{Callback, redirect_uri, take};
use leptos_wechat_login::flow::chosen_account::chosen_account;

use super::parts::text;

/// When all of this happens; the states in the corpus are of a second before.
const NOW: u64 = 2_000;

const SITE: &str = "https://shop.example";

/// `location.search`.
pub(super) fn run(input: &[u8]) {
    let search = text(input);
    let taken = take(&search, NOW, |_| None);
    assert!(taken.pending.is_none());
    let (before, after) = (pairs(&search), pairs(&taken.search));
    let ours = before.iter().filter(|pair| is_ours(pair)).count();
    assert!(!after.iter().any(|pair| is_ours(pair)), "one stayed");
    // Nothing but ours goes, each with one code at most, and what stays keeps its order and its bytes.
    let mut gone = before.clone();
    for pair in &after {
        let at = gone.iter().position(|it| it == pair).unwrap();
        gone.remove(at);
    }
    gone.retain(|pair| !pair.is_empty());
    let codes = gone.iter().filter(|it| it.starts_with("code=")).count();
    assert!(codes <= ours && gone.len() == ours + codes, "{gone:?}");
    let mut rest = before.iter();
    assert!(after.iter().all(|pair| rest.any(|it| it == pair)));
    match &taken.callback {
        Callback::None => assert!(ours == 0 && taken.search == search),
        Callback::Granted { code, state } => {
            assert!(!code.is_empty() && gone.contains(&format!("code={code}").as_str()));
            assert!(gone.contains(&format!("state={state}").as_str()));
        }
        Callback::Refused { state } => {
            assert!(gone.contains(&format!("state={state}").as_str()));
        }
    }
    assert!(ours == 0 || taken.search.is_empty() || taken.search.starts_with('?'));
    // Once is enough.
    let again = take(&taken.search, NOW, |_| None);
    assert!(again.callback == Callback::None && again.search == taken.search);

    // What goes to WeChat in redirect_uri comes back with WeChat's own pairs behind it.
    let sent = redirect_uri(SITE, &format!("/{}", search.replace('#', "")));
    let local = sent.strip_prefix(SITE).unwrap();
    assert_eq!(redirect_uri(SITE, local), sent);
    let (path, query) = local.split_once('?').unwrap_or((local, ""));
    assert!(path.starts_with('/'));
    let joint = if query.is_empty() { "" } else { "&" };
    let login = LoginState {
        attempt: 1,
        made_at: NOW,
    };
    let state = login.write("abcdefghijABCDEFGHIJ01");
    let back = take(
        &format!("?{query}{joint}code=CODE&state={state}"),
        NOW,
        |_| None,
    );
    let code = "CODE".to_owned();
    assert_eq!(back.callback, Callback::Granted { code, state });
    assert_eq!(back.search.strip_prefix('?').unwrap_or_default(), query);

    if let Some(name) = chosen_account(&search) {
        assert!(!name.is_empty() && !name.contains(['&', '#']));
    }
}

fn pairs(search: &str) -> Vec<&str> {
    let query = search.strip_prefix('?').unwrap_or(search);
    // Of nothing at all, split makes one empty pair.
    query.split('&').filter(|_| !query.is_empty()).collect()
}

fn is_ours(pair: &str) -> bool {
    let state = pair.strip_prefix("state=").and_then(LoginState::read);
    state.is_some_and(|state| state.is_recent(NOW))
}
