//! The seed file: accounts, people and settings in TOML.

mod account;
mod fields;
mod person;
mod settings;

use std::collections::HashMap;

use crate::platform::{Account, People, Person, Problem, Problems, clashes, person_problems};
use crate::world::World;

use fields::Fields;

/// The built-in seed, with comments, to be printed and changed.
pub(crate) const DEFAULT: &str = include_str!("../default.toml");

/// Reads a seed file.
///
/// # Errors
/// Everything that is wrong with it at once, each with its key and how to mend it; only after a mistake of TOML itself
/// nothing more can be said.
pub(crate) fn parse(text: &str) -> Result<World, Problems> {
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        let what = error.to_string().trim_end().to_owned();
        Problems(vec![Problem::new("seed", what, "mend the TOML there")])
    })?;
    let mut problems = Vec::new();
    let mut fields = Fields::new("", table, &mut problems);
    let settings_table = fields.table("settings");
    let account_tables = fields.tables("account");
    let person_tables = fields.tables("person");
    fields.finish();

    let settings = settings::read(settings_table, &mut problems);
    let accounts: Vec<Account> = numbered("account", account_tables)
        .map(|(at, table)| account::read(&at, table, &mut problems))
        .collect();
    let people: Vec<(String, Person)> = numbered("person", person_tables)
        .map(|(at, table)| {
            let person = person::read(&at, table, &mut problems);
            (at, person)
        })
        .collect();

    problems.extend(shared_appids(&accounts));
    for (at, person) in &people {
        problems.extend(person_problems(at, person));
    }
    let by_key: Vec<(String, &Person)> = people
        .iter()
        .map(|(at, person)| (at.clone(), person))
        .collect();
    problems.extend(clashes(&by_key, &accounts));
    if accounts.is_empty() {
        let fix = "add one; --print-seed shows how";
        problems.push(Problem::new("account", "there is no [[account]]", fix));
    }
    let mut everybody = people.into_iter().map(|(_, person)| person);
    match everybody.next() {
        Some(first) if problems.is_empty() => Ok(World {
            accounts,
            people: People::new(first, everybody.collect()),
            settings,
        }),
        Some(_) => Err(Problems(problems)),
        None => {
            let fix = "add one; the first holds the phone";
            problems.push(Problem::new("person", "there is no [[person]]", fix));
            Err(Problems(problems))
        }
    }
}

fn numbered(key: &str, tables: Vec<toml::Table>) -> impl Iterator<Item = (String, toml::Table)> {
    tables
        .into_iter()
        .enumerate()
        .map(move |(position, table)| (format!("{key}[{}]", position.saturating_add(1)), table))
}

fn shared_appids(accounts: &[Account]) -> Vec<Problem> {
    let mut owners: HashMap<&str, &str> = HashMap::new();
    let mut problems = Vec::new();
    for (position, account) in accounts.iter().enumerate() {
        if let Some(first) = owners.insert(&account.appid, &account.title) {
            problems.push(Problem::new(
                format!("account[{}].appid", position.saturating_add(1)),
                format!(
                    "{:?} is the appid of {first:?} and of {:?}",
                    account.appid, account.title
                ),
                "give one of them another appid",
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests;
