//! People who are added while the simulator runs, kept over restarts.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::platform::{Person, Problems};

const UNWRITABLE: &str =
    "make its folder exist and writable, or name another file with --state-file";

/// A JSON file with the people who are not in the seed, or not as in the seed.
pub(crate) struct StateFile {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content<P> {
    people: Vec<P>,
}

impl StateFile {
    /// A file that need not exist yet.
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The people in it; nobody if it does not exist.
    ///
    /// # Errors
    /// If it cannot be read or is no state file.
    pub(crate) fn load(&self) -> Result<Vec<Person>, Problems> {
        let unreadable = "make it readable, or name another file with --state-file";
        let no_json = "mend the JSON, or delete the file to start anew";
        match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.problem(error, unreadable)),
            Ok(json) => match serde_json::from_slice(&json) {
                Ok(Content { people }) => Ok(people),
                Err(error) => Err(self.problem(error, no_json)),
            },
        }
    }

    /// Whether it could be written, so that nobody learns only from the first added person that it cannot.
    ///
    /// # Errors
    /// If not.
    pub(crate) fn check(&self) -> Result<(), Problems> {
        let beside = beside(&self.path);
        let outcome = File::create(&beside).and_then(|_| fs::remove_file(&beside));
        outcome.map_err(|error| self.problem(error, UNWRITABLE))
    }

    /// Writes all of them: into a file beside it first, so that a crash leaves either the old or the new content.
    ///
    /// # Errors
    /// If that fails; the old content stays.
    pub(crate) fn save(&self, people: Vec<&Person>) -> Result<(), Problems> {
        let replaced = self.replace(people);
        replaced.map_err(|error| self.problem(error, UNWRITABLE))
    }

    fn replace(&self, people: Vec<&Person>) -> io::Result<()> {
        let json = serde_json::to_string_pretty(&Content { people })?;
        let beside = beside(&self.path);
        let mut file = File::create(&beside)?;
        writeln!(file, "{json}")?;
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, &self.path)
    }

    fn problem(&self, error: impl Display, fix: &str) -> Problems {
        Problems::one(self.path.display(), format!("{error}; {fix}"))
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    PathBuf::from(name)
}
