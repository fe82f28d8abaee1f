//! File and environment as one flat list of settings, taken out one by one; what is left over nobody knows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::problem::{Problem, Problems};
use super::way::ProxyVariables;

/// What the names of our environment variables begin with.
const PREFIX: &str = "WECHAT_LOGIN__";

/// Where systemd says the credentials of this process are (`LoadCredential=`, `SetCredential=` and the like).
pub(super) const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Where a secret was read from; which accounts of this machine may read it is worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretPlace {
    /// The key of the setting, such as `accounts.shop.secret`.
    pub key: String,
    /// The file that holds nothing else; `None`: the configuration file.
    pub file: Option<PathBuf>,
}

/// Settings by dotted key, and the problems met while reading them.
pub(super) struct Reader {
    credentials: Option<PathBuf>,
    settings: BTreeMap<String, Setting>,
    asked_for: BTreeSet<String>,
    problems: Problems,
    secret_places: Vec<SecretPlace>,
    proxy_variables: ProxyVariables,
}

struct Setting {
    value: Value,
    /// The key as problems show it: with the environment variable it comes from, if it does.
    shown_key: String,
    /// Environment variables are all text; those of the file have types.
    is_from_environment: bool,
}

impl Reader {
    pub(super) fn new(
        toml: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let table: Table = toml.parse().map_err(|error| syntax_problem(toml, &error))?;
        let mut settings = BTreeMap::new();
        flatten(table, "", &mut settings);
        let mut credentials = None;
        let mut proxy_variables = ProxyVariables::default();
        for (variable, value) in environment {
            proxy_variables.note(&variable, &value);
            if variable == CREDENTIALS {
                credentials = Some(PathBuf::from(&value));
            }
            if let Some(name) = variable.strip_prefix(PREFIX) {
                let key = name.to_lowercase().replace("__", ".");
                let setting = Setting {
                    value: Value::String(value),
                    shown_key: format!("{key} (from {variable})"),
                    is_from_environment: true,
                };
                settings.insert(key, setting);
            }
        }
        Ok(Self {
            credentials,
            settings,
            asked_for: BTreeSet::new(),
            problems: Problems::default(),
            secret_places: Vec::new(),
            proxy_variables,
        })
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
        self.settings.keys().filter_map(name_of).collect()
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
        self.settings.keys().filter_map(name_of).collect()
    }

    /// The folder of systemd's credentials, if this process has one.
    pub(super) fn credentials(&self) -> Option<&Path> {
        self.credentials.as_deref()
    }

    /// Notes where a secret came from.
    pub(super) fn note_secret(&mut self, key: &str, file: Option<PathBuf>) {
        let key = key.to_owned();
        self.secret_places.push(SecretPlace { key, file });
    }

    /// Notes that the configuration file holds a secret, if this key stands there.
    pub(super) fn note_secret_in_file(&mut self, key: &str) {
        let setting = self.settings.get(key);
        if setting.is_some_and(|setting| !setting.is_from_environment) {
            self.note_secret(key, None);
        }
    }

    /// Takes that back: what stands there is none after all.
    pub(super) fn forget_secret(&mut self, key: &str) {
        self.secret_places.retain(|place| place.key != key);
    }

    /// What the environment says about proxies.
    pub(super) fn proxy_variables(&self) -> &ProxyVariables {
        &self.proxy_variables
    }

    /// All that was noted.
    pub(super) fn take_secret_places(&mut self) -> Vec<SecretPlace> {
        std::mem::take(&mut self.secret_places)
    }

