//! Whether everybody can be told apart: ids are well-formed and nobody shares one.

use std::collections::HashMap;

use crate::ids;

use super::{Account, Person, Problem};

const ID_LIMIT: usize = 32;
const NICKNAME_LIMIT: usize = 200;
const PINNED_LIMIT: usize = 64;

/// What is wrong with one person, apart from the others. `at` is the person's key, such as `person[2]`.
pub(crate) fn person_problems(at: &str, person: &Person) -> Vec<Problem> {
    let mut problems = Vec::new();
    let id = &person.id;
    if id.is_empty() || id.len() > ID_LIMIT || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        problems.push(Problem::new(
            format!("{at}.id"),
            format!("{id:?} is no id"),
            format!("use 1 to {ID_LIMIT} ASCII letters and digits, such as \"xiaoming\""),
        ));
    }
    for (key, text) in [("nickname", &person.nickname), ("note", &person.note)] {
        if text.chars().count() > NICKNAME_LIMIT {
            problems.push(Problem::new(
                format!("{at}.{key}"),
                "is too long",
                format!("use at most {NICKNAME_LIMIT} characters"),
            ));
        }
    }
    for (key, pinned) in [
        ("pinned_openids", &person.pinned_openids),
        ("pinned_unionids", &person.pinned_unionids),
    ] {
        for (namespace, value) in pinned {
            let is_id_byte = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            if value.is_empty() || value.len() > PINNED_LIMIT || !value.bytes().all(is_id_byte) {
                problems.push(Problem::new(
                    format!("{at}.{key}.{namespace}"),
                    format!("{value:?} is no id of WeChat's form"),
                    format!("use 1 to {PINNED_LIMIT} of A-Z a-z 0-9 - _ (real ones have 28)"),
                ));
            }
        }
    }
    problems
}

/// Pins that can never be used, and ids that two people would share.
///
/// `people` come with their keys.
pub(crate) fn clashes(people: &[(String, &Person)], accounts: &[Account]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen_ids: HashMap<&str, &str> = HashMap::new();
    for (at, person) in people {
        if let Some(first) = seen_ids.insert(&person.id, at) {
            problems.push(Problem::new(
                format!("{at}.id"),
                format!("{:?} is the id of {first} as well", person.id),
                "give one of them another id",
            ));
        }
        for appid in person.pinned_openids.keys() {
            if !accounts.iter().any(|account| account.appid == *appid) {
                problems.push(Problem::new(
                    format!("{at}.pinned_openids.{appid}"),
                    "there is no account of this appid",
                    "use the appid of an [[account]], or remove the line",
                ));
            }
        }
        for platform in person.pinned_unionids.keys() {
            if !open_platforms(accounts).contains(&platform.as_str()) {
                problems.push(Problem::new(
                    format!("{at}.pinned_unionids.{platform}"),
                    "no account is bound to this open platform",
                    "use the open_platform of an [[account]], or remove the line",
                ));
            }
        }
    }
    for account in accounts {
        let openid = |person: &Person| Some(ids::openid_of(person, &account.appid));
        problems.extend(shared(people, "pinned_openids", &account.appid, openid));
    }
    for platform in open_platforms(accounts) {
        let unionid = |person: &Person| ids::unionid_of(person, platform);
        problems.extend(shared(people, "pinned_unionids", platform, unionid));
    }
    problems
}

fn open_platforms(accounts: &[Account]) -> Vec<&str> {
    let mut platforms: Vec<&str> = accounts
        .iter()
        .filter_map(|account| account.open_platform.as_deref())
        .collect();
    platforms.sort_unstable();
    platforms.dedup();
    platforms
}

/// One problem for each person who has the same value as somebody before.
fn shared(
    people: &[(String, &Person)],
    key: &str,
    namespace: &str,
    value_of: impl Fn(&Person) -> Option<String>,
) -> Vec<Problem> {
    let mut owners: HashMap<String, &Person> = HashMap::new();
    let mut problems = Vec::new();
    for (at, person) in people {
        let Some(value) = value_of(person) else {
            continue;
        };
        let Some(owner) = owners.get(&value) else {
            owners.insert(value, person);
            continue;
        };
        // People of one id share everything derived from it; that is one mistake and was told.
        if owner.id != person.id {
            problems.push(Problem::new(
                format!("{at}.{key}.{namespace}"),
                format!("{:?} and {:?} would both be {value:?}", owner.id, person.id),
                "pin another value for one of them, or none",
            ));
        }
    }
    problems
}
