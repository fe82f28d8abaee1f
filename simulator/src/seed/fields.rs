//! One table of the seed file: keys are taken out one by one, and what nobody took is a mistake.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::platform::Problem;

/// Reads a table and collects what is wrong with it.
pub(super) struct Fields<'a> {
    at: String,
    table: Table,
    known: Vec<&'static str>,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Fields<'a> {
    /// `at` is the key of the table itself, empty for the whole file.
    pub(super) fn new(at: &str, table: Table, problems: &'a mut Vec<Problem>) -> Self {
        Self {
            at: at.to_owned(),
            table,
            known: Vec::new(),
            problems,
        }
    }

    /// The full key of a field.
    pub(super) fn key(&self, name: &str) -> String {
        if self.at.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.at)
        }
    }

    /// Adds a problem with one of the fields.
    pub(super) fn wrong(&mut self, name: &str, what: impl Into<String>, fix: impl Into<String>) {
        let key = self.key(name);
        self.problems.push(Problem::new(key, what, fix));
    }

    /// A text that has to be there.
    pub(super) fn required_text(&mut self, name: &'static str, example: &str) -> String {
        if !self.table.contains_key(name) {
            self.known.push(name);
            self.wrong(name, "is missing", format!("add {name} = {example:?}"));
            return String::new();
        }
        self.optional_text(name).unwrap_or_default()
    }

    /// A text that may be left out.
    pub(super) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        self.take(name, "a text in quotes", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, name: &'static str, default: bool) -> bool {
        let flag = self.take(name, "true or false", |value| value.as_bool());
        flag.unwrap_or(default)
    }

    /// A whole number from 0 on.
    pub(super) fn number(&mut self, name: &'static str) -> Option<u64> {
        self.take(name, "a whole number from 0 on", |value| {
            value
                .as_integer()
                .and_then(|number| u64::try_from(number).ok())
        })
    }

    /// One of some words. `words` is what to tell whoever wrote another one.
    pub(super) fn choice<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
        words: &str,
    ) -> Option<T> {
        self.take(name, &format!("one of {words}"), |value| {
            value.is_str().then(|| value.try_into().ok()).flatten()
        })
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, name: &'static str) -> Vec<String> {
        self.optional_texts(name).unwrap_or_default()
    }

    /// A list of texts that means something else if it is left out.
    pub(super) fn optional_texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        self.take(name, "a list of texts", |value| value.try_into().ok())
    }

    /// A table of texts.
    pub(super) fn text_table<T: DeserializeOwned + Default>(&mut self, name: &'static str) -> T {
        let table = self.take(name, "a table of texts", |value| value.try_into().ok());
        table.unwrap_or_default()
    }

    /// A table inside this one; empty if it is left out.
    pub(super) fn table(&mut self, name: &'static str) -> Table {
        let table = self.take(name, "a table", |value| match value {
            Value::Table(table) => Some(table),
            _ => None,
        });
        table.unwrap_or_default()
    }

    /// Tables written as `[[name]]`.
    pub(super) fn tables(&mut self, name: &'static str) -> Vec<Table> {
        let form = format!("written as [[{name}]]");
        let tables = self.take(name, &form, |value| value.try_into().ok());
        tables.unwrap_or_default()
    }

    /// Everything nobody asked for is a mistake.
    pub(super) fn finish(mut self) {
        let unknown: Vec<String> = self.table.keys().cloned().collect();
        let known = self.known.join(", ");
        for name in unknown {
            let fix = format!("remove it, or use one of: {known}");
            self.wrong(&name, "is no key that exists here", fix);
        }
    }

    fn take<T>(
        &mut self,
        name: &'static str,
        form: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<T> {
        self.known.push(name);
        let value = self.table.remove(name)?;
        let read = read(value);
        if read.is_none() {
            self.wrong(name, "cannot be read", format!("it has to be {form}"));
        }
        read
    }
}
