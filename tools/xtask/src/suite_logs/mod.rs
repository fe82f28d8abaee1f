//! Everything the proxies logged during `make test`, searched for everything that must not be in it: what the
//! simulators gave out, what the tests made, and whatever has the shape of it.
//!
//! | file | what |
//! |---|---|
//! | `folder` | where both are kept, and how the programs of a step learn of it |
//! | `haystack` | many values sought in many lines at once |
//! | `shapes` | addresses and cookies with something in them |

mod folder;
mod haystack;
mod shapes;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context;

pub(crate) use folder::LogFolder;
use haystack::Needles;

use crate::tally::Outcome;

/// Shorter values are found in anything.
const SHORTEST: usize = 8;
/// How many places a failure names.
const MOST_NAMED: usize = 20;

/// What must have been looked at, or the search has proved nothing.
pub(crate) struct AtLeast {
    /// Lines of log, in all.
    pub(crate) lines: usize,
    /// Different values.
    pub(crate) values: usize,
    /// Programs whose logs are not empty.
    pub(crate) programs: &'static [&'static str],
}

/// Searches.
///
/// # Errors
/// With the places, never the values, where something is found; and where there was too little to search.
pub(crate) fn search(folder: &Path, at_least: &AtLeast) -> anyhow::Result<Outcome> {
    let (logs, lists) = files(folder)?;
    let mut needles = Needles::default();
    for list in &lists {
        let name = name_of(list);
        for (number, value) in lines(list)?.iter().enumerate() {
            if value.len() >= SHORTEST {
                needles.add(value, format!("{name}:{}", number + 1));
            }
        }
    }
    let mut searched = 0;
    let mut found = Vec::new();
    let mut silent: Vec<&str> = at_least.programs.to_vec();
    for log in &logs {
        let name = name_of(log);
        let lines = lines(log)?;
        if !lines.is_empty() {
            silent.retain(|program| !name.starts_with(&format!("{program}-")));
        }
        searched += lines.len();
        for (number, line) in lines.iter().enumerate() {
            let what = needles
                .find_in(line)
                .map(|origin| format!("the value of {origin}"))
                .or_else(|| shapes::find_in(line).map(|shape| format!("something behind {shape}")));
            if let Some(what) = what {
                found.push(format!("{name}:{}: {what}", number + 1));
            }
        }
    }
    anyhow::ensure!(
        found.is_empty(),
        "{} line(s) of log hold what must not be logged, in {}:\n{}",
        found.len(),
        folder.display(),
        found[..found.len().min(MOST_NAMED)].join("\n")
    );
    let values = needles.len();
    anyhow::ensure!(silent.is_empty(), "no log of {}", silent.join(", "));
    anyhow::ensure!(
        searched >= at_least.lines && values >= at_least.values,
        "only {searched} lines and {values} values were collected, of at least {} and {}",
        at_least.lines,
        at_least.values
    );
    Ok(Outcome::Passed(format!(
        "{values} values in none of {searched} lines"
    )))
}

/// The logs, and the lists of values.
fn files(folder: &Path) -> anyhow::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let entries = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<PathBuf>, _>>()?;
    paths.sort();
    Ok(paths
        .into_iter()
        .partition(|path| path.extension().is_some_and(|extension| extension == "log")))
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Bytes, because a value may stand beside a broken character.
fn lines(path: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = BufReader::new(file).split(b'\n').collect::<Result<_, _>>();
    lines.with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: AtLeast = AtLeast {
        lines: 0,
        values: 0,
        programs: &[],
    };

    /// What a search of these logs and values comes to: the figure, or the error.
    fn outcome(logs: &[(&str, &str)], values: &str, at_least: &AtLeast) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, log) in logs {
            fs::write(folder.path().join(name), log).unwrap();
        }
        fs::write(folder.path().join("issued.txt"), values).unwrap();
        match search(folder.path(), at_least) {
            Ok(Outcome::Passed(figure)) => Ok(figure),
            Ok(Outcome::Skipped(reason)) => Err(reason),
            Err(error) => Err(format!("{error:#}")),
        }
    }

    #[test]
    fn a_value_in_a_log_is_named_by_its_places_and_never_quoted() {
        let logs = [
            ("api-1.log", "fine\nan openid: oSecretOpenid0001, indeed\n"),
            ("start-2.log", "oSecretOpenid000 is another\n"),
        ];
        let error = outcome(&logs, "harmless\noSecretOpenid0001\n", &NOTHING).unwrap_err();
        assert!(
            error.contains("api-1.log:2: the value of issued.txt:2"),
            "{error}"
        );
        assert!(error.starts_with("1 line(s)"), "{error}");
        assert!(!error.contains("oSecret"), "{error}");
    }

    #[test]
    fn a_value_is_found_beside_broken_characters_and_at_both_ends() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("issued.txt"), "12345678\n").unwrap();
        for log in [
            &b"\xff12345678\xfe"[..],
            b"12345678",
            b"x\n12345678",
            b"x12345678\n",
        ] {
            fs::write(folder.path().join("api-1.log"), log).unwrap();
            assert!(search(folder.path(), &NOTHING).is_err(), "{log:?}");
        }
    }

    #[test]
    fn values_of_seven_bytes_are_not_sought_and_those_of_eight_are() {
        let log = [("api-1.log", "1234567 12345678")];
        assert!(outcome(&log, "1234567\n\n", &NOTHING).is_ok());
        assert!(outcome(&log, "12345678\n", &NOTHING).is_err());
    }

    #[test]
    fn what_only_looks_like_a_secret_is_found_too() {
        let log = [("journeys-1.log", "GET /?code=neverNotedAnywhere\n")];
        let error = outcome(&log, "", &NOTHING).unwrap_err();
        assert!(
            error.contains("journeys-1.log:1: something behind ?code="),
            "{error}"
        );
        assert!(!error.contains("neverNoted"), "{error}");
    }

    #[test]
    fn a_search_of_nearly_nothing_does_not_pass() {
        let logs = [("api-1.log", "a\nb\n"), ("start-1.log", "")];
        let values = "12345678\n12345678\n23456789\n";
        let at_least = |lines, values, programs| AtLeast {
            lines,
            values,
            programs,
        };
        let try_with = |at_least: AtLeast| outcome(&logs, values, &at_least);
        assert_eq!(
            try_with(at_least(2, 2, &["api"])).unwrap(),
            "2 values in none of 2 lines"
        );
        for short in [
            at_least(3, 2, &["api"]),
            at_least(2, 3, &["api"]),
            at_least(2, 2, &["api", "start"]),
            at_least(2, 2, &["ap"]),
        ] {
            assert!(try_with(short).is_err());
        }
    }
}
