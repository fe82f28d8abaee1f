//! The `state` of a login: the text that goes to WeChat and comes back beside the code.

use core::fmt::Write as _;

use crate::text::{Buffer, Bytes, number};

/// What every `state` of this app begins with; no hexadecimal text does.
const PREFIX: &str = "wl";

/// Digits of the time; enough until the year 2286.
const TIME_DIGITS: usize = 13;

/// The last moment of them.
const LAST_MS: u64 = 9_999_999_999_999;

/// Letters and digits of chance: 130 bits, which nobody guesses.
const NONCE_LENGTH: usize = 22;

/// Prefix, attempt, time and chance; behind them stands a check of ten digits.
const BODY_LENGTH: usize = PREFIX.len() + 1 + TIME_DIGITS + NONCE_LENGTH;

/// All of it.
const LENGTH: usize = BODY_LENGTH + 10;

/// How far ahead a `state` may be of the clock that it was made by: clocks of phones are set back a little now and then.
const SKEW_MS: u64 = 60 * 1000;

/// What a `state` of this app says: `wl1` `1790000000000` `<22 letters and digits>` `<10 digits>`.
///
/// A form that nothing else has by accident, and not a secret: of all texts of this length and these characters not one
/// in 2⁸⁰ has it, and md5 sums, UUIDs, base64 and 32 letters and digits are of another length. Whoever wants to can make
/// one; what a login trusts is the record that the browser keeps under it. WeChat allows 128 of `A-Za-z0-9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginState {
    /// 1 for the first automatic attempt and for every tap of the user; one digit.
    pub attempt: u8,
    /// When the login began by the browser's clock, in milliseconds since 1970-01-01 UTC.
    pub made_at: u64,
}

/// What [`LoginState::write`] writes.
pub type StateText = Buffer<[u8; LENGTH]>;

impl LoginState {
    /// How long WeChat may take to come back, in milliseconds.
    pub const LIFETIME_MS: u64 = 10 * 60 * 1000;

    /// Characters of `nonce` in [`write`](Self::write).
    pub const NONCE_LENGTH: usize = NONCE_LENGTH;

    /// Characters of the whole.
    pub(crate) const LENGTH: usize = LENGTH;

    /// The text, with `nonce` of letters and digits in it.
    pub fn write(self, nonce: &str) -> StateText {
        let mut text = Buffer::new([0; LENGTH]);
        self.write_start(&mut text);
        let _ = text.write_str(nonce);
        write_check(&mut text);
        text
    }

    /// What stands before the nonce.
    pub(crate) fn write_start<B: Bytes>(self, text: &mut Buffer<B>) {
        let _ = text.write_str(PREFIX);
        text.push(b'0'.wrapping_add(self.attempt));
        text.push_digits(self.made_at.min(LAST_MS), 1_000_000_000_000);
    }

    /// Reads what [`write`](Self::write) wrote; nothing else can be read.
    pub fn read(state: &str) -> Option<Self> {
        let (body, check_digits) = state.split_at_checked(BODY_LENGTH)?;
        let (start, rest) = body.split_at_checked(const { PREFIX.len() + 1 })?;
        let attempt = start.strip_prefix(PREFIX)?.bytes().next()?;
        let attempt = attempt.wrapping_sub(b'0');
        let made_at = number(rest.get(..TIME_DIGITS)?)?;
        let is_whole = matches!(attempt, 1..=9)
            && state.len() == LENGTH
            && number(check_digits) == Some(check(body.as_bytes()));
        is_whole.then_some(Self { attempt, made_at })
    }

    /// Whether the login is still waited for. One from the future is not: its clock was not this one.
    pub fn is_recent(self, now: u64) -> bool {
        let Self { made_at, .. } = self;
        made_at <= now.saturating_add(SKEW_MS) && now < made_at.saturating_add(Self::LIFETIME_MS)
    }
}

/// What stands behind the nonce, for all that was written before.
pub(crate) fn write_check<B: Bytes>(text: &mut Buffer<B>) {
    let check = check(text.bytes());
    text.push_digits(check, 1_000_000_000);
}

/// The check of a text: FNV-1a, which a text that was altered or cut on the way does not fit.
fn check(body: &[u8]) -> u64 {
    let check = body.iter().fold(0x811c_9dc5_u32, |sum, byte| {
        (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    check.into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const NONCE: &str = "abcdefghijABCDEFGHIJ01";

    fn state(attempt: u8, made_at: u64) -> String {
        LoginState { attempt, made_at }.write(NONCE).to_string()
    }

    #[test]
    fn what_is_written_is_read_and_wechat_alters_nothing_of_it() {
        for (attempt, made_at) in [(1, 1_790_000_000_000), (2, 0), (9, 9_999_999_999_999)] {
            let state = state(attempt, made_at);
            assert_eq!(state.len(), 48);
            assert!(state.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            assert_eq!(
                LoginState::read(&state),
                Some(LoginState { attempt, made_at })
            );
        }
    }

    #[test]
    fn what_other_programs_send_is_never_read() {
        let file: BTreeMap<String, Vec<String>> =
            toml::from_str(include_str!("login_state.toml")).unwrap();
        for foreign in &file["foreign"] {
            assert_eq!(LoginState::read(foreign), None, "{foreign:?}");
        }
    }

    #[test]
    fn one_that_was_altered_or_cut_is_not_read() {
        let good = state(1, 1_790_000_000_000);
        for at in 0..good.len() {
            for other in ["0", "a", "Z", "-", ""] {
                let mut altered = good.clone();
                altered.replace_range(at..=at, other);
                assert!(
                    altered == good || LoginState::read(&altered).is_none(),
                    "{altered}"
                );
            }
        }
        for more in [format!("{good}x"), format!("x{good}"), good.repeat(2)] {
            assert_eq!(LoginState::read(&more), None, "{more}");
        }
        let none = state(0, 1_790_000_000_000);
        assert_eq!(LoginState::read(&none), None);
    }

    #[test]
    fn it_is_waited_for_ten_minutes_and_not_a_moment_longer() {
        let made_at = 1_790_000_000_000;
        let state = LoginState {
            attempt: 1,
            made_at,
        };
        for (now, is_recent) in [
            (made_at, true),
            (made_at + LoginState::LIFETIME_MS - 1, true),
            (made_at + LoginState::LIFETIME_MS, false),
            (made_at - SKEW_MS, true),
            (made_at - SKEW_MS - 1, false),
            (0, false),
            (u64::MAX, false),
        ] {
            assert_eq!(state.is_recent(now), is_recent, "{now}");
        }
    }
}
