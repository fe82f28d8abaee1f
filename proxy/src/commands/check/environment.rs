//! The variables that a unit gives its service: `Environment=` and `EnvironmentFile=`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::report::{Finding, Subject};
use crate::config::Config;

const CHECK: Subject = Subject("unit");
/// What the names of the configuration's own variables begin with.
const OURS: &str = "WECHAT_LOGIN__";

/// As far as its lines and the files that it names tell.
#[derive(Debug, Default)]
pub(super) struct Environment {
    set: BTreeMap<String, String>,
    files: Vec<(PathBuf, bool)>,
}

impl Environment {
    /// A line `Environment=`. An empty one forgets those before.
    pub(super) fn set(&mut self, value: &str) {
        if value.is_empty() {
            self.set.clear();
        }
        let words = words(value);
        let pairs = words.iter().filter_map(|word| word.split_once('='));
        self.set
            .extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    /// A line `EnvironmentFile=`.
    pub(super) fn add_file(&mut self, value: &str) {
        if value.is_empty() {
            self.files.clear();
            return;
        }
        let path = value.trim_start_matches('-');
        self.files.push((path.into(), path == value));
    }

    /// All of them. What a file says counts more than the unit, as it does for systemd.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let mut variables = self.set.clone();
        for (path, _) in &self.files {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            for line in text.replace("\\\n", "").lines().map(str::trim) {
                let Some((name, value)) = line
                    .split_once('=')
                    .filter(|_| !line.starts_with(['#', ';']))
                else {
                    continue;
                };
                // Blanks are part of a value here, with or without quotes.
                let value = value.trim();
                let quoted = value
                    .starts_with(['"', '\''])
                    .then(|| words(value).concat());
                variables.insert(
                    name.trim().to_owned(),
                    quoted.unwrap_or_else(|| value.to_owned()),
                );
            }
        }
        variables
    }
}

/// What is missing of it, and what stands in this shell alone.
pub(super) fn findings(config: &Config, unit: &Path, environment: &Environment) -> Vec<Finding> {
    let file = unit.display();
    let missing = environment
        .files
        .iter()
        .filter(|(path, is_needed)| *is_needed && !path.exists());
    let mut findings: Vec<Finding> = missing
        .map(|(path, _)| {
            CHECK.error(
                format!(
                    "{file} takes variables from {}, which is not there.",
                    path.display()
                ),
                "systemd does not start the service.",
                "make the file, or write a - before its path in EnvironmentFile=.",
            )
        })
        .collect();
    let of_unit = environment.variables();
    for (name, value) in std::env::vars_os() {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        let is_ours = name
            .get(..OURS.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(OURS));
        let counts = is_ours || name == config.wechat.way.chosen_by();
        if counts && !value.trim().is_empty() && !of_unit.contains_key(&*name) {
            findings.push(CHECK.warning(
                format!("{name} is set in this shell, and {file} does not set it."),
                "what is said here counts with it, and the service runs without it.",
                format!("unset {name} here; or write it into the unit as Environment=, or into the configuration."),
            ));
        }
    }
    findings
}

/// As systemd takes a line apart: at blanks, but for what is in quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quote != Some('\'') => {
                word.get_or_insert_default().extend(letters.next());
            }
            '"' | '\'' if quote.is_none() => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            _ if quote == Some(letter) => quote = None,
            _ if quote.is_none() && letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read_as_systemd_reads_them() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "# A=0\nB = of the file \nC=\"in quotes\"\n; D=1\n";
        std::fs::write(file.path(), text).unwrap();
        let mut environment = Environment::default();
        environment.set("GONE=1");
        environment.set("");
        environment.set("A=1 \"B=of the unit\" 'E=it is' F=x\\ y");
        environment.add_file("/nowhere");
        environment.add_file("");
        environment.add_file("-/nowhere");
        environment.add_file(file.path().to_str().unwrap());
        let found = environment.variables();
        let found: Vec<String> = found
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let right = ["A=1", "B=of the file", "C=in quotes", "E=it is", "F=x y"];
        assert_eq!(found, right);
    }
}
