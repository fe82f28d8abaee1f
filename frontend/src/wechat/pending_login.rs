//! A login that was started and has not come back yet.
//!
//! The browser keeps one record per `state`. Only a browser that has the record may exchange the code that comes
//! back with this `state`: that is what keeps somebody else's callback address from signing anybody in.

use api_types::Scope;

use super::return_to;

/// How long WeChat may take to come back, in milliseconds.
pub const LIFETIME_MS: u64 = 10 * 60 * 1000;

/// Logins started without a tap before a page says that it does not work; more would be a loop.
pub const AUTOMATIC_ATTEMPTS: u8 = 2;

/// Characters of a `state` and of a verifier; WeChat allows 128 of `A-Za-z0-9`.
const TOKEN_LENGTH: usize = 32;

/// A source of random bytes: the browser's, or a test's.
pub type RandomBytes<'a> = &'a mut dyn FnMut(&mut [u8]);

/// What is remembered while the browser is away at WeChat.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingLogin {
    /// Goes to WeChat and comes back; its first character is the attempt number.
    pub state: String,
    /// Goes to the proxy only, never into an address: proves that this browser started the login.
    pub verifier: String,
    /// The configured name of the official account.
    pub account: String,
    /// What was asked for.
    pub scope: Scope,
    /// The local path, with query and fragment, to show afterwards.
    pub return_to: String,
    /// When it was started, in milliseconds since 1970-01-01 UTC.
    pub created_at: u64,
    /// The first code that came back; no other one is accepted any more.
    pub code: Option<String>,
}

/// What to start; see [`PendingLogin::begin`].
pub struct NewLogin<'a> {
    /// The configured name of the official account.
    pub account: &'a str,
    /// Silent or with consent.
    pub scope: Scope,
    /// Where the user is; anything but a local path becomes `/`.
    pub return_to: &'a str,
    /// 1 for the first automatic attempt and for every tap of the user, at most 9.
    pub attempt: u8,
}

impl PendingLogin {
    /// Starts a login at `now` (milliseconds since 1970-01-01 UTC).
    pub fn begin(new: &NewLogin<'_>, now: u64, random: RandomBytes<'_>) -> Self {
        let attempt = char::from(b'0'.saturating_add(new.attempt.min(9)));
        Self {
            state: format!("{attempt}{}", alphanumeric(TOKEN_LENGTH - 1, random)),
            verifier: alphanumeric(TOKEN_LENGTH, random),
            account: new.account.to_owned(),
            scope: new.scope,
            return_to: return_to::sanitize(new.return_to).to_owned(),
            created_at: now,
            code: None,
        }
    }

    /// Whether the record is too old to be used. A clock that went back makes it old too.
    pub fn is_expired(&self, now: u64) -> bool {
        !(self.created_at..self.created_at.saturating_add(LIFETIME_MS)).contains(&now)
    }

    /// Accepts `code` if it is the first one for this login, or that same one again.
    ///
    /// Android's browsers load a callback twice now and then: the second load repeats the first one's request.
    pub fn bind(&mut self, code: &str) -> bool {
        self.code.get_or_insert_with(|| code.to_owned()) == code
    }

    /// The text that is stored under the state's key: one field a line, which is safe because no field has line breaks.
    pub fn encode(&self) -> String {
        [
            &self.verifier,
            &self.account,
            self.scope.as_str(),
            &self.return_to,
            &self.created_at.to_string(),
            self.code.as_deref().unwrap_or_default(),
        ]
        .join("\n")
    }

    /// Reads what [`encode`](Self::encode) wrote. Anything else is no record: storage is the user's to change.
    pub fn decode(state: &str, text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split('\n').collect();
        let [verifier, account, scope, return_to, created_at, code] = fields[..] else {
            return None;
        };
        Some(Self {
            state: state.to_owned(),
            verifier: Some(verifier).filter(|it| is_token(it))?.to_owned(),
            account: account.to_owned(),
            scope: Scope::ALL.into_iter().find(|it| it.as_str() == scope)?,
            return_to: return_to::sanitize(return_to).to_owned(),
            created_at: created_at.parse().ok()?,
            code: Some(code).filter(|it| !it.is_empty()).map(str::to_owned),
        })
    }
}

