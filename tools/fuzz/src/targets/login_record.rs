//! What the browser's storage holds is anybody's to change; what is read from it leads nowhere else.

use leptos_wechat_login::flow::pending_login::PendingLogin;
use leptos_wechat_login::flow::return_to;
use reqwest::Url;

use super::parts::{lines, text};

/// Lines: the state it is stored under, then the record.
pub(super) fn run(input: &[u8]) {
    let input = text(input);
    let [state, record] = lines(&input);
    let Some(login) = PendingLogin::decode(state, record) else {
        return;
    };
    assert_eq!(login.state, state);
    assert!(
        login.verifier.len() == 32 && login.verifier.bytes().all(|it| it.is_ascii_alphanumeric())
    );
    assert_eq!(return_to::sanitize(&login.return_to), login.return_to);
    let site = Url::parse("https://shop.example").unwrap();
    assert_eq!(site.join(&login.return_to).unwrap().origin(), site.origin());
    assert_ne!(login.code.as_deref(), Some(""));
    // Read, written and read again is the same record.
    assert!(PendingLogin::decode(state, &login.encode()) == Some(login.clone()));
    // Bound to one code; another one is for afterwards.
    let mut bound = login;
    let first = bound.code.clone().unwrap_or_else(|| "FIRST".to_owned());
    let other = format!("{first}x");
    bound.bind(first.clone());
    assert_eq!(bound.second_code, None);
    bound.bind(other.clone());
    assert_eq!((bound.code, bound.second_code), (Some(first), Some(other)));
}
