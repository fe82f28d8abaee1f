//! The settings, taken out one by one; what is left over nobody knows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use toml::Value;

use super::places::{Places, SecretPlace, variable};
use super::problem::{Problem, Problems};
use super::shown::{Listing, Shown};
use super::sources::{Setting, Sources, most_similar};

/// Settings by dotted key, and the problems met while reading them.
pub(super) struct Reader {
    sources: Sources,
    /// What was asked for, and what was found.
    asked_for: BTreeMap<String, Shown>,
    /// The keys of the problems.
    wrong: BTreeSet<String>,
    secret_places: Vec<SecretPlace>,
}

impl Reader {
    pub(super) fn new(sources: Sources) -> Self {
        Self {
            sources,
            asked_for: BTreeMap::new(),
            wrong: BTreeSet::new(),
            secret_places: Vec::new(),
        }
    }

    /// The names directly under `table`, such as the accounts.
    pub(super) fn names_under(&self, table: &str) -> BTreeSet<String> {
        let name_of = |key: &String| {
            let (name, _) = key
                .strip_prefix(table)?
                .strip_prefix('.')?
                .split_once('.')?;
            Some(name.to_owned())
        };
        self.sources.settings.keys().filter_map(name_of).collect()
    }

    /// The secrets directly under `table`, each of which may be given in a file or as a credential instead.
    pub(super) fn secrets_under(&self, table: &str) -> BTreeSet<String> {
        let name_of = |key: &String| {
            let name = key.strip_prefix(table)?.strip_prefix('.')?;
            let suffix = ["_file", "_credential"]
                .into_iter()
                .find_map(|suffix| name.strip_suffix(suffix));
            Some(suffix.unwrap_or(name).to_owned())
        };
        self.sources.settings.keys().filter_map(name_of).collect()
    }

    /// Where all settings come from.
    pub(super) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Notes that `key` is a secret and what it was read from, in words.
    pub(super) fn note_secret(&mut self, key: &str, from: &str) {
        let shown = Shown::Secret(from.to_owned());
        self.asked_for.insert(key.to_owned(), shown);
    }

    /// Notes the file with a secret.
    pub(super) fn note_place(&mut self, place: SecretPlace) {
        self.secret_places.push(place);
    }

    /// Notes that `key` is a secret, and where it stands, if it is set as it is.
    pub(super) fn note_secret_in_file(&mut self, key: &str) {
        let setting = self.sources.settings.get(key);
        let from = setting
            .map_or("", |_| self.sources.places.of(key))
            .to_owned();
        if setting.is_some_and(|setting| !setting.is_from_environment) {
            let key = key.to_owned();
            self.note_place(SecretPlace {
                key,
                file: None,
                credential: None,
            });
        }
        self.note_secret(key, &from);
    }

    /// Takes that back: what stands there is none after all.
    pub(super) fn forget_secret(&mut self, key: &str) {
        self.secret_places.retain(|place| place.key != key);
    }

    /// All that was noted.
    pub(super) fn take_secret_places(&mut self) -> Vec<SecretPlace> {
        std::mem::take(&mut self.secret_places)
    }

    /// Where everything stands.
    pub(super) fn places(&self) -> &Places {
        &self.sources.places
    }

