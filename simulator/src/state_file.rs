//! People added while the simulator runs, kept over restarts.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::platform::{Person, Problem, Problems};

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
        let at = self.path.display().to_string();
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                let fix = "make it readable, or name another file with --state-file";
                return Err(Problems(vec![Problem::new(at, error.to_string(), fix)]));
            }
        };
        match serde_json::from_str::<Content<Person>>(&text) {
            Ok(content) => Ok(content.people),
            Err(error) => {
                let fix = "mend the JSON, or delete the file to start anew";
                Err(Problems(vec![Problem::new(at, error.to_string(), fix)]))
            }
        }
    }

    /// Whether it could be written, so that nobody learns only from the first added person that it cannot.
    ///
    /// # Errors
    /// If not.
    pub(crate) fn check(&self) -> Result<(), Problems> {
        let beside = beside(&self.path);
        let outcome = File::create(&beside).and_then(|_| fs::remove_file(&beside));
        outcome.map_err(|error| self.unwritable(&error))
    }

    /// Writes all of them: into a file beside it first, so that a crash leaves either the old or the new content.
    ///
    /// # Errors
    /// If that fails; the old content stays.
    pub(crate) fn save(&self, people: &[&Person]) -> Result<(), Problems> {
        self.replace(people)
            .map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &io::Error) -> Problems {
        let fix = "make its folder exist and writable, or name another file with --state-file";
        let at = self.path.display().to_string();
        Problems(vec![Problem::new(at, error.to_string(), fix)])
    }

    fn replace(&self, people: &[&Person]) -> io::Result<()> {
        let content = Content {
            people: people.to_vec(),
        };
        let mut json = serde_json::to_vec_pretty(&content)?;
        json.push(b'\n');
        let beside = beside(&self.path);
        let mut file = File::create(&beside)?;
        file.write_all(&json)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, &self.path)
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    PathBuf::from(name)
}
