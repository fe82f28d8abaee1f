//! What a page load means: the one decision from which everything else follows.

use crate::LoginState;
use crate::callback::Callback;
use crate::pending_login::{AUTOMATIC_ATTEMPTS, MOST_UNANSWERED, PendingLogin};

/// Who the proxy's answer says is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    /// Nobody, or somebody under another account than the one this page is for.
    Nobody,
    /// A virtual user of WeChat's snapshot mode.
    Snapshot,
    /// A user.
    User,
}

/// What is known when the page has loaded.
pub struct Facts<T> {
    /// Who is here already.
    pub visitor: Visitor,
    /// Something on this page needs to know who the user is.
    pub login_required: bool,
    /// The user signed out in this tab and has not asked to come back.
    pub signed_out: bool,
    /// What the address brought.
    pub callback: Callback<T>,
    /// This browser's record for the callback's state, if it has one.
    pub pending: Option<PendingLogin<T>>,
    /// Records of silent logins that began in the last ten minutes and have not come back, counted in both storages.
    pub unanswered: usize,
    /// Authorization can work in this browser.
    pub can_authorize: bool,
    /// This page [is elsewhere](crate::public_page::elsewhere) than WeChat knows it.
    pub is_elsewhere: bool,
    /// Milliseconds since 1970-01-01 UTC.
    pub now: u64,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Open this page under `public_url`, in the place of this one.
    Move,
    /// Show who is signed in.
    SignedIn,
    /// Send the code to the proxy: see [`to_exchange`].
    Exchange,
    /// The user said no; ask again only after a tap.
    Refused,
    /// The user signed out; ask again only after a tap.
    SignedOut,
    /// A snapshot user stays one until the user taps: another silent login here would bring a virtual openid that
    /// WeChat does not mark as one.
    Snapshot,
    /// Nobody needs to know who this is.
    NotNeeded,
    /// Go to WeChat silently, as this attempt.
    Begin {
        /// 1 or 2.
        attempt: u8,
    },
    /// Two attempts came back without a record: this browser forgets, a third would loop. All that a browser without
    /// memory can know of them is what their `state` says: the second of two, each of which took less than half of the
    /// ten minutes that both have together.
    GaveUp,
    /// This browser remembers, but nothing comes back for what it remembers: one more attempt would be a loop.
    Unanswered,
    /// Ask the user to open the page in WeChat.
    OpenInWechat,
}

/// Whether the code is to be sent to the proxy, with the verifier of this record, which is bound to it then. What the proxy
/// knows makes no difference to that.
///
/// A code without a matching record is never sent to anyone: it may be somebody else's, put into a link.
pub fn to_exchange<T: AsRef<str> + PartialEq>(
    callback: Callback<T>,
    pending: Option<&mut PendingLogin<T>>,
    now: u64,
) -> bool {
    let is_waited_for = is_waited_for(&callback, pending.as_deref(), now);
    match (callback, pending) {
        (Callback::Granted { code, .. }, Some(login)) if is_waited_for => {
            login.bind(code);
            true
        }
        _ => false,
    }
}

fn is_waited_for<T: AsRef<str> + PartialEq>(
    callback: &Callback<T>,
    pending: Option<&PendingLogin<T>>,
    now: u64,
) -> bool {
    let (Callback::Granted { state, .. } | Callback::Refused { state }) = callback else {
        return false;
    };
    pending.is_some_and(|login| login.state == *state && login.is_recent(now))
}

