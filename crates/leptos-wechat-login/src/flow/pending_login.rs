//! A login that was started and has not come back yet.
//!
//! The browser keeps one record per `state`. Only a browser that has the record may exchange the code that comes
//! back with this `state`: that is what keeps somebody else's callback address from signing anybody in.

use api_types::{LoginState, Scope};

use super::{Browser, Storage, return_to};

/// What the keys of records begin with; behind it stands the `state`.
const KEY_PREFIX: &str = "wechat-login:";

/// Logins started without a tap before a page says that it does not work; more would be a loop.
pub const AUTOMATIC_ATTEMPTS: u8 = 2;

/// Records of silent logins without an answer, each counted in both storages, at which no more are begun without a tap:
/// those of five logins of one tab, or of ten others. Something on the way alters or drops every `state`, so that what
/// comes back is no answer of ours, and without this limit the page would go to WeChat for ever.
pub const MOST_UNANSWERED: usize = 10;

/// Letters and digits of a verifier.
const VERIFIER_LENGTH: usize = 32;

/// A source of random bytes: the browser's, or a test's.
pub type RandomBytes<'a> = &'a mut dyn FnMut(&mut [u8]);

/// What is remembered while the browser is away at WeChat.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingLogin {
    /// Goes to WeChat and comes back; says which attempt this is and when it began, see [`LoginState`].
    pub state: String,
    /// Goes to the proxy only, never into an address: proves that this browser started the login.
    pub verifier: String,
    /// The configured name of the official account.
    pub account: String,
    /// What was asked for.
    pub scope: Scope,
    /// The local path, with query and fragment, to show afterwards.
    pub return_to: String,
    /// The code that the proxy has been sent, or is about to be.
    pub code: Option<String>,
    /// Another one that came back, for when the first brings nobody in; known to this page load only.
    pub second_code: Option<String>,
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
        let state = LoginState {
            attempt: new.attempt,
            made_at: now,
        };
        Self {
            state: state.write(&alphanumeric(LoginState::NONCE_LENGTH, random)),
            verifier: alphanumeric(VERIFIER_LENGTH, random),
            account: new.account.to_owned(),
            scope: new.scope,
            return_to: return_to::sanitize(new.return_to).to_owned(),
            code: None,
            second_code: None,
        }
    }

    /// Which attempt this is.
    pub fn attempt(&self) -> u8 {
        LoginState::read(&self.state).map_or(0, |state| state.attempt)
    }

    /// Whether WeChat's answer is still waited for.
    pub fn is_recent(&self, now: u64) -> bool {
        is_recent(&self.state, now)
    }

    /// Whether this is a silent login, and nothing has come back for it.
    pub fn is_unanswered(&self) -> bool {
        self.scope == Scope::Base && self.code.is_none()
    }

    /// Takes a code. The one of an exchange that was begun before stays the first, and another one is for afterwards,
    /// should that exchange bring nobody in.
    ///
    /// Android's browsers load a callback twice now and then, and WeChat redirects twice, with one code or with two. The
    /// second load repeats the first one's request, and the proxy lets it wait for the one answer to both.
    pub fn bind(&mut self, code: String) {
        if self.code.is_none() {
            self.code = Some(code);
        } else if self.code.as_ref() != Some(&code) {
            self.second_code = Some(code);
        }
    }

    /// The text that is stored under the state's key: one field a line, which is safe because no field has line breaks.
    pub fn encode(&self) -> String {
        [
            &self.verifier,
            &self.account,
            self.scope.as_str(),
            &self.return_to,
            self.code.as_deref().unwrap_or_default(),
        ]
        .join("\n")
    }

    /// Reads what [`encode`](Self::encode) wrote. Anything else is no record: storage is the user's to change.
    pub fn decode(state: &str, text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split('\n').collect();
        let [verifier, account, scope, return_to, code] = fields[..] else {
            return None;
        };
        Some(Self {
            state: state.to_owned(),
            verifier: Some(verifier).filter(|it| is_verifier(it))?.to_owned(),
            account: account.to_owned(),
            scope: Scope::ALL.into_iter().find(|it| it.as_str() == scope)?,
            return_to: return_to::sanitize(return_to).to_owned(),
            code: Some(code).filter(|it| !it.is_empty()).map(str::to_owned),
            second_code: None,
        })
    }
}

