//! Which files make a difference, and when they have changed.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::workspace;

/// How many files there are and when the last was written. They are asked again and again: what a system would tell by
/// itself differs between systems, has limits, and reads are mixed with it.
type Stamp = (usize, Option<SystemTime>);

/// Files and folders of the checkout that are watched together.
pub(super) struct Watched {
    paths: Vec<String>,
    /// As it was when somebody last acted upon it.
    known: Stamp,
    last: Stamp,
}

impl Watched {
    /// From now on a change counts.
    pub(super) fn new<T: Into<String>>(paths: impl IntoIterator<Item = T>) -> Watched {
        let paths: Vec<String> = paths.into_iter().map(Into::into).collect();
        let known = stamp(&workspace::root(), &paths);
        Watched {
            paths,
            known,
            last: known,
        }
    }

    /// Others are watched. What has changed in those that were watched before still counts.
    pub(super) fn set(&mut self, paths: Vec<String>) {
        if self.paths != paths {
            *self = Watched::new(paths);
        }
    }

    /// Whether there is a change that is over: saving one file takes several writes, a branch switch hundreds, and they
    /// are one change. To be asked from time to time.
    pub(super) fn has_changed(&mut self) -> bool {
        let now = stamp(&workspace::root(), &self.paths);
        let is_over = now == std::mem::replace(&mut self.last, now);
        let has_changed = is_over && now != self.known;
        if has_changed {
            self.known = now;
        }
        has_changed
    }
}

fn stamp(root: &Path, paths: &[String]) -> Stamp {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        let path = root.join(path);
        if path.is_dir() {
            files.extend(workspace::files(&path).unwrap_or_default());
        } else if path.exists() {
            files.push(path);
        }
    }
    let written = files
        .iter()
        .map(|file| file.metadata().ok()?.modified().ok());
    (files.len(), written.max().flatten())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_file_that_is_written_anew_or_gone_is_a_change_and_one_that_is_read_is_none() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("proxy/lib.rs");
        std::fs::create_dir(root.path().join("proxy")).unwrap();
        std::fs::write(&file, "").unwrap();
        for watched in ["proxy", "proxy/lib.rs"] {
            let stamp = || stamp(root.path(), &[watched.to_owned(), "gone".to_owned()]);
            let before = stamp();
            std::fs::read(&file).unwrap();
            assert_eq!(stamp(), before);
            let later = before.1.unwrap() + Duration::from_secs(1);
            let opened = std::fs::File::options().write(true).open(&file).unwrap();
            opened.set_modified(later).unwrap();
            assert_ne!(stamp(), before);
        }
        std::fs::remove_file(&file).unwrap();
        assert_eq!(stamp(root.path(), &["proxy".to_owned()]), (0, None));
    }

    #[test]
    fn a_change_counts_once_and_when_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let mut watched = Watched::new([path]);
        assert!(!watched.has_changed());
        for name in ["a", "b"] {
            std::fs::write(folder.path().join(name), "").unwrap();
            assert!(!watched.has_changed(), "{name}");
        }
        assert!(watched.has_changed());
        assert!(!watched.has_changed());
    }
}
