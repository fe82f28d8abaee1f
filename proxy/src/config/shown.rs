//! What holds and where it comes from, for `config --show`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use toml::Value;

use super::places::Places;

/// What is shown of a key.
#[derive(Default)]
pub(super) enum Shown {
    /// It is not set, and no default stands for it.
    #[default]
    Unset,
    /// It is not set.
    Default(Value),
    /// It is set.
    Found(Value),
    /// Where it comes from and nothing else; empty where it is not set.
    Secret(String),
}

/// Every key there is, what holds, and where that comes from: a TOML file with comments. Never holds a secret.
pub struct Listing {
    keys: BTreeMap<String, Shown>,
    wrong: BTreeSet<String>,
    places: Places,
    credentials: String,
}

impl Listing {
    pub(super) fn new(
        mut keys: BTreeMap<String, Shown>,
        wrong: BTreeSet<String>,
        places: Places,
        credentials: &Path,
    ) -> Self {
        let secrets = keys.iter().filter(|(_, it)| matches!(it, Shown::Secret(_)));
        let ways =
            secrets.flat_map(|(key, _)| [format!("{key}_file"), format!("{key}_credential")]);
        // The secret's own line says all about them.
        for way in ways.collect::<Vec<_>>() {
            keys.remove(&way);
        }
        Self {
            keys,
            wrong,
            places,
            credentials: credentials.display().to_string(),
        }
    }

    /// The line of a key, by its name in its section.
    fn line(&self, key: &str, name: &str, shown: &Shown) -> String {
        let place = self.places.of(key);
        let is_wrong = |wrong: &String| {
            let rest = wrong.strip_prefix(key);
            rest.is_some_and(|rest| {
                matches!(rest, "" | "_file" | "_credential") || rest.starts_with('[')
            })
        };
        if self.wrong.iter().any(is_wrong) {
            // Whatever stands there may be a secret in the wrong place.
            return format!("# {name}: wrong, see the problems  # {place}");
        }
        match shown {
            Shown::Unset => format!("# {name}: not set"),
            Shown::Secret(from) if from.is_empty() => format!("# {name}: not set"),
            Shown::Secret(from) if from == place => format!("# {name}: set ({from})"),
            Shown::Secret(from) => format!("# {name}: set ({from})  # {place}"),
            Shown::Default(value) => format!("{name} = {value}  # default"),
            Shown::Found(Value::String(text)) if has_user(text) => {
                format!("# {name}: set ({place}), with a user name or password")
            }
            Shown::Found(value) => format!("{name} = {value}  # {place}"),
        }
    }
}

/// Whether this looks like an address with a user name or password before its host.
fn has_user(text: &str) -> bool {
    text.split_once("://")
        .is_some_and(|(_, rest)| rest.contains('@'))
}

impl fmt::Display for Listing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "# configuration: {}", self.places.file())?;
        writeln!(formatter, "# credentials: {}", self.credentials)?;
        // By section; those without one come first, as TOML wants it.
        let mut sections: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (key, shown) in &self.keys {
            let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
            let lines = sections.entry(section).or_default();
            lines.push(self.line(key, name, shown));
        }
        for (section, lines) in sections {
            if !section.is_empty() {
                writeln!(formatter, "\n[{section}]")?;
            }
            for line in lines {
                writeln!(formatter, "{line}")?;
            }
        }
        Ok(())
    }
}
