//! Who somebody is, derived and not stored, so that databases of developers survive a restart of the simulator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::platform::Person;

/// The openid of a person under an account, the pinned one if there is one.
pub(crate) fn openid_of(person: &Person, appid: &str) -> String {
    let pinned = person.pinned_openids.get(appid);
    pinned.cloned().unwrap_or_else(|| openid(appid, &person.id))
}

/// The unionid of a person on an open platform, the pinned one if there is one; none of a person without unionid.
pub(crate) fn unionid_of(person: &Person, platform: &str) -> Option<String> {
    if !person.unionid {
        return None;
    }
    let pinned = person.pinned_unionids.get(platform);
    Some(
        pinned
            .cloned()
            .unwrap_or_else(|| unionid(platform, &person.id)),
    )
}

/// The openid of the virtual user that stands for a person in a snapshot. WeChat documents that it is not the
/// person's own; that it is the same at each visit is our guess.
pub(crate) fn virtual_openid_of(person: &Person, appid: &str) -> String {
    derive("virtual openid", appid, &person.id)
}

/// The unionid of that virtual user, or of all virtual users alike.
pub(crate) fn virtual_unionid_of(person: Option<&Person>, platform: &str) -> String {
    let person = person.map_or("", |person| &person.id);
    derive("virtual unionid", platform, person)
}

/// The openid of a person under an official account: `o` and 27 of `A-Za-z0-9_-`.
///
/// WeChat's documentation: the same person has another openid under every account.
pub(crate) fn openid(appid: &str, person: &str) -> String {
    derive("openid", appid, person)
}

/// The unionid of a person on an open platform: 28 characters, the same for all accounts bound to it.
pub(crate) fn unionid(platform: &str, person: &str) -> String {
    derive("unionid", platform, person)
}

fn derive(kind: &str, namespace: &str, person: &str) -> String {
    // The separator occurs in none of the parts, so different triples cannot run together.
    let digest = Sha256::digest(format!("{kind}\n{namespace}\n{person}"));
    let mut id = String::from("o");
    id.extend(URL_SAFE_NO_PAD.encode(digest).chars().take(27));
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    // Pinned: a change here turns every row in a developer's database into a stranger.
    #[test]
    fn ids_stay_the_same_over_releases() {
        assert_eq!(
            openid("wx00000000000000a1", "xiaoming"),
            "oA7q4noU33qyH6Ge9czpVdZRCVeQ"
        );
        assert_eq!(
            unionid("platform-a", "xiaoming"),
            "ol9FOlJNL9zJHBvmVZ8GV4IF2KVU"
        );
    }

    #[test]
    fn ids_have_28_characters_of_wechats_alphabet() {
        for id in [openid("a", "b"), unionid("a", "b"), openid("", "")] {
            assert_eq!(id.len(), 28);
            assert!(id.starts_with('o'));
            assert!(
                id.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
            );
        }
    }

    #[test]
    fn another_account_person_or_kind_is_another_id() {
        let id = openid("a", "p");
        assert_ne!(id, openid("b", "p"));
        assert_ne!(id, openid("a", "q"));
        assert_ne!(id, unionid("a", "p"));
    }
}