    /// A text, if the key is set.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let setting = self.take(key)?;
        match setting.value {
            Value::String(text) => Some(text),
            other => self.wrong_type(setting.shown_key, "a text in quotes", &other),
        }
    }

    /// A text that must be there; `remedy` says what to write.
    pub(super) fn required_text(&mut self, key: &str, remedy: &str) -> Option<String> {
        if self.settings.contains_key(key) {
            self.text(key)
        } else {
            self.asked_for.insert(key.to_owned());
            self.problem(key, format!("missing; {remedy}"));
            None
        }
    }

    /// `true` or `false`, or `default` where the key is not set.
    pub(super) fn bool(&mut self, key: &str, default: bool) -> Option<bool> {
        let Some(setting) = self.take(key) else {
            return Some(default);
        };
        match setting.value {
            Value::Boolean(value) => Some(value),
            Value::String(text) if setting.is_from_environment => match text.as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => {
                    self.problem(setting.shown_key, "is neither true nor false");
                    None
                }
            },
            other => self.wrong_type(setting.shown_key, "true or false", &other),
        }
    }

    /// A whole number within `range`, or `default` where the key is not set.
    pub(super) fn integer(
        &mut self,
        key: &str,
        default: i64,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let Some(setting) = self.take(key) else {
            return Some(default);
        };
        let number = match setting.value {
            Value::Integer(number) => Some(number),
            Value::String(digits) if setting.is_from_environment => digits.parse().ok(),
            other => return self.wrong_type(setting.shown_key, "a whole number", &other),
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (low, high) = (range.start(), range.end());
            self.problem(
                setting.shown_key,
                format!("must be a whole number from {low} to {high}"),
            );
        }
        number
    }

    /// A list of texts, empty where the key is not set; one of the environment is separated by commas.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let Some(setting) = self.take(key) else {
            return Some(Vec::new());
        };
        match setting.value {
            Value::Array(values) => {
                let text_of = |value: Value| match value {
                    Value::String(text) => Some(text),
                    _ => None,
                };
                let texts: Option<Vec<String>> = values.into_iter().map(text_of).collect();
                if texts.is_none() {
                    self.problem(setting.shown_key, "must be a list of texts in quotes");
                }
                texts
            }
            Value::String(text) if setting.is_from_environment => {
                Some(text.split(',').map(|part| part.trim().to_owned()).collect())
            }
            other => self.wrong_type(setting.shown_key, "a list of texts, [\"…\"]", &other),
        }
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
        self.settings.contains_key(key)
    }

    /// Whether somebody tried to read this key.
    pub(super) fn was_asked_for(&self, key: &str) -> bool {
        self.asked_for.contains(key)
    }

    /// All keys that somebody tried to read.
    #[cfg(test)]
    pub(super) fn known_keys(&self) -> impl Iterator<Item = &str> {
        self.asked_for.iter().map(String::as_str)
    }

    /// Notes a problem.
    pub(super) fn problem(&mut self, key: impl Into<String>, text: impl Into<String>) {
        self.problems.push(Problem::new(key, text));
    }

    /// Notes a problem that is none of a setting's.
    pub(super) fn add(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// All problems, with those of the keys nobody asked for.
    pub(super) fn finish(mut self) -> Problems {
        for (key, setting) in &self.settings {
            let text = if setting.value.is_table() {
                "an empty section; fill it in or remove it".to_owned()
            } else if let Some(similar) = most_similar(key, &self.asked_for) {
                format!("unknown key, did you mean {similar}?")
            } else {
                "unknown key; remove it".to_owned()
            };
            self.problems.push(Problem::new(&setting.shown_key, text));
        }
        self.problems
    }

    fn take(&mut self, key: &str) -> Option<Setting> {
        self.asked_for.insert(key.to_owned());
        self.settings.remove(key)
    }

    fn wrong_type<T>(&mut self, key: String, expected: &str, found: &Value) -> Option<T> {
        // The kind only: the value may be a secret in the wrong place.
        let text = format!("must be {expected}, not of type {}", found.type_str());
        self.problem(key, text);
        None
    }
}

fn flatten(table: Table, parent: &str, settings: &mut BTreeMap<String, Setting>) {
    for (name, value) in table {
        let is_top_level = parent.is_empty();
        let key = if is_top_level {
            name
        } else {
            format!("{parent}.{name}")
        };
        match value {
            Value::Table(inner) if !inner.is_empty() => flatten(inner, &key, settings),
            // A sample with all keys of a section commented out is fine.
            Value::Table(_) if is_top_level => {}
            value => {
                let setting = Setting {
                    value,
                    shown_key: key.clone(),
                    is_from_environment: false,
                };
                settings.insert(key, setting);
            }
        }
    }
}

/// Where the file stops being TOML. The parser's own report quotes the line, which may hold a secret.
fn syntax_problem(toml: &str, error: &toml::de::Error) -> Problems {
    let before = error.span().and_then(|span| toml.get(..span.start));
    let place = before.map_or_else(String::new, |before| {
        format!("line {}: ", before.split('\n').count())
    });
    let problem = Problem::new("configuration file", format!("{place}{}", error.message()));
    Problems::from(problem)
}

fn most_similar<'a>(key: &str, known: &'a BTreeSet<String>) -> Option<&'a String> {
    known
        .iter()
        .map(|candidate| (strsim::levenshtein(key, candidate), candidate))
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, candidate)| candidate)
}
