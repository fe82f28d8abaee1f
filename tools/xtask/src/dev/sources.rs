//! Which files make a difference, and when they have changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::workspace;

/// All files, when each was written and its length in bytes: a file from the future hides no other one, and one that is
/// replaced by an older one is noticed. They are asked again and again: what a system would tell by itself differs between
/// systems, has limits, and reads are mixed with it.
pub(super) type Stamp = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

/// Files and folders of the checkout that are watched together.
pub(super) struct Watched {
    root: PathBuf,
    paths: Vec<String>,
    /// As it was when somebody last acted upon it.
    known: Stamp,
    last: Stamp,
}

impl Watched {
    /// From now on a change counts.
    pub(super) fn new<T: Into<String>>(paths: impl IntoIterator<Item = T>) -> Watched {
        Watched::below(workspace::root(), paths)
    }

    fn below<T: Into<String>>(root: PathBuf, paths: impl IntoIterator<Item = T>) -> Watched {
        let paths: Vec<String> = paths.into_iter().map(Into::into).collect();
        let known = stamp(&root, &paths);
        Watched {
            root,
            paths,
            last: known.clone(),
            known,
        }
    }

    /// Others are watched. What has changed in those that were watched before still counts.
    pub(super) fn set(&mut self, paths: Vec<String>) {
        let is_below = |file: &Path, paths: &[String]| {
            let mut paths = paths.iter().map(|path| self.root.join(path));
            paths.any(|path| file.starts_with(path))
        };
        let mut known = stamp(&self.root, &paths);
        known.retain(|file, _| !is_below(file, &self.paths));
        let old = self.known.iter();
        let old = old.filter(|(file, _)| is_below(file, &paths));
        known.extend(old.map(|(file, state)| (file.clone(), *state)));
        (self.known, self.paths) = (known, paths);
    }

    /// Whether there is a change that is over: saving one file takes several writes, a branch switch hundreds, and they
    /// are one change. To be asked from time to time.
    pub(super) fn has_changed(&mut self) -> bool {
        let now = stamp(&self.root, &self.paths);
        let is_over = now == self.last;
        let has_changed = is_over && now != self.known;
        if has_changed {
            self.known.clone_from(&now);
        }
        self.last = now;
        has_changed
    }
}

/// How these files and folders are now.
pub(super) fn stamp(root: &Path, paths: &[String]) -> Stamp {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        let path = root.join(path);
        if path.is_dir() {
            let mut below = workspace::files(&path).unwrap_or_default();
            below.retain(|file| !is_an_editors(file.strip_prefix(&path).unwrap_or(file)));
            files.append(&mut below);
        } else if path.exists() {
            files.push(path);
        }
    }
    let state = |file: &Path| {
        let metadata = file.metadata().ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    let states = files.into_iter().map(|file| {
        let state = state(&file);
        (file, state)
    });
    states.collect()
}

