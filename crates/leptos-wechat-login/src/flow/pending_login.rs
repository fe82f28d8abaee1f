//! Where a browser remembers the logins that have not come back yet.

pub use login_decision::pending_login::{
    AUTOMATIC_ATTEMPTS, MOST_UNANSWERED, NewLogin, RANDOM_BYTES, SECRETS_LENGTH, draw_secrets,
    is_recent,
};
use login_decision::pending_login::{KEY_PREFIX, PendingLogin as Stored};

use super::{Browser, Storage};

/// A record with texts of its own.
pub type PendingLogin = Stored<String>;

/// Remembers a login under its `state`.
pub(super) fn save<T: AsRef<str> + PartialEq>(browser: &impl Browser, login: &Stored<T>) {
    let mut value = String::new();
    // Writing to a String cannot fail.
    let _ = login.encode(&mut value);
    let key = key(login.state.as_ref());
    for storage in Storage::BOTH {
        browser.store(storage, &key, Some(&value));
    }
}

/// The login that was started with this `state`, if this browser started it and still knows.
pub(super) fn load(browser: &impl Browser, state: &str) -> Option<PendingLogin> {
    let key = key(state);
    Storage::BOTH.into_iter().find_map(|storage| {
        let text = browser.stored(storage, &key)?;
        Stored::decode(state, &text).map(Stored::into_owned)
    })
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
            if !key.starts_with(KEY_PREFIX) {
                continue;
            }
            let text = browser.stored(storage, &key).unwrap_or_default();
            match Stored::recent(&key, &text, now) {
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
    [KEY_PREFIX, state].concat()
}
