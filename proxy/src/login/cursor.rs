//! Cursors of lists: the place where a page ended, encrypted. Nobody can read one, and it opens only the list it was
//! given for.

use std::str::Split;

use api_types::Across;
use login_store::{ListQuery, Owner, Position, RecordId, RecordKey, RecordKind};
use wechat_oauth::{AppId, OpenId};

use super::encryption::{EncryptError, Encryption};
use crate::config::Config;

/// Longer than any cursor of ours.
const MOST_BYTES: usize = 1024;

/// A cursor that was not given for this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no cursor of this list")]
pub struct InvalidCursor;

/// Encrypts and decrypts cursors, with the session keys.
pub struct Cursors(Encryption);

impl Cursors {
    /// With the keys of `config`.
    pub fn new(config: &Config) -> Self {
        Self(Encryption::new(&config.session_keys))
    }

    /// A cursor for what comes after `position` in this list.
    ///
    /// # Errors
    /// [`EncryptError`] if there is no key, which a checked configuration excludes.
    pub fn seal(&self, list: &ListQuery, position: &Position) -> Result<String, EncryptError> {
        self.sealed(&name_of(list), text_of(position))
    }

    /// A cursor for the users after `last` in the list of the account that was asked for by this name.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_user(&self, asked: &str, last: &Owner) -> Result<String, EncryptError> {
        let Owner { appid, openid } = last;
        self.sealed(&users_of(asked), format!("{appid} {}", openid.expose()))
    }

    fn sealed(&self, name: &str, text: String) -> Result<String, EncryptError> {
        let sealed = self.0.encrypt(name, text)?;
        let url_safe = sealed.replace('+', "-").replace('/', "_");
        Ok(url_safe.trim_end_matches('=').to_owned())
    }

    /// Where to go on in this list.
    ///
    /// # Errors
    /// [`InvalidCursor`] for one that was not given for this list.
    pub fn open(&self, list: &ListQuery, cursor: &str) -> Result<Position, InvalidCursor> {
        self.opened(&name_of(list), cursor, position_in)
    }

    /// The user after whom to go on in this list of an account.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_user(&self, asked: &str, cursor: &str) -> Result<Owner, InvalidCursor> {
        self.opened(&users_of(asked), cursor, owner_in)
    }

    fn opened<T>(
        &self,
        name: &str,
        cursor: &str,
        read: fn(&mut Split<'_, char>) -> Option<T>,
    ) -> Result<T, InvalidCursor> {
        // One spelling of each: what the cipher's own alphabet and padding add is no cursor of ours.
        if cursor.len() > MOST_BYTES || cursor.contains(['=', '+', '/']) {
            return Err(InvalidCursor);
        }
        let mut sealed = cursor.replace('-', "+").replace('_', "/");
        sealed.push_str(&"=".repeat(sealed.len().wrapping_neg() % 4));
        let opened = self.0.decrypt(name, &sealed);
        opened
            .and_then(|text| read(&mut text.split(' ')))
            .ok_or(InvalidCursor)
    }
}

/// What a cursor is bound to. The seal covers the name of what is sealed, so this costs no byte of the cursor.
fn name_of(list: &ListQuery) -> String {
    let across = match list.across {
        Across::Account => "own",
        Across::Person => "person",
    };
    let kind = list.kind.as_ref().map_or("*", RecordKind::as_str);
    let Owner { appid, openid } = &list.owner;
    format!("records {across} {appid} {} {kind}", openid.expose())
}

/// The same of the list of an account's users.
fn users_of(asked: &str) -> String {
    format!("users {asked}")
}

/// None of the parts can contain a blank.
fn text_of(Position { created_at, id }: &Position) -> String {
    let Owner { appid, openid } = &id.owner;
    let [openid, kind, key] = [openid.expose(), id.kind.as_str(), id.key.as_str()];
    format!("{created_at} {appid} {openid} {kind} {key}")
}

