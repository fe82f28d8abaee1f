//! Where each setting stands: the line of the file, or the environment variable.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

/// What the names of our environment variables begin with.
pub(super) const PREFIX: &str = "WECHAT_LOGIN__";

/// Where a secret was read from; which accounts of this machine may read it is worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretPlace {
    /// The key of the setting, such as `accounts.shop.secret`.
    pub key: String,
    /// The file that holds nothing else; `None`: the configuration file.
    pub file: Option<PathBuf>,
    /// The name of the credential that this file is.
    pub credential: Option<String>,
}

impl SecretPlace {
    pub(super) fn file(key: &str, path: PathBuf) -> Self {
        Self {
            key: key.to_owned(),
            file: Some(path),
            credential: None,
        }
    }
}

impl fmt::Display for SecretPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.credential, &self.file) {
            (Some(name), _) => write!(formatter, "credential {name}"),
            (None, Some(path)) => write!(formatter, "file {}", path.display()),
            (None, None) => formatter.write_str("configuration"),
        }
    }
}

/// The places of settings, by key; of sections and of the items of lists, too.
#[derive(Debug, Clone)]
pub struct Places {
    file: String,
    known: BTreeMap<String, String>,
}

impl Places {
    /// Those of all keys in `table`, which was read from `toml`, the text of `file`.
    pub(super) fn of_file(file: &str, toml: &str, table: &DeTable<'_>) -> Self {
        let mut known = BTreeMap::new();
        let place = |offset| format!("{file} line {}", line(toml, offset));
        note(table, "", &place, &mut known);
        let file = file.to_owned();
        Self { file, known }
    }

    /// A variable sets `key` instead; it may be all there is of its section.
    pub(super) fn note_variable(&mut self, key: &str, variable: &str) {
        let section = key.rsplit_once('.').zip(variable.rsplit_once("__"));
        if let Some(((section, _), (beginning, _))) = section {
            let section = self.known.entry(section.to_owned());
            section.or_insert_with(|| format!("{beginning}__…"));
        }
        self.known.insert(key.to_owned(), variable.to_owned());
    }

    /// The configuration file.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Where `key` itself is set.
    pub(super) fn exact(&self, key: &str) -> Option<&str> {
        self.known.get(key).map(String::as_str)
    }

    /// Whether `key` is set by a variable.
    pub(super) fn is_variable(&self, key: &str) -> bool {
        let beginning = self.exact(key).and_then(|place| place.get(..PREFIX.len()));
        beginning.is_some_and(|it| it.eq_ignore_ascii_case(PREFIX))
    }

    /// Where to look at `key`: its own place, that of the list it is an item of, of the file or credential it is read from,
    /// of its section, or the whole file.
    pub fn of(&self, key: &str) -> &str {
        let list = key.split('[').next().unwrap_or(key);
        let other_ways = ["", "_file", "_credential"].map(|way| format!("{list}{way}"));
        let exact = || other_ways.iter().find_map(|key| self.exact(key));
        let sections = std::iter::successors(Some(list), |key| Some(key.rsplit_once('.')?.0));
        let section = || sections.skip(1).find_map(|section| self.exact(section));
        let found = self.exact(key).or_else(exact).or_else(section);
        found.unwrap_or(&self.file)
    }

    /// The key with its place, as problems begin.
    pub fn named(&self, key: &str) -> String {
        format!("{}: {key}", self.of(key))
    }
}

/// The line of this byte of a text, counted from one.
pub(super) fn line(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    before.split('\n').count()
}

/// The variable that sets `key`.
pub(super) fn variable(key: &str) -> String {
    PREFIX.to_owned() + &key.to_uppercase().replace('.', "__")
}

fn note(
    table: &DeTable<'_>,
    parent: &str,
    place: &impl Fn(usize) -> String,
    known: &mut BTreeMap<String, String>,
) {
    for (name, value) in table {
        let key = join(parent, name.get_ref());
        known.insert(key.clone(), place(name.span().start));
        match value.get_ref() {
            DeValue::Table(inner) => note(inner, &key, place, known),
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    known.insert(format!("{key}[{index}]"), place(item.span().start));
                }
            }
            _ => {}
        }
    }
}

/// The key of `name` in the section `parent`, or at the top.
pub(super) fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}
