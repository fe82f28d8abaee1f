//! Whatever the address and the storage hold: a code goes only to the login it answers, and no loop begins.

use api_types::LoginState;
use leptos_wechat_login::flow::callback::{Callback, take};
use leptos_wechat_login::flow::entry::{Entry, Facts, Visitor, decide};
use leptos_wechat_login::flow::pending_login::{
    AUTOMATIC_ATTEMPTS, MOST_UNANSWERED, PendingLogin, is_recent,
};

use super::parts::{lines, text};

/// Lines: five letters of which each says `y` or not (user, snapshot, signed out, login required, can authorize), a `y`
/// more where too many logins have not come back, and the time; the query; the state a record is stored under; the record.
pub(super) fn run(input: &[u8]) {
    let input = text(input);
    let [switches, search, state, record] = lines(&input);
    let is_on = |at: usize| switches.as_bytes().get(at) == Some(&b'y');
    let now = switches
        .get(5..)
        .and_then(|digits| digits.trim_start_matches('y').trim().parse().ok());
    let now: u64 = now.unwrap_or(2_000);
    let visitor = match (is_on(0), is_on(1)) {
        (true, _) => Visitor::User,
        (false, true) => Visitor::Snapshot,
        (false, false) => Visitor::Nobody,
    };
    let known = |wanted: &str| {
        let record = (wanted == state).then(|| PendingLogin::decode(state, record));
        record.flatten()
    };
    let taken = take(search, now, known);
    let (callback, pending) = (taken.callback, taken.pending);
    let entry = decide(Facts {
        visitor,
        login_required: is_on(3),
        signed_out: is_on(2),
        callback: callback.clone(),
        pending: pending.clone(),
        unanswered: if is_on(5) { MOST_UNANSWERED } else { 0 },
        can_authorize: is_on(4),
        now,
    });
    match entry {
        Entry::Exchange(login) => {
            let before = pending.unwrap();
            let Callback::Granted { code, state } = callback else {
                panic!("an exchange without a code");
            };
            assert_eq!(login.state, state, "another login's code");
            assert_eq!(login.verifier, before.verifier);
            // The one that was sent before, then the one that came.
            let sent: Vec<String> = login.code.into_iter().chain(login.second_code).collect();
            let mut expected: Vec<String> = before.code.into_iter().chain([code]).collect();
            expected.dedup();
            assert_eq!(sent, expected);
            assert!(is_recent(&state, now));
        }
        Entry::Begin { attempt } => {
            assert!((1..=AUTOMATIC_ATTEMPTS).contains(&attempt), "a loop");
            assert!(visitor == Visitor::Nobody && is_on(3) && is_on(4) && !is_on(2));
            assert!(!is_on(5), "a loop of what is not answered");
        }
        Entry::SignedIn => assert!(visitor == Visitor::User),
        Entry::Snapshot => assert!(visitor == Visitor::Snapshot),
        Entry::Refused => {
            assert!(matches!(callback, Callback::Refused { .. }) && pending.is_some())
        }
        Entry::SignedOut => assert!(is_on(2)),
        Entry::NotNeeded => assert!(!is_on(3)),
        Entry::OpenInWechat => assert!(!is_on(4)),
        Entry::Unanswered => assert!(visitor == Visitor::Nobody && is_on(5)),
        Entry::GaveUp => {
            let (Callback::Granted { state, .. } | Callback::Refused { state }) = callback else {
                panic!("nothing came back");
            };
            let later = now.saturating_add(LoginState::LIFETIME_MS / 2);
            assert!(is_recent(&state, later), "two within ten minutes");
            assert!(LoginState::read(&state).unwrap().attempt >= AUTOMATIC_ATTEMPTS);
        }
    }
}
