//! The people who can hold the phone: they come and change while the simulator runs, and can always be told apart.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::state_file::StateFile;

use super::{Account, Person, Platform, Problem, Problems};

const ID_LIMIT: usize = 32;
const NICKNAME_LIMIT: usize = 200;
const PINNED_LIMIT: usize = 64;

/// Everybody there is: at least one person, and one of them is the default holder of every phone.
#[derive(Clone)]
pub(crate) struct People {
    everybody: Vec<Person>,
    /// An index of `everybody`, from which nobody is ever removed.
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
    fn put(&mut self, person: Person) -> bool {
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

impl Platform {
    /// Introduces somebody, or replaces the person of the same id. `true`: new. Kept in the state file, if there is
    /// one.
    ///
    /// # Errors
    /// Everything that is wrong with this person, or the failure to write the state file. Nobody has changed then.
    pub fn put_person(&mut self, person: Person) -> Result<bool, Problems> {
        let mut people = self.people.clone();
        let is_new = people.put(person);
        check(&by_id(&people), &self.seed.accounts)?;
        if let Some(file) = &self.state_file {
            let seeded = &self.seed.people;
            let is_seeded = |person: &Person| seeded.get(&person.id) == Some(person);
            file.save(people.iter().filter(|person| !is_seeded(person)).collect())?;
        }
        self.people = people;
        Ok(is_new)
    }

    /// Keeps people who are added or changed in a file from now on, after adding those who are in it already.
    ///
    /// # Errors
    /// If the file cannot be read or written, or if somebody in it has an id of somebody else.
    pub fn keep_state_in(&mut self, path: impl Into<PathBuf>) -> Result<(), Problems> {
        let file = StateFile::new(path);
        let mut people = self.people.clone();
        for person in file.load()? {
            people.put(person);
        }
        check(&by_id(&people), &self.seed.accounts)?;
        file.check()?;
        self.people = people;
        self.state_file = Some(file);
        Ok(())
    }
}

fn by_id(people: &People) -> Vec<(String, &Person)> {
    people
        .iter()
        .map(|person| (person.id.clone(), person))
        .collect()
}

/// Whether all people are well-formed, have no pins that can never be used, and share no id with anybody. They come
/// with their keys, such as `person[2]`.
///
/// # Errors
/// Everything that is wrong.
pub(crate) fn check(people: &[(String, &Person)], accounts: &[Account]) -> Result<(), Problems> {
    let mut problems = Vec::new();
    let mut say = |at: String, what: String, fix: String| problems.push(Problem { at, what, fix });
    let mut platforms: Vec<&str> = accounts
        .iter()
        .filter_map(|it| it.open_platform.as_deref())
        .collect();
    platforms.sort_unstable();
    platforms.dedup();
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for (at, person) in people {
        let id = &person.id;
        if id.is_empty() || id.len() > ID_LIMIT || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let fix = format!("use 1 to {ID_LIMIT} ASCII letters and digits, such as \"xiaoming\"");
            say(format!("{at}.id"), format!("{id:?} is no id"), fix);
        }
        if let Some(first) = owners.insert(id, at) {
            let what = format!("{id:?} is the id of {first} as well");
            say(
                format!("{at}.id"),
                what,
                "give one of them another id".into(),
            );
        }
        for (key, text) in [("nickname", &person.nickname), ("note", &person.note)] {
            if text.chars().count() > NICKNAME_LIMIT {
                let fix = format!("use at most {NICKNAME_LIMIT} characters");
                say(format!("{at}.{key}"), "is too long".into(), fix);
            }
        }
        let pins = (person
            .pinned_openids
            .iter()
            .map(|pin| ("pinned_openids", pin)))
        .chain(
            person
                .pinned_unionids
                .iter()
                .map(|pin| ("pinned_unionids", pin)),
        );
        for (key, (namespace, value)) in pins {
            let pin = format!("{at}.{key}.{namespace}");
            let is_id_byte = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            if value.is_empty() || value.len() > PINNED_LIMIT || !value.bytes().all(is_id_byte) {
                let fix = format!("use 1 to {PINNED_LIMIT} of A-Z a-z 0-9 - _ (real ones have 28)");
                say(
                    pin.clone(),
                    format!("{value:?} is no id of WeChat's form"),
                    fix,
                );
            }
            if key == "pinned_openids"
                && !accounts.iter().any(|account| account.appid == *namespace)
            {
                let fix = "use the appid of an [[account]], or remove the line".into();
                say(pin, "there is no account of this appid".into(), fix);
            } else if key == "pinned_unionids" && !platforms.contains(&namespace.as_str()) {
                let fix = "use the open_platform of an [[account]], or remove the line".into();
                say(pin, "no account is bound to this open platform".into(), fix);
            }
        }
    }
    let openids = accounts
        .iter()
        .map(|account| ("pinned_openids", account.appid.as_str()));
    let unionids = platforms
        .iter()
        .map(|platform| ("pinned_unionids", *platform));
    for (key, namespace) in openids.chain(unionids) {
        let mut owners: HashMap<String, &Person> = HashMap::new();
        for (at, person) in people {
            let value = match key {
                "pinned_openids" => Some(person.openid(namespace)),
                _ => person.unionid(namespace),
            };
            let Some(value) = value else { continue };
            let owner = *owners.entry(value.clone()).or_insert(person);
            // People of one id share everything derived from it; that is one mistake and was told.
            if owner.id != person.id {
                let what = format!("{:?} and {:?} would both be {value:?}", owner.id, person.id);
                let fix = "pin another value for one of them, or none".into();
                say(format!("{at}.{key}.{namespace}"), what, fix);
            }
        }
    }
    Problems::unless_empty(problems)
}