/// Whether this has the form of a `state` of ours: 32 letters and digits, the first one a digit.
pub fn is_state(state: &str) -> bool {
    is_token(state) && state.starts_with(|first: char| first.is_ascii_digit())
}

/// The attempt number in a `state`, also of a login this browser has forgotten; 0 for a foreign `state`.
pub fn attempt_of(state: &str) -> u8 {
    let first = state.bytes().next().filter(|_| is_state(state));
    first.map_or(0, |digit| digit.saturating_sub(b'0'))
}

fn is_token(text: &str) -> bool {
    text.len() == TOKEN_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Letters and digits, each equally likely: bytes that would favour the first ones are thrown away.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a remainder of the alphabet's length is one of its indices"
)]
fn alphanumeric(length: usize, random: RandomBytes<'_>) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const FAIR: u8 = (256 / ALPHABET.len() * ALPHABET.len()) as u8;
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        random(&mut bytes);
        let fair = bytes.iter().filter(|byte| **byte < FAIR);
        text.extend(
            fair.take(length.saturating_sub(text.len()))
                .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])),
        );
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Bytes 0, 1, 2, … over and over.
    pub(crate) fn counting() -> impl FnMut(&mut [u8]) {
        let mut next = 0_u8;
        move |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        }
    }

    pub(crate) fn pending(attempt: u8) -> PendingLogin {
        let new = NewLogin {
            account: "shop",
            scope: Scope::Base,
            return_to: "/orders?tab=2#new",
            attempt,
        };
        PendingLogin::begin(&new, 1_000, &mut counting())
    }

    #[test]
    fn state_and_verifier_are_32_letters_and_digits_and_differ() {
        let login = pending(1);
        assert!(is_state(&login.state), "{}", login.state);
        assert!(is_token(&login.verifier));
        assert_ne!(login.state[1..], login.verifier[1..]);
        assert_eq!(attempt_of(&login.state), 1);
    }

    #[test]
    fn unfair_bytes_are_thrown_away() {
        let mut rounds = 0_u8;
        let text = alphanumeric(4, &mut |bytes| {
            bytes.fill(if rounds == 0 { 248 } else { 247 });
            rounds += 1;
        });
        assert_eq!(text, "9999");
        assert_eq!(rounds, 2);
    }

    #[test]
    fn it_lives_ten_minutes_and_not_a_moment_longer() {
        let login = pending(1);
        assert!(!login.is_expired(1_000));
        assert!(!login.is_expired(1_000 + LIFETIME_MS - 1));
        assert!(login.is_expired(1_000 + LIFETIME_MS));
        assert!(login.is_expired(999));
    }

    #[test]
    fn the_first_code_binds_and_may_come_again() {
        let mut login = pending(1);
        assert!(login.bind("A"));
        assert!(login.bind("A"));
        assert!(!login.bind("B"));
        assert_eq!(login.code.as_deref(), Some("A"));
    }

    #[test]
    fn what_is_stored_is_read_back() {
        for code in [None, Some("C".to_owned())] {
            let login = PendingLogin { code, ..pending(2) };
            assert!(PendingLogin::decode(&login.state, &login.encode()) == Some(login));
        }
    }

    #[test]
    fn a_tampered_record_is_no_record() {
        let good = pending(1).encode();
        let state = pending(1).state;
        for bad in [
            String::new(),
            "\n\n\n\n\n".into(),
            format!("{good}\nmore"),
            good.replace("snsapi_base", "snsapi_other"),
            good.replace("1000", "-1"),
            good.replacen(char::is_alphanumeric, "!", 1),
        ] {
            assert!(PendingLogin::decode(&state, &bad).is_none(), "{bad:?}");
        }
        let elsewhere = PendingLogin::decode(&state, &good.replace("/orders", "//evil.example"));
        assert_eq!(elsewhere.map(|it| it.return_to).as_deref(), Some("/"));
    }

    #[test]
    fn attempts_are_read_from_our_states_only() {
        assert_eq!(attempt_of("2bcdefghijklmnopqrstuvwxyz012345"), 2);
        assert_eq!(attempt_of("abcdefghijklmnopqrstuvwxyz012345"), 0);
        assert_eq!(attempt_of("2"), 0);
        assert_eq!(attempt_of(""), 0);
    }
}
