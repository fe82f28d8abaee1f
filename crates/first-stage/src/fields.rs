//! Texts of several fields.

use core::fmt::Write as _;

use login_decision::Buffer;
use login_decision::pending_login::{KEY_PREFIX, PendingLogin};
use login_decision::text::{Split, split, utf8};

/// What stands between two fields.
const BETWEEN: u8 = 1;

/// Where an answer is written.
pub(crate) type Output<'a> = Buffer<&'a mut [u8]>;

/// Begins the next field of an answer.
pub(crate) fn next(out: &mut Output<'_>) {
    let _ = out.write_str("\u{1}");
}

/// The fields of an input.
pub(crate) fn fields(input: &[u8]) -> Option<Split<'_>> {
    let input = utf8(input)?;
    Some(split(input, BETWEEN))
}

/// Two fields each to the end of the input: what the browser has stored, keys and texts.
#[derive(Clone)]
pub(crate) struct Pairs<'a>(pub(crate) Split<'a>);

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }
}

impl<'a> Pairs<'a> {
    /// The first that is stored for this state.
    pub(crate) fn load(mut self, state: &'a str) -> Option<&'a str> {
        let record = self.find(|(key, text)| {
            key.strip_prefix(KEY_PREFIX).is_some_and(|it| it == state)
                && PendingLogin::decode(state, text).is_some()
        });
        record.map(|(_, text)| text)
    }

    /// How many are of silent logins that have not come back.
    pub(crate) fn unanswered(self, now: u64) -> usize {
        self.filter(|(key, text)| {
            PendingLogin::recent(key, text, now).is_some_and(|login| login.is_unanswered())
        })
        .count()
    }
}