fn position_in(parts: &mut Split<'_, char>) -> Option<Position> {
    Some(Position {
        created_at: parts.next()?.parse().ok()?,
        id: RecordId {
            owner: owner_in(parts)?,
            kind: RecordKind::parse(parts.next()?).ok()?,
            key: RecordKey::parse(parts.next()?).ok()?,
        },
    })
}

fn owner_in(parts: &mut Split<'_, char>) -> Option<Owner> {
    Some(Owner {
        appid: AppId::parse(parts.next()?).ok()?,
        openid: OpenId::parse(parts.next()?).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config_with;

    fn cursors(keys: &str) -> Cursors {
        Cursors::new(&config_with(&format!("session_keys = [{keys}]")))
    }

    const OLD: &str = "\"0123456789abcdef0123456789abcdef\"";
    const NEW_AND_OLD: &str =
        "\"fedcba9876543210fedcba9876543210\", \"0123456789abcdef0123456789abcdef\"";

    fn list(openid: &str, across: Across, kind: Option<&str>) -> ListQuery {
        ListQuery {
            owner: Owner {
                appid: AppId::parse("wx00000000000000a1").unwrap(),
                openid: OpenId::parse(openid).unwrap(),
            },
            across,
            kind: kind.map(|kind| RecordKind::parse(kind).unwrap()),
            after: None,
            limit: 10,
        }
    }

    fn position() -> Position {
        Position {
            created_at: 1_800_000_000_123,
            id: RecordId {
                owner: list("oOther", Across::Account, None).owner,
                kind: RecordKind::parse("order").unwrap(),
                key: RecordKey::parse("2026:1~a.b_c-d").unwrap(),
            },
        }
    }

    #[test]
    fn a_cursor_opens_only_the_list_it_was_given_for() {
        let cursors = cursors(OLD);
        let own = list("oABC", Across::Person, Some("order"));
        let cursor = cursors.seal(&own, &position()).unwrap();
        assert_eq!(cursors.open(&own, &cursor).unwrap(), position());
        for other in [
            list("oABD", Across::Person, Some("order")),
            list("oABC", Across::Account, Some("order")),
            list("oABC", Across::Person, Some("orde")),
            list("oABC", Across::Person, None),
        ] {
            assert!(cursors.open(&other, &cursor).is_err());
        }
    }

    #[test]
    fn a_cursor_of_users_opens_only_the_list_of_the_same_name() {
        let cursors = cursors(OLD);
        let last = position().id.owner;
        let cursor = cursors.seal_user("shop", &last).unwrap();
        assert_eq!(cursors.open_user("shop", &cursor).unwrap(), last);
        assert!(cursors.open_user("shop2", &cursor).is_err());
        let records = list("oABC", Across::Account, None);
        assert!(cursors.open(&records, &cursor).is_err());
        let cursor = cursors.seal(&records, &position()).unwrap();
        assert!(cursors.open_user("shop", &cursor).is_err());
    }

    #[test]
    fn a_cursor_survives_a_change_of_keys_as_long_as_its_key_stays() {
        let list = list("oABC", Across::Account, None);
        let cursor = cursors(OLD).seal(&list, &position()).unwrap();
        assert!(cursors(NEW_AND_OLD).open(&list, &cursor).is_ok());
        let cursor = cursors(NEW_AND_OLD).seal(&list, &position()).unwrap();
        assert!(cursors(OLD).open(&list, &cursor).is_err());
    }

    #[test]
    fn a_changed_cursor_opens_nothing() {
        let cursors = cursors(OLD);
        let list = list("oABC", Across::Account, None);
        let cursor = cursors.seal(&list, &position()).unwrap();
        for at in 0..cursor.len() {
            let other = if &cursor[at..=at] == "A" { "B" } else { "A" };
            let changed = format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]);
            let opened = cursors.open(&list, &changed);
            // The last character may hold bits that stand for nothing; with them changed it is the same cursor.
            assert!(opened.is_err() || opened.unwrap() == position());
        }
        for garbage in ["", "=", "a", "键", &"A".repeat(5000), &cursor[1..]] {
            assert!(cursors.open(&list, garbage).is_err());
        }
    }
}
