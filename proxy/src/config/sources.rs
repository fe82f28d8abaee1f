//! File and environment as one flat list of settings.
//!
//! An empty text is no setting: whoever hands on `${VARIABLE}` hands on an empty one for one that is not set.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use toml::de::{DeTable, Deserializer};
use toml::{Table, Value};

use super::places::{PREFIX, Places, join};
use super::problem::{Problem, Problems};
use super::syntax::syntax_problem;

/// Where systemd says the credentials of this process are (`LoadCredential=`, `SetCredential=` and the like).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Everything that is set, by dotted key.
pub(super) struct Sources {
    /// What systemd says.
    credentials: Option<PathBuf>,
    /// The folder `credentials` beside the file.
    pub(super) credentials_home: PathBuf,
    pub(super) settings: BTreeMap<String, Setting>,
    pub(super) places: Places,
    pub(super) problems: Problems,
    /// `HTTPS_PROXY` and the like, as they are.
    pub(super) proxy_variables: Vec<(String, String)>,
}

pub(super) struct Setting {
    pub(super) value: Value,
    /// Environment variables are all text; those of the file have types.
    pub(super) is_from_environment: bool,
}

impl Sources {
    /// `file` is the name of the file that holds `toml`, for people.
    ///
    /// # Errors
    /// The one [`Problem`] of a text that is not TOML.
    pub(super) fn read(
        file: &str,
        toml: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let wrong = |error| syntax_problem(file, toml, &error);
        let spanned = DeTable::parse(toml).map_err(wrong)?;
        let places = Places::of_file(file, toml, spanned.get_ref());
        let table = Table::deserialize(Deserializer::from(spanned)).map_err(wrong)?;
        let mut sources = Self {
            credentials: None,
            credentials_home: Path::new(file).with_file_name("credentials"),
            settings: BTreeMap::new(),
            places,
            problems: Problems::default(),
            proxy_variables: Vec::new(),
        };
        flatten(table, "", &mut sources.settings);
        let mut variables: Vec<_> = environment.into_iter().collect();
        // Of two for one key the same one is named first each time.
        variables.sort();
        for (variable, value) in variables {
            if variable.to_ascii_lowercase().ends_with("_proxy") {
                let own = (variable.clone(), value.clone());
                sources.proxy_variables.push(own);
            }
            sources.take_variable(&variable, value);
        }
        Ok(sources)
    }

    /// The folder of this process's credentials: systemd's, or the one beside the configuration.
    pub(super) fn credentials(&self) -> &Path {
        self.credentials
            .as_deref()
            .unwrap_or(&self.credentials_home)
    }

    fn take_variable(&mut self, variable: &str, value: String) {
        if variable == CREDENTIALS && !is_empty(&value) {
            self.credentials = Some(PathBuf::from(&value));
        }
        let Some((beginning, name)) = variable.split_at_checked(PREFIX.len()) else {
            return;
        };
        if !beginning.eq_ignore_ascii_case(PREFIX) {
            return;
        }
        let key = name.to_lowercase().replace("__", ".");
        if is_empty(&value) {
            if !self.settings.contains_key(&key) {
                self.places.note_variable(&key, variable);
            }
            return;
        }
        let setting = Setting {
            value: Value::String(value),
            is_from_environment: true,
        };
        let before = self.settings.insert(key.clone(), setting);
        if before.is_some_and(|before| before.is_from_environment) {
            let other = self.places.of(&key);
            let text = format!("set by {other} as well; keep one of the two variables");
            let problem = Problem::new(format!("{variable}: {key}"), text);
            self.problems.push(problem);
        }
        self.places.note_variable(&key, variable);
    }
}

fn is_empty(text: &str) -> bool {
    text.trim().is_empty()
}

fn flatten(table: Table, parent: &str, settings: &mut BTreeMap<String, Setting>) {
    for (name, value) in table {
        let key = join(parent, &name);
        match value {
            Value::Table(inner) if !inner.is_empty() => flatten(inner, &key, settings),
            // A sample with all keys of a section commented out is fine.
            Value::Table(_) if parent.is_empty() => {}
            Value::String(text) if is_empty(&text) => {}
            value => {
                let setting = Setting {
                    value,
                    is_from_environment: false,
                };
                settings.insert(key, setting);
            }
        }
    }
}

/// The key that `key` was mistyped for, or that stands in the wrong section.
pub(super) fn most_similar<'a>(key: &str, known: &'a [String]) -> Option<&'a str> {
    let distances = known
        .iter()
        .map(|candidate| (strsim::levenshtein(key, candidate), candidate));
    let nearest = distances.filter(|(distance, _)| *distance <= 3).min();
    let name = |key: &str| key.rsplit('.').next().map(str::to_owned);
    let elsewhere = || known.iter().find(|candidate| name(candidate) == name(key));
    let found = nearest.map(|(_, candidate)| candidate);
    found.or_else(elsewhere).map(String::as_str)
}