    /// A text, if the key is set.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let setting = self.take(key)?;
        match setting.value {
            Value::String(text) => {
                self.found(key, text.as_str());
                Some(text)
            }
            other => self.wrong_type(key, "a text in quotes", &other),
        }
    }

    /// A text, or `default` where the key is not set.
    pub(super) fn text_or(&mut self, key: &str, default: &str) -> Option<String> {
        self.default(key, default);
        if self.has(key) {
            self.text(key)
        } else {
            Some(default.to_owned())
        }
    }

    /// A text that must be there; `remedy` says what to write.
    pub(super) fn required_text(&mut self, key: &str, remedy: &str) -> Option<String> {
        if !self.has(key) {
            self.problem(key, format!("missing; {remedy}"));
        }
        self.text(key)
    }

    /// `true` or `false`, or `default` where the key is not set.
    pub(super) fn bool(&mut self, key: &str, default: bool) -> Option<bool> {
        self.default(key, default);
        let Some(setting) = self.take(key) else {
            return Some(default);
        };
        let value = match setting.value {
            Value::Boolean(value) => value,
            Value::String(text) if setting.is_from_environment => match text.trim() {
                "true" => true,
                "false" => false,
                _ => {
                    self.problem(key, "is neither true nor false");
                    return None;
                }
            },
            other => return self.wrong_type(key, "true or false", &other),
        };
        self.found(key, value);
        Some(value)
    }

    /// A whole number within `range`, or `default` where the key is not set.
    pub(super) fn integer(
        &mut self,
        key: &str,
        default: i64,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        self.default(key, default);
        if self.has(key) {
            self.integer_if_set(key, range)
        } else {
            Some(default)
        }
    }

    /// A whole number within `range`, if the key is set.
    pub(super) fn integer_if_set(&mut self, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let setting = self.take(key)?;
        let number = match setting.value {
            Value::Integer(number) => Some(number),
            Value::String(digits) if setting.is_from_environment => digits.trim().parse().ok(),
            other => return self.wrong_type(key, "a whole number", &other),
        };
        let number = number.filter(|number| range.contains(number));
        if let Some(number) = number {
            self.found(key, number);
        } else {
            let (low, high) = (range.start(), range.end());
            self.problem(key, format!("must be a whole number from {low} to {high}"));
        }
        number
    }

    /// A list of texts, empty where the key is not set; one of the environment is separated by commas.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        self.default(key, Vec::<Value>::new());
        let Some(setting) = self.take(key) else {
            return Some(Vec::new());
        };
        let texts: Vec<String> = match setting.value {
            Value::Array(values) => {
                let text_of = |value: Value| match value {
                    Value::String(text) => Some(text),
                    _ => None,
                };
                let texts: Option<_> = values.into_iter().map(text_of).collect();
                if texts.is_none() {
                    self.problem(key, "must be a list of texts in quotes");
                }
                texts?
            }
            Value::String(text) if setting.is_from_environment => {
                let parts = text.split(',').map(str::trim);
                let parts = parts.filter(|part| !part.is_empty());
                parts.map(str::to_owned).collect()
            }
            other => return self.wrong_type(key, "a list of texts, [\"…\"]", &other),
        };
        self.found(key, texts.clone());
        Some(texts)
    }

    /// The items of a list that are in order, with a problem for each that is not.
    pub(super) fn each<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let texts = self.texts(key).unwrap_or_default();
        self.each_of(key, &texts, parse)
    }

    /// The same for the list `key` that is read already.
    pub(super) fn each_of<T>(
        &mut self,
        key: &str,
        texts: &[String],
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let items = texts.iter().enumerate();
        items
            .filter_map(|(index, text)| self.valid(&format!("{key}[{index}]"), parse(text)))
            .collect()
    }

    /// What was understood of the setting `key`; else what is wrong with it is noted.
    pub(super) fn valid<T>(&mut self, key: &str, read: Result<T, impl Into<String>>) -> Option<T> {
        read.map_err(|problem| self.problem(key, problem)).ok()
    }

    /// Whether a key is set.
    pub(super) fn has(&self, key: &str) -> bool {
        self.sources.settings.contains_key(key)
    }

    /// Whether somebody tried to read this key.
    pub(super) fn was_asked_for(&self, key: &str) -> bool {
        self.asked_for.contains_key(key)
    }

    /// All keys that somebody tried to read.
    #[cfg(test)]
    pub(super) fn known_keys(&self) -> impl Iterator<Item = &str> {
        self.asked_for.keys().map(String::as_str)
    }

    /// Notes what holds where `key` is not set.
    pub(super) fn default(&mut self, key: &str, value: impl Into<Value>) {
        self.show(key, Shown::Default(value.into()));
    }

    fn found(&mut self, key: &str, value: impl Into<Value>) {
        self.show(key, Shown::Found(value.into()));
    }

    fn show(&mut self, key: &str, new: Shown) {
        let shown = self.asked_for.entry(key.to_owned()).or_default();
        if !matches!(shown, Shown::Secret(_)) {
            *shown = new;
        }
    }

    /// Notes a problem that is none of a setting's.
    pub(super) fn add(&mut self, problem: Problem) {
        self.sources.problems.push(problem);
    }

    /// Notes a problem. One that begins with "missing" is told with the variable that would do as well.
    pub(super) fn problem(&mut self, key: impl Into<String>, text: impl Into<String>) {
        let (key, text) = (key.into(), text.into());
        let text = match text.strip_prefix("missing") {
            // What is wrong with it was said.
            Some(_) if self.wrong.contains(&key) => return,
            // It stands there, so it is empty.
            Some(rest) if self.sources.places.exact(&key).is_some() && !rest.is_empty() => {
                format!("empty, which counts as missing{rest}")
            }
            Some(rest) => format!("missing{rest}; or set {}", variable(&key)),
            None => text,
        };
        self.add(Problem::new(self.sources.places.named(&key), text));
        self.wrong.insert(key);
    }

    /// All problems, with those of the keys nobody asked for; and everything that was asked for.
    pub(super) fn finish(mut self) -> (Problems, Listing) {
        let known: Vec<String> = self.asked_for.keys().cloned().collect();
        for (key, setting) in std::mem::take(&mut self.sources.settings) {
            let (kind, named): (_, fn(&str) -> String) = match setting.is_from_environment {
                true => ("variable", variable),
                false => ("key", str::to_owned),
            };
            let similar = most_similar(&key, &known).map(named);
            let text = match similar {
                _ if setting.value.is_table() => {
                    "an empty section; fill it in or remove it".to_owned()
                }
                None => format!("unknown {kind}; remove it"),
                Some(top) if kind == "key" && key.ends_with(&format!(".{top}")) => {
                    format!("unknown key, did you mean {top}, above every [section]?")
                }
                Some(similar) => format!("unknown {kind}, did you mean {similar}?"),
            };
            self.problem(key, text);
        }
        let credentials = self.sources.credentials().to_owned();
        let listing = Listing::new(
            self.asked_for,
            self.wrong,
            self.sources.places,
            &credentials,
        );
        (self.sources.problems, listing)
    }

    fn take(&mut self, key: &str) -> Option<Setting> {
        self.asked_for.entry(key.to_owned()).or_default();
        self.sources.settings.remove(key)
    }

    fn wrong_type<T>(&mut self, key: &str, expected: &str, found: &Value) -> Option<T> {
        // The kind only: the value may be a secret in the wrong place.
        let text = format!("must be {expected}, not of type {}", found.type_str());
        self.problem(key, text);
        None
    }
}