/// What an editor has for itself beside a file that is open in it, as `.main.rs.swp`, `.#main.rs`, `#main.rs#`, `main.rs~`:
/// it comes and goes without anybody saving. Nothing is built of a file or folder whose name begins with a dot.
fn is_an_editors(path: &Path) -> bool {
    path.iter().any(|name| {
        let name = name.to_string_lossy();
        let is_saved_by_itself = name.starts_with('#') && name.ends_with('#');
        name.starts_with('.') || name.ends_with('~') || is_saved_by_itself
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    struct Checkout(tempfile::TempDir);

    impl Checkout {
        fn new(files: &[&str]) -> Checkout {
            let checkout = Checkout(tempfile::tempdir().unwrap());
            for file in files {
                checkout.write(file, "1");
            }
            checkout
        }

        fn write(&self, file: &str, text: &str) {
            let path = self.0.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        /// As if it had been written then.
        fn write_at(&self, file: &str, text: &str, at: SystemTime) {
            self.write(file, text);
            let path = self.0.path().join(file);
            let opened = std::fs::File::options().write(true).open(path);
            opened.unwrap().set_modified(at).unwrap();
        }

        fn watch(&self, paths: &[&str]) -> Watched {
            Watched::below(self.0.path().to_owned(), paths.iter().copied())
        }
    }

    /// Once it is over.
    fn has_changed(watched: &mut Watched) -> bool {
        let was_over = watched.has_changed();
        assert!(!was_over, "it cannot be known whether it is over");
        watched.has_changed()
    }

    #[test]
    fn a_file_that_is_written_anew_or_gone_is_a_change_and_one_that_is_read_is_none() {
        let checkout = Checkout::new(&["proxy/lib.rs"]);
        let file = checkout.0.path().join("proxy/lib.rs");
        let then = file.metadata().unwrap().modified().unwrap();
        for path in ["proxy", "proxy/lib.rs"] {
            let mut watched = checkout.watch(&[path, "gone"]);
            std::fs::read(&file).unwrap();
            assert!(!has_changed(&mut watched));
            let written = file.metadata().unwrap().modified().unwrap();
            checkout.write_at("proxy/lib.rs", "1", written + Duration::from_secs(1));
            assert!(has_changed(&mut watched));
        }
        let mut watched = checkout.watch(&["proxy"]);
        // Another file of the same length takes its place, with the older time that it had.
        checkout.write_at("proxy/lib.rs", "2", then - Duration::from_secs(60));
        assert!(has_changed(&mut watched));
        std::fs::remove_file(&file).unwrap();
        assert!(has_changed(&mut watched));
        assert_eq!(watched.known, Stamp::new());
    }

    #[test]
    fn a_file_from_the_future_hides_no_other_one() {
        let checkout = Checkout::new(&["a", "b"]);
        let now = SystemTime::now();
        checkout.write_at("a", "1", now + Duration::from_secs(86_400));
        let mut watched = checkout.watch(&["."]);
        checkout.write_at("b", "1", now + Duration::from_secs(1));
        assert!(has_changed(&mut watched));
    }

    #[test]
    fn what_an_editor_has_for_itself_is_none() {
        let checkout = Checkout::new(&["src/main.rs"]);
        let mut watched = checkout.watch(&["src"]);
        for name in [".main.rs.swp", "#main.rs#", "main.rs~", ".idea/x.xml"] {
            checkout.write(&format!("src/{name}"), "");
            assert!(!has_changed(&mut watched), "{name}");
        }
        // Emacs' lock, a link that leads nowhere.
        let lock = checkout.0.path().join("src/.#main.rs");
        std::os::unix::fs::symlink("me@here.1", lock).unwrap();
        assert!(!has_changed(&mut watched));
        checkout.write("src/#main.rs", "");
        assert!(has_changed(&mut watched));
    }

    #[test]
    fn a_change_counts_once_and_when_it_is_over() {
        let checkout = Checkout::new(&[]);
        let mut watched = checkout.watch(&["."]);
        assert!(!watched.has_changed());
        for name in ["a", "b"] {
            checkout.write(name, "");
            assert!(!watched.has_changed(), "{name}");
        }
        assert!(watched.has_changed());
        assert!(!watched.has_changed());
    }

    #[test]
    fn what_is_saved_during_a_build_that_tells_others_to_watch_still_counts() {
        let checkout = Checkout::new(&["app/a", "app/b", "other/c", "new/d"]);
        for change in [
            |it: &Checkout| it.write("app/a", "changed"),
            |it: &Checkout| it.write("app/more", ""),
            |it: &Checkout| std::fs::remove_file(it.0.path().join("app/b")).unwrap(),
        ] {
            let mut watched = checkout.watch(&["app", "other"]);
            change(&checkout);
            watched.set(["app", "new"].map(str::to_owned).to_vec());
            assert!(has_changed(&mut watched));
            // Known now, and the rest is not watched any more.
            checkout.write("other/c", "changed");
            assert!(!has_changed(&mut watched));
        }
        let mut watched = checkout.watch(&["app"]);
        watched.set(["app", "new"].map(str::to_owned).to_vec());
        assert!(!has_changed(&mut watched));
    }
}
