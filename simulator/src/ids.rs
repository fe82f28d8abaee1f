//! Who somebody is, derived and not stored, so that databases of developers survive a restart of the simulator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

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

/// The openid of the virtual user that stands for a person in a snapshot. WeChat documents that it is not the
/// person's own; that it is the same at each visit is our guess.
pub(crate) fn virtual_openid(appid: &str, person: &str) -> String {
    derive("virtual openid", appid, person)
}

/// The unionid of that virtual user, or of all virtual users alike if no person is named.
pub(crate) fn virtual_unionid(platform: &str, person: Option<&str>) -> String {
    derive("virtual unionid", platform, person.unwrap_or_default())
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
    fn ids_stay_the_same_over_releases_and_have_28_characters_of_wechats_alphabet() {
        let (openid, unionid) = (
            openid("wx00000000000000a1", "xiaoming"),
            unionid("platform-a", "xiaoming"),
        );
        assert_eq!(openid, "oA7q4noU33qyH6Ge9czpVdZRCVeQ");
        assert_eq!(unionid, "ol9FOlJNL9zJHBvmVZ8GV4IF2KVU");
    }
}