/// Remembers a login under its `state`.
pub(super) fn save(browser: &impl Browser, login: &PendingLogin) {
    let (key, value) = (key(&login.state), login.encode());
    for storage in Storage::BOTH {
        browser.store(storage, &key, Some(&value));
    }
}

/// The login that was started with this `state`, if this browser started it and still knows.
pub(super) fn load(browser: &impl Browser, state: &str) -> Option<PendingLogin> {
    let key = key(state);
    let mut storages = Storage::BOTH.into_iter();
    storages.find_map(|storage| PendingLogin::decode(state, &browser.stored(storage, &key)?))
}

/// Forgets a login.
pub(super) fn remove(browser: &impl Browser, state: &str) {
    let key = key(state);
    for storage in Storage::BOTH {
        browser.store(storage, &key, None);
    }
}

/// Forgets the logins that never came back, and whatever else stands under our keys and is not one. Counts the others
/// that are without an answer, in both storages.
pub(super) fn sweep(browser: &impl Browser, now: u64) -> usize {
    let mut unanswered = 0_usize;
    for storage in Storage::BOTH {
        for key in browser.stored_keys(storage) {
            let Some(state) = key.strip_prefix(KEY_PREFIX) else {
                continue;
            };
            let text = browser.stored(storage, &key).unwrap_or_default();
            match PendingLogin::decode(state, &text).filter(|login| login.is_recent(now)) {
                Some(login) => {
                    unanswered = unanswered.saturating_add(login.is_unanswered().into());
                }
                None => browser.store(storage, &key, None),
            }
        }
    }
    unanswered
}

fn key(state: &str) -> String {
    format!("{KEY_PREFIX}{state}")
}

/// Whether this is a `state` of a login that is still waited for.
pub fn is_recent(state: &str, now: u64) -> bool {
    LoginState::read(state).is_some_and(|state| state.is_recent(now))
}

fn is_verifier(text: &str) -> bool {
    text.len() == VERIFIER_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
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
        pending_at(1_000, attempt)
    }

    pub(crate) fn pending_at(now: u64, attempt: u8) -> PendingLogin {
        let new = NewLogin {
            account: "shop",
            scope: Scope::Base,
            return_to: "/orders?tab=2#new",
            attempt,
        };
        PendingLogin::begin(&new, now, &mut counting())
    }

    #[test]
    fn state_and_verifier_are_letters_and_digits_of_their_own() {
        let login = pending(1);
        let expected = LoginState {
            attempt: 1,
            made_at: 1_000,
        };
        assert_eq!(LoginState::read(&login.state), Some(expected));
        assert_eq!(login.attempt(), 1);
        assert!(is_verifier(&login.verifier));
        let (_, end) = login.verifier.split_at(VERIFIER_LENGTH - 8);
        assert!(!login.state.contains(end));
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
    fn it_is_as_old_as_its_state_says() {
        let login = pending(1);
        assert!(login.is_recent(1_000));
        assert!(!login.is_recent(1_000 + LoginState::LIFETIME_MS));
        let foreign = PendingLogin {
            state: "1bcdefghijklmnopqrstuvwxyz012345".into(),
            ..login
        };
        assert!(!foreign.is_recent(1_000));
        assert_eq!(foreign.attempt(), 0);
    }

    #[test]
    fn silent_logins_without_an_answer_are_told_from_the_others() {
        assert!(pending(1).is_unanswered() && pending(2).is_unanswered());
        let asking = PendingLogin {
            scope: Scope::Userinfo,
            ..pending(1)
        };
        assert!(!asking.is_unanswered());
        let mut answered = pending(1);
        answered.bind("A".into());
        assert!(!answered.is_unanswered());
    }

    #[test]
    fn the_first_code_stays_and_another_one_is_for_afterwards() {
        let mut login = pending(1);
        login.bind("A".into());
        login.bind("A".into());
        assert_eq!(login.second_code, None);
        login.bind("B".into());
        assert_eq!(login.code.as_deref(), Some("A"));
        assert_eq!(login.second_code.as_deref(), Some("B"));
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
            "\n\n\n\n".into(),
            format!("{good}\nmore"),
            good.replace("snsapi_base", "snsapi_other"),
            good.replacen(char::is_alphanumeric, "!", 1),
        ] {
            assert!(PendingLogin::decode(&state, &bad).is_none(), "{bad:?}");
        }
        let elsewhere = PendingLogin::decode(&state, &good.replace("/orders", "//evil.example"));
        assert_eq!(elsewhere.map(|it| it.return_to).as_deref(), Some("/"));
    }
}
