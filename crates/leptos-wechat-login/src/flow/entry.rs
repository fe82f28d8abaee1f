//! What a page load means: the one decision from which everything else follows.

use api_types::LoginState;

use super::callback::Callback;
use super::pending_login::{AUTOMATIC_ATTEMPTS, MOST_UNANSWERED, PendingLogin};

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
pub struct Facts {
    /// Who is here already.
    pub visitor: Visitor,
    /// Something on this page needs to know who the user is.
    pub login_required: bool,
    /// The user signed out in this tab and has not asked to come back.
    pub signed_out: bool,
    /// What the address brought.
    pub callback: Callback,
    /// This browser's record for the callback's state, if it has one.
    pub pending: Option<PendingLogin>,
    /// Records of silent logins that began in the last ten minutes and have not come back, counted in both storages.
    pub unanswered: usize,
    /// Authorization can work in this browser.
    pub can_authorize: bool,
    /// Milliseconds since 1970-01-01 UTC.
    pub now: u64,
}

/// What to do next.
#[derive(PartialEq, Eq)]
pub enum Entry {
    /// Show who is signed in.
    SignedIn,
    /// Send the code, with the verifier of this record, to the proxy.
    Exchange(PendingLogin),
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

/// Decides; see the steps of the login in `docs/architecture.md`.
///
/// A code without a matching record is never sent to anyone: it may be somebody else's, put into a link.
pub fn decide(facts: Facts) -> Entry {
    let pending = facts.pending.filter(|login| login.is_recent(facts.now));
    let attempts_made = match (facts.callback, pending) {
        (Callback::Granted { code, state }, Some(mut login)) if login.state == state => {
            login.bind(code);
            return Entry::Exchange(login);
        }
        (Callback::Refused { .. }, Some(_)) if facts.visitor == Visitor::Nobody => {
            return Entry::Refused;
        }
        // Nobody here was asked, or this browser has forgotten it. What came back late is the first one again, or two
        // attempts that are told to be too many could lie further apart than ten minutes.
        (Callback::Granted { state, .. } | Callback::Refused { state }, _) => {
            let later = facts.now.saturating_add(LoginState::LIFETIME_MS / 2);
            LoginState::read(&state)
                .filter(|state| state.is_recent(later))
                .map_or(0, |state| state.attempt)
        }
        (Callback::None, _) => 0,
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
    use super::super::pending_login::tests::pending;
    use super::*;

    fn opened() -> Facts {
        Facts {
            visitor: Visitor::Nobody,
            login_required: true,
            signed_out: false,
            callback: Callback::None,
            pending: None,
            unanswered: 0,
            can_authorize: true,
            now: 2_000,
        }
    }

    fn returned(login: &PendingLogin, code: &str) -> Facts {
        Facts {
            callback: Callback::Granted {
                code: code.into(),
                state: login.state.clone(),
            },
            pending: Some(login.clone()),
            ..opened()
        }
    }

    /// The codes that are sent, in their order.
    fn exchanged(facts: Facts) -> Vec<String> {
        let Entry::Exchange(login) = decide(facts) else {
            panic!("not exchanged");
        };
        login.code.into_iter().chain(login.second_code).collect()
    }

    #[test]
    fn a_first_visit_begins_a_login() {
        assert!(decide(opened()) == Entry::Begin { attempt: 1 });
    }

    #[test]
    fn a_session_is_enough() {
        assert!(
            decide(Facts {
                visitor: Visitor::User,
                ..opened()
            }) == Entry::SignedIn
        );
    }

    #[test]
    fn a_code_is_exchanged_by_the_browser_that_waits_for_it_also_with_a_session() {
        let login = pending(1);
        for visitor in [Visitor::Nobody, Visitor::Snapshot, Visitor::User] {
            let facts = Facts {
                visitor,
                ..returned(&login, "C")
            };
            assert_eq!(exchanged(facts), ["C"]);
        }
    }

    #[test]
    fn a_second_code_is_for_when_the_first_brings_nobody_in() {
        let mut login = pending(1);
        login.bind("C".into());
        assert_eq!(exchanged(returned(&login, "C")), ["C"]);
        assert_eq!(exchanged(returned(&login, "D")), ["C", "D"]);
    }

    #[test]
    fn a_code_nobody_here_waits_for_is_dropped_and_the_attempts_are_counted_from_its_state() {
        let stranger = |attempt| Facts {
            pending: None,
            ..returned(&pending(attempt), "C")
        };
        assert!(decide(stranger(1)) == Entry::Begin { attempt: 2 });
        assert!(decide(stranger(2)) == Entry::GaveUp);
        assert!(decide(stranger(9)) == Entry::GaveUp);
        assert!(
            decide(Facts {
                visitor: Visitor::User,
                ..stranger(1)
            }) == Entry::SignedIn
        );
    }

    #[test]
    fn an_expired_record_is_none() {
        let late = Facts {
            now: 1_000 + LoginState::LIFETIME_MS,
            ..returned(&pending(1), "C")
        };
        assert!(decide(late) == Entry::Begin { attempt: 1 });
    }

    #[test]
    fn two_attempts_that_are_too_many_lie_within_ten_minutes() {
        let came_back = |attempt, after| {
            decide(Facts {
                pending: None,
                now: 1_000 + after,
                ..returned(&pending(attempt), "C")
            })
        };
        let half = LoginState::LIFETIME_MS / 2;
        assert!(came_back(1, half - 1) == Entry::Begin { attempt: 2 });
        assert!(came_back(2, half - 1) == Entry::GaveUp);
        for attempt in [1, 2] {
            assert!(came_back(attempt, half) == Entry::Begin { attempt: 1 });
        }
    }

    #[test]
    fn where_nothing_comes_back_for_what_is_remembered_the_loop_ends() {
        let opened = |unanswered| Facts {
            unanswered,
            ..opened()
        };
        assert!(decide(opened(MOST_UNANSWERED - 1)) == Entry::Begin { attempt: 1 });
        assert!(decide(opened(MOST_UNANSWERED)) == Entry::Unanswered);
        // An answer is one, and who is here needs none.
        let answered = Facts {
            unanswered: MOST_UNANSWERED,
            ..returned(&pending(1), "C")
        };
        assert_eq!(exchanged(answered), ["C"]);
        let signed_in = Facts {
            visitor: Visitor::User,
            ..opened(MOST_UNANSWERED)
        };
        assert!(decide(signed_in) == Entry::SignedIn);
    }

    #[test]
    fn a_refusal_starts_nothing_and_ends_no_session() {
        let login = pending(1);
        let refused = || Facts {
            callback: Callback::Refused {
                state: login.state.clone(),
            },
            pending: Some(login.clone()),
            ..opened()
        };
        assert!(decide(refused()) == Entry::Refused);
        assert!(
            decide(Facts {
                visitor: Visitor::User,
                ..refused()
            }) == Entry::SignedIn
        );
    }

    #[test]
    fn a_refusal_nobody_here_was_asked_for_is_an_attempt_like_any_other() {
        let foreign = |attempt| Facts {
            callback: Callback::Refused {
                state: pending(attempt).state,
            },
            ..opened()
        };
        assert!(decide(foreign(1)) == Entry::Begin { attempt: 2 });
        assert!(decide(foreign(2)) == Entry::GaveUp);
    }

    #[test]
    fn outside_wechat_nothing_is_started() {
        assert!(
            decide(Facts {
                can_authorize: false,
                ..opened()
            }) == Entry::OpenInWechat
        );
    }

    #[test]
    fn who_signed_out_stays_out_until_a_tap() {
        assert!(
            decide(Facts {
                signed_out: true,
                ..opened()
            }) == Entry::SignedOut
        );
    }

    #[test]
    fn a_snapshot_user_stays_a_guest_until_a_real_code_arrives() {
        let snapshot = || Facts {
            visitor: Visitor::Snapshot,
            ..opened()
        };
        assert!(decide(snapshot()) == Entry::Snapshot);
        let login = pending(1);
        let real = Facts {
            visitor: Visitor::Snapshot,
            ..returned(&login, "C")
        };
        assert_eq!(exchanged(real), ["C"]);
    }

    #[test]
    fn a_page_for_everybody_starts_nothing_but_finishes_what_was_started() {
        let public = |facts| Facts {
            login_required: false,
            ..facts
        };
        assert!(decide(public(opened())) == Entry::NotNeeded);
        let login = pending(1);
        assert_eq!(exchanged(public(returned(&login, "C"))), ["C"]);
    }
}
