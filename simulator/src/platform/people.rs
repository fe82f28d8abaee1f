//! The people who can hold the phone: they come and change while the simulator runs, and can always be told apart.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::{Account, Person, Problems};

/// Everybody there is: at least one person, and one of them is the default holder of every phone.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct People {
    everybody: Vec<Person>,
    /// An index of `everybody`, from which nobody is ever removed.
    #[serde(skip)]
    current: usize,
}

impl People {
    /// The first person holds the phone until another is chosen. `None` if there is nobody.
    pub(crate) fn new(everybody: Vec<Person>) -> Option<Self> {
        (!everybody.is_empty()).then_some(Self {
            everybody,
            current: 0,
        })
    }

    /// The person of this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Person> {
        self.everybody.iter().find(|person| person.id == id)
    }

    /// Everybody, in the order they were introduced.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Person> {
        self.everybody.iter()
    }

    /// Who holds the phone of a browser that has not chosen itself.
    #[expect(clippy::indexing_slicing, reason = "somebody is always there")]
    pub(crate) fn current(&self) -> &Person {
        &self.everybody[self.current]
    }

    /// Hands the phone over. `false` and no change if there is no such person.
    pub(crate) fn set_current(&mut self, id: &str) -> bool {
        let position = self.everybody.iter().position(|person| person.id == id);
        self.current = position.unwrap_or(self.current);
        position.is_some()
    }

    /// Introduces somebody, or replaces the person of the same id. `true`: new.
    pub(super) fn put(&mut self, person: Person) -> bool {
        let known = self
            .everybody
            .iter_mut()
            .find(|known| known.id == person.id);
        let is_new = known.is_none();
        match known {
            Some(known) => *known = person,
            None => self.everybody.push(person),
        }
        is_new
    }
}

/// Whether all people are well-formed, have no pins that can never be used, and share no id with anybody. They come
/// with their keys, such as `person[2]`.
///
/// # Errors
/// Everything that is wrong.
pub(crate) fn check_people(
    people: &[(String, &Person)],
    accounts: &[Account],
) -> Result<(), Problems> {
    type IdOf = fn(&Person, &str) -> Option<String>;
    let appids: BTreeSet<&str> = accounts.iter().map(|it| &*it.appid).collect();
    let platforms = accounts.iter().filter_map(|it| it.open_platform.as_deref());
    let kinds: [(&str, BTreeSet<&str>, IdOf); 2] = [
        ("pinned_openids", appids, |it, appid| Some(it.openid(appid))),
        ("pinned_unionids", platforms.collect(), Person::unionid),
    ];
    let mut problems = Problems::default();
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for (at, person) in people {
        let id = &person.id;
        if id.is_empty() || id.len() > 32 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let fix = "use 1 to 32 ASCII letters and digits, such as \"xiaoming\"";
            problems.say(format!("{at}.id"), format!("{id:?} is no id; {fix}"));
        }
        if let Some(first) = seen.insert(id, at) {
            let what = format!("{id:?} is the id of {first} as well; give one of them another id");
            problems.say(format!("{at}.id"), what);
        }
        for (key, text) in [("nickname", &person.nickname), ("note", &person.note)] {
            if text.chars().count() > 200 {
                problems.say(
                    format!("{at}.{key}"),
                    "is too long; use at most 200 characters",
                );
            }
        }
        for appid in person.follows.keys() {
            if !accounts.iter().any(|it| it.appid == *appid) {
                let what = "there is no account of this appid; use the appid of an [[account]]";
                problems.say(format!("{at}.follows.{appid}"), what);
            }
        }
        let pinned = [&person.pinned_openids, &person.pinned_unionids];
        for ((key, known, _), pins) in kinds.iter().zip(pinned) {
            for (namespace, value) in pins {
                let at = format!("{at}.{key}.{namespace}");
                let is_id_byte = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
                if !(1..=64).contains(&value.len()) || !value.bytes().all(is_id_byte) {
                    let fix = "use 1 to 64 of A-Z a-z 0-9 - _ (real ones have 28)";
                    problems.say(&at, format!("{value:?} is no id of WeChat's form; {fix}"));
                }
                if !known.contains(&**namespace) {
                    problems.say(at, match *key {
                        "pinned_openids" => "there is no account of this appid; use the appid of an [[account]]",
                        _ => "no account is bound to this open platform; use the open_platform of an [[account]]",
                    });
                }
            }
        }
    }
    for (key, namespaces, id_of) in &kinds {
        for namespace in namespaces {
            let mut owners: HashMap<String, &Person> = HashMap::new();
            for (at, person) in people {
                let Some(value) = id_of(person, namespace) else {
                    continue;
                };
                let owner = *owners.entry(value.clone()).or_insert(person);
                // People of one id share everything derived from it; that is one mistake and was told.
                if owner.id != person.id {
                    let what =
                        format!("{:?} and {:?} would both be {value:?}", owner.id, person.id);
                    let fix = "pin another value for one of them, or none";
                    problems.say(format!("{at}.{key}.{namespace}"), format!("{what}; {fix}"));
                }
            }
        }
    }
    problems.or_ok()
}
