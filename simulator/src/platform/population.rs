//! People come, change and are forgotten while the simulator runs.

use std::path::PathBuf;

use crate::state_file::StateFile;

use super::identity::{clashes, person_problems};
use super::{People, Person, Platform, Problem, Problems};

impl Platform {
    /// Introduces somebody, or replaces the person of the same id. `true`: new. Kept in the state file, if there is
    /// one.
    ///
    /// # Errors
    /// Everything that is wrong with this person, or the failure to write the state file. Nobody has changed then.
    pub fn put_person(&mut self, person: Person) -> Result<bool, Problems> {
        let mut people = self.people.clone();
        let is_new = people.put(person.clone());
        let mut problems = person_problems(&person.id, &person);
        problems.extend(clashes(&by_id(&people), &self.accounts));
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        if let Some(file) = &self.state_file {
            file.save(&self.not_as_seeded(&people))?;
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
        let mut problems: Vec<Problem> = Vec::new();
        for person in file.load()? {
            problems.extend(person_problems(&person.id, &person));
            people.put(person);
        }
        problems.extend(clashes(&by_id(&people), &self.accounts));
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        file.check()?;
        self.people = people;
        self.state_file = Some(file);
        Ok(())
    }

    fn not_as_seeded<'a>(&self, people: &'a People) -> Vec<&'a Person> {
        let seeded = &self.seed.people;
        people
            .iter()
            .filter(|person| seeded.get(&person.id) != Some(person))
            .collect()
    }
}

fn by_id(people: &People) -> Vec<(String, &Person)> {
    people
        .iter()
        .map(|person| (person.id.clone(), person))
        .collect()
}