/// Decides; see the steps of the login in `docs/en/architecture.md`.
pub fn decide<T: AsRef<str> + PartialEq>(facts: &Facts<T>) -> Entry {
    let is_waited_for = is_waited_for(&facts.callback, facts.pending.as_ref(), facts.now);
    let attempts_made = match &facts.callback {
        Callback::Granted { .. } if is_waited_for => return Entry::Exchange,
        Callback::Refused { .. } if is_waited_for && facts.visitor == Visitor::Nobody => {
            return Entry::Refused;
        }
        // What this browser waits for is of this origin alone; nothing else is.
        _ if facts.is_elsewhere && !is_waited_for => return Entry::Move,
        // Nobody here was asked, or this browser has forgotten it. What came back late is the first one again, or two
        // attempts that are told to be too many could lie further apart than ten minutes.
        Callback::Granted { state, .. } | Callback::Refused { state } => {
            let later = facts.now.saturating_add(LoginState::LIFETIME_MS / 2);
            LoginState::read(state.as_ref())
                .filter(|state| state.is_recent(later))
                .map_or(0, |state| state.attempt)
        }
        Callback::None => 0,
    };
    match facts.visitor {
        Visitor::User => return Entry::SignedIn,
        Visitor::Snapshot => return Entry::Snapshot,
        Visitor::Nobody => {}
    }
    if facts.signed_out {
        Entry::SignedOut
    } else if !facts.login_required {
        Entry::NotNeeded
    } else if !facts.can_authorize {
        Entry::OpenInWechat
    } else if attempts_made >= AUTOMATIC_ATTEMPTS {
        Entry::GaveUp
    } else if facts.unanswered >= MOST_UNANSWERED {
        Entry::Unanswered
    } else {
        Entry::Begin {
            attempt: attempts_made.saturating_add(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pending_login::tests::pending;

    /// What the address brings: nothing, or WeChat's answer to a login's such attempt.
    #[derive(Debug, Clone, Copy)]
    enum Brought {
        Nothing,
        Code(u8),
        Refusal(u8),
    }
    use Brought::{Code, Nothing, Refusal};

    /// A page load in WeChat, of somebody whose login is needed, a second after it was begun.
    fn opened(visitor: Visitor, brought: Brought, is_known: bool) -> Facts<String> {
        let login = |attempt| is_known.then(|| pending(attempt));
        let state = |attempt| pending(attempt).state;
        let (callback, pending) = match brought {
            Nothing => (Callback::None, None),
            Code(attempt) => {
                let (code, state) = ("C".to_owned(), state(attempt));
                (Callback::Granted { code, state }, login(attempt))
            }
            Refusal(attempt) => {
                let state = state(attempt);
                (Callback::Refused { state }, login(attempt))
            }
        };
        Facts {
            visitor,
            login_required: true,
            signed_out: false,
            callback,
            pending,
            unanswered: 0,
            can_authorize: true,
            is_elsewhere: false,
            now: 2_000,
        }
    }

    /// The codes that are sent, in their order.
    fn exchanged(facts: Facts<String>) -> Vec<String> {
        assert_eq!(decide(&facts), Entry::Exchange);
        let mut login = facts.pending.unwrap();
        assert!(to_exchange(facts.callback, Some(&mut login), facts.now));
        login.code.into_iter().chain(login.second_code).collect()
    }

    /// A code or a refusal that nobody here waits for is dropped, and the attempts are counted from its state; a refusal
    /// starts nothing and ends no session; a snapshot user stays a guest.
    #[test]
    fn who_is_here_and_what_was_brought_decide() {
        let begin = |attempt| Entry::Begin { attempt };
        let [known, foreign] = [true, false];
        for (visitor, brought, is_known, expected) in [
            (Visitor::Nobody, Nothing, foreign, begin(1)),
            (Visitor::User, Nothing, foreign, Entry::SignedIn),
            (Visitor::Snapshot, Nothing, foreign, Entry::Snapshot),
            (Visitor::Nobody, Code(1), foreign, begin(2)),
            (Visitor::Nobody, Code(2), foreign, Entry::GaveUp),
            (Visitor::Nobody, Code(9), foreign, Entry::GaveUp),
            (Visitor::User, Code(1), foreign, Entry::SignedIn),
            (Visitor::Nobody, Refusal(1), foreign, begin(2)),
            (Visitor::Nobody, Refusal(2), foreign, Entry::GaveUp),
            (Visitor::Nobody, Refusal(1), known, Entry::Refused),
            (Visitor::User, Refusal(1), known, Entry::SignedIn),
        ] {
            let facts = opened(visitor, brought, is_known);
            assert_eq!(
                decide(&facts),
                expected,
                "{visitor:?}, {brought:?}, {is_known}"
            );
            let mut pending = facts.pending.clone();
            assert!(!to_exchange(facts.callback, pending.as_mut(), facts.now));
            assert!(pending == facts.pending);
        }
    }

    /// Outside WeChat nothing is started; who signed out stays out until a tap; a page for everybody starts nothing; and
    /// where nothing comes back for what is remembered the loop ends.
    #[test]
    fn what_keeps_a_login_from_being_begun_keeps_no_session_and_no_code() {
        type Change = fn(&mut Facts<String>);
        let table: [(Change, Entry); 5] = [
            (|it| it.can_authorize = false, Entry::OpenInWechat),
            (|it| it.signed_out = true, Entry::SignedOut),
            (|it| it.login_required = false, Entry::NotNeeded),
            (|it| it.unanswered = MOST_UNANSWERED, Entry::Unanswered),
            (
                |it| it.unanswered = MOST_UNANSWERED - 1,
                Entry::Begin { attempt: 1 },
            ),
        ];
        for (nth, (change, expected)) in table.into_iter().enumerate() {
            let after = |visitor, brought| {
                let mut facts = opened(visitor, brought, true);
                change(&mut facts);
                facts
            };
            assert!(
                decide(&after(Visitor::Nobody, Nothing)) == expected,
                "{nth}"
            );
            assert!(decide(&after(Visitor::User, Nothing)) == Entry::SignedIn);
            assert_eq!(exchanged(after(Visitor::Nobody, Code(1))), ["C"]);
        }
    }

    #[test]
    fn a_code_is_exchanged_by_the_browser_that_waits_for_it_also_with_a_session() {
        for visitor in [Visitor::Nobody, Visitor::Snapshot, Visitor::User] {
            assert_eq!(exchanged(opened(visitor, Code(1), true)), ["C"]);
        }
    }

    #[test]
    fn a_second_code_is_for_when_the_first_brings_nobody_in() {
        for (first, codes) in [("C", &["C"][..]), ("B", &["B", "C"])] {
            let mut facts = opened(Visitor::Nobody, Code(1), true);
            facts.pending.as_mut().unwrap().bind(first.into());
            assert_eq!(exchanged(facts), codes);
        }
    }

    #[test]
    fn a_page_that_is_elsewhere_moves_before_all_else_and_takes_only_what_it_waits_for() {
        let [known, foreign] = [true, false];
        for (visitor, brought, is_known, expected) in [
            (Visitor::Nobody, Nothing, foreign, Entry::Move),
            (Visitor::User, Nothing, foreign, Entry::Move),
            (Visitor::Nobody, Code(1), foreign, Entry::Move),
            (Visitor::Nobody, Refusal(2), foreign, Entry::Move),
            (Visitor::Nobody, Code(1), known, Entry::Exchange),
            (Visitor::Nobody, Refusal(1), known, Entry::Refused),
            (Visitor::User, Refusal(1), known, Entry::SignedIn),
        ] {
            let mut facts = opened(visitor, brought, is_known);
            facts.is_elsewhere = true;
            facts.signed_out = true;
            facts.login_required = false;
            assert_eq!(decide(&facts), expected, "{visitor:?}, {brought:?}");
        }
    }

    #[test]
    fn two_attempts_that_are_too_many_lie_within_ten_minutes_and_an_expired_record_is_none() {
        let half = LoginState::LIFETIME_MS / 2;
        for (attempt, is_known, after, expected) in [
            (1, false, half - 1, Entry::Begin { attempt: 2 }),
            (2, false, half - 1, Entry::GaveUp),
            (1, false, half, Entry::Begin { attempt: 1 }),
            (2, false, half, Entry::Begin { attempt: 1 }),
            (1, true, 2 * half, Entry::Begin { attempt: 1 }),
        ] {
            let mut facts = opened(Visitor::Nobody, Code(attempt), is_known);
            facts.now = 1_000 + after;
            assert!(decide(&facts) == expected, "{attempt} after {after}");
        }
    }
}
