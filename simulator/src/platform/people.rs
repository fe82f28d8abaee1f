//! The people who can hold the phone.

use super::Person;

/// Everybody there is: at least one person, and one of them is the default holder of every phone.
#[derive(Clone)]
pub(crate) struct People {
    everybody: Vec<Person>,
    /// An index of `everybody`, from which nobody is ever removed.
    current: usize,
}

impl People {
    /// The first person holds the phone until another is chosen.
    pub(crate) fn new(first: Person, others: Vec<Person>) -> Self {
        let mut everybody = vec![first];
        everybody.extend(others);
        Self {
            everybody,
            current: 0,
        }
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
        match self.everybody.iter().position(|person| person.id == id) {
            Some(position) => {
                self.current = position;
                true
            }
            None => false,
        }
    }

    /// Introduces somebody, or replaces the person of the same id. `true`: new.
    pub(crate) fn put(&mut self, person: Person) -> bool {
        match self
            .everybody
            .iter_mut()
            .find(|known| known.id == person.id)
        {
            Some(known) => {
                *known = person;
                false
            }
            None => {
                self.everybody.push(person);
                true
            }
        }
    }
}
