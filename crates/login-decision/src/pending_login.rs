//! A login that was started and has not come back yet.
//!
//! The browser keeps one record per `state`. Only a browser that has the record may exchange the code that comes
//! back with this `state`: that is what keeps somebody else's callback address from signing anybody in.

use core::fmt::{Result, Write};

use wechat_oauth::Scope;

use crate::login_state::{LoginState, write_check};
use crate::return_to;
use crate::text::{Buffer, Bytes, split};

/// What the keys of records begin with; behind it stands the `state`.
pub const KEY_PREFIX: &str = "wechat-login:";

/// Logins started without a tap before a page says that it does not work; more would be a loop.
pub const AUTOMATIC_ATTEMPTS: u8 = 2;

/// Records of silent logins without an answer, each counted in both storages, at which no more are begun without a tap:
/// those of five logins of one tab, or of ten others. Something on the way alters or drops every `state`, so that what
/// comes back is no answer of ours, and without this limit the page would go to WeChat for ever.
pub const MOST_UNANSWERED: usize = 10;

/// Letters and digits of a verifier.
const VERIFIER_LENGTH: usize = 32;

/// Those of what [`draw_secrets`] writes.
pub const SECRETS_LENGTH: usize = LoginState::LENGTH + VERIFIER_LENGTH;

/// Random bytes for one login: enough in all but one of 10⁷⁰ cases.
pub const RANDOM_BYTES: usize = 192;

/// What is remembered while the browser is away at WeChat.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingLogin<T> {
    /// Goes to WeChat and comes back; says which attempt this is and when it began, see [`LoginState`].
    pub state: T,
    /// Goes to the proxy only, never into an address: proves that this browser started the login.
    pub verifier: T,
    /// The configured name of the official account.
    pub account: T,
    /// What was asked for.
    pub scope: Scope,
    /// The local path, with query and fragment, to show afterwards.
    pub return_to: T,
    /// The code that the proxy has been sent, or is about to be.
    pub code: Option<T>,
    /// Another one that came back, for when the first brings nobody in; known to this page load only.
    pub second_code: Option<T>,
}

/// What to start.
pub struct NewLogin<'a> {
    /// The configured name of the official account.
    pub account: &'a str,
    /// Silent or with consent.
    pub scope: Scope,
    /// Where the user is; anything but a local path becomes `/`.
    pub return_to: &'a str,
}

impl<'a> NewLogin<'a> {
    /// Its record, with what was [drawn](draw_secrets).
    pub fn pending(&self, secrets: &'a str) -> PendingLogin<&'a str> {
        PendingLogin {
            state: secrets.get(..LoginState::LENGTH).unwrap_or_default(),
            verifier: secrets.get(LoginState::LENGTH..).unwrap_or_default(),
            account: self.account,
            scope: self.scope,
            return_to: return_to::sanitize(self.return_to),
            code: None,
            second_code: None,
        }
    }
}

/// Writes what nobody guesses of a login: `state` and verifier, [`SECRETS_LENGTH`] letters and digits.
///
/// The login begins at `now` (milliseconds since 1970-01-01 UTC) as this attempt: 1 for the first automatic one and for
/// every tap of the user, at most 9. `out` is empty. `None` if these bytes are not enough: take others.
pub fn draw_secrets<B: Bytes>(
    attempt: u8,
    now: u64,
    random: &[u8; RANDOM_BYTES],
    out: &mut Buffer<B>,
) -> Option<()> {
    let state = LoginState {
        attempt,
        made_at: now,
    };
    let (for_state, for_verifier) = random.split_at(RANDOM_BYTES / 2);
    state.write_start(out);
    write_letters(LoginState::NONCE_LENGTH, for_state, out)?;
    write_check(out);
    write_letters(VERIFIER_LENGTH, for_verifier, out)
}

impl<T: AsRef<str> + PartialEq> PendingLogin<T> {
    /// Which attempt this is.
    pub fn attempt(&self) -> u8 {
        LoginState::read(self.state.as_ref()).map_or(0, |state| state.attempt)
    }

    /// Whether WeChat's answer is still waited for.
    pub fn is_recent(&self, now: u64) -> bool {
        is_recent(self.state.as_ref(), now)
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
    pub fn bind(&mut self, code: T) {
        if self.code.is_none() {
            self.code = Some(code);
        } else if self.code.as_ref() != Some(&code) {
            self.second_code = Some(code);
        }
    }

    /// Writes the key under which it is stored.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_key(&self, out: &mut impl Write) -> Result {
        out.write_str(KEY_PREFIX)?;
        out.write_str(self.state.as_ref())
    }

    /// Writes the text that is stored under the state's key: one field a line, which is safe because no field has line
    /// breaks.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn encode(&self, out: &mut impl Write) -> Result {
        for field in &[
            self.verifier.as_ref(),
            self.account.as_ref(),
            self.scope.as_str(),
            self.return_to.as_ref(),
        ] {
            out.write_str(field)?;
            out.write_str("\n")?;
        }
        out.write_str(self.code.as_ref().map_or("", T::as_ref))
    }
}

impl<'a> PendingLogin<&'a str> {
    /// Reads what [`encode`](Self::encode) wrote. Anything else is no record: storage is the user's to change.
    pub fn decode(state: &'a str, text: &'a str) -> Option<Self> {
        let mut all = split(text, b'\n');
        let mut fields = [""; 5];
        all.fill(&mut fields)?;
        let [verifier, account, scope, return_to, code] = &fields;
        if all.next().is_some() || !is_verifier(verifier) {
            return None;
        }
        let scope = Scope::ALL.iter().find(|it| it.as_str() == *scope)?;
        let return_to = return_to::sanitize(return_to);
        Some(Self {
            state,
            verifier,
            account,
            scope: *scope,
            return_to,
            code: (!code.is_empty()).then_some(*code),
            second_code: None,
        })
    }

    /// Reads what is stored under a key of ours; `None` also if it is too old, or under no key of a login.
    pub fn recent(key: &'a str, text: &'a str, now: u64) -> Option<Self> {
        let login = Self::decode(key.strip_prefix(KEY_PREFIX)?, text)?;
        login.is_recent(now).then_some(login)
    }

    /// The same with texts of its own.
    pub fn into_owned<U: From<&'a str>>(self) -> PendingLogin<U> {
        PendingLogin {
            state: self.state.into(),
            verifier: self.verifier.into(),
            account: self.account.into(),
            scope: self.scope,
            return_to: self.return_to.into(),
            code: self.code.map(U::from),
            second_code: self.second_code.map(U::from),
        }
    }
}

/// Whether this is a `state` of a login that is still waited for.
pub fn is_recent(state: &str, now: u64) -> bool {
    LoginState::read(state).is_some_and(|state| state.is_recent(now))
}

fn is_verifier(text: &str) -> bool {
    text.len() == VERIFIER_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Letters and digits, each equally likely: bytes that would favour the first ones are thrown away.
fn write_letters<B: Bytes>(count: usize, random: &[u8], out: &mut Buffer<B>) -> Option<()> {
    let mut missing = count;
    for byte in random {
        if missing == 0 {
            return Some(());
        }
        let letter = byte % 62;
        let first = match letter {
            0..26 => b'A',
            26..52 => b'a' - 26,
            _ => b'0'.wrapping_sub(52),
        };
        if *byte < 62 * 4 {
            out.push(first.wrapping_add(letter));
            missing = missing.wrapping_sub(1);
        }
    }
    None
}

#[cfg(test)]
pub(crate) mod tests;
