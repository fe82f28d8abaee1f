//! What a failed exchange means.

use api_types::Scope;

use super::pending_login::AUTOMATIC_ATTEMPTS;

/// What to do after a code brought no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Go on with the session that is there.
    Stay {
        /// Say that name and picture could not be had; only to a user who was asked for them.
        with_notice: bool,
    },
    /// Begin once more, silently, as this attempt.
    Restart {
        /// 2 or more.
        attempt: u8,
    },
    /// Say what happened.
    Fail,
}

/// Decides: a failed exchange never ends a session, and a spent code is worth one more silent try.
///
/// `attempt` is the one that failed. A QR code is never restarted: the browser that shows one is a computer's, which
/// WeChat's silent login turns away.
pub fn after_failure(is_spent: bool, scope: Scope, attempt: u8, has_session: bool) -> Recovery {
    if has_session {
        Recovery::Stay {
            with_notice: scope == Scope::Userinfo,
        }
    } else if is_spent && scope != Scope::Login && attempt < AUTOMATIC_ATTEMPTS {
        Recovery::Restart {
            attempt: attempt.saturating_add(1),
        }
    } else {
        Recovery::Fail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_survives_and_only_who_was_asked_for_the_profile_hears_of_it() {
        for is_spent in [true, false] {
            for (scope, with_notice) in [
                (Scope::Base, false),
                (Scope::Userinfo, true),
                (Scope::Login, false),
            ] {
                let recovery = after_failure(is_spent, scope, 1, true);
                assert_eq!(recovery, Recovery::Stay { with_notice });
            }
        }
    }

    #[test]
    fn a_spent_code_begins_once_more_and_everything_else_is_said() {
        let table = [
            (true, Scope::Base, 1, Recovery::Restart { attempt: 2 }),
            (true, Scope::Userinfo, 1, Recovery::Restart { attempt: 2 }),
            (true, Scope::Base, 2, Recovery::Fail),
            (true, Scope::Base, 9, Recovery::Fail),
            (true, Scope::Login, 1, Recovery::Fail),
            (false, Scope::Base, 1, Recovery::Fail),
            (false, Scope::Userinfo, 1, Recovery::Fail),
        ];
        for (is_spent, scope, attempt, expected) in table {
            let recovery = after_failure(is_spent, scope, attempt, false);
            assert_eq!(recovery, expected, "{is_spent} {scope:?} {attempt}");
        }
    }
}
