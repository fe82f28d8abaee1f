//! What other checkouts of this user have compiled of the very same sources, so that one more starts in seconds.
//!
//! An entry is a folder with the programs and the app, named by a hash of everything that goes into them. It appears
//! under its name when it is complete, nobody writes to it after that, and the oldest ones go.

use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;

use crate::processes;
use crate::screen;
use crate::tools;
use crate::workspace;

use super::app;
use super::programs;

/// What goes into programs and app.
const SOURCES: [&str; 6] = [
    ".cargo",
    "Trunk.toml",
    "frontend",
    "index.html",
    "rust-toolchain.toml",
    // And all that the programs are made of.
    "proxy/README.md",
];

/// So many checkouts, or states of one. Each takes 190 to 300 MB.
const ENTRIES: usize = 3;

/// What was begun and not finished for so long is of somebody who has gone.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Where this checkout keeps the programs it took over.
const PROGRAMS: &str = "target/dev/programs";

/// The entries of this user.
pub(super) struct Shared {
    folder: PathBuf,
}

impl Shared {
    /// Where there is a place for them, which is this user's alone.
    pub(super) fn open() -> Option<Shared> {
        let folder = tools::cache_folder("dev").ok()?;
        if let Err(error) = make_own(&folder) {
            screen::complain(&format!("{error:#}"));
            return None;
        }
        Some(Shared { folder })
    }

    /// Takes over what was compiled of these sources, the app at the root of its host included. Nothing where there is
    /// none, or it is gone in this moment.
    pub(super) fn take(&self, hash: &str) -> Option<PathBuf> {
        let root = workspace::root();
        let (programs, app) = (root.join(PROGRAMS), root.join(app::FOLDER));
        if !self.folder.join(hash).is_dir() {
            return None;
        }
        let taken = self.take_into(hash, &programs, &app);
        if taken.is_err() {
            // Half of it is worse than nothing: they are compiled now.
            let _ = workspace::remove_folder(&programs);
            let _ = workspace::remove_folder(&app);
        }
        taken.ok().map(|()| programs)
    }

    fn take_into(&self, hash: &str, programs: &Path, app: &Path) -> anyhow::Result<()> {
        let entry = self.folder.join(hash);
        // Before anything else, so that nobody who tidies up in this moment takes it for an old one. That it cannot be
        // marked is no reason not to use it.
        let _ = std::fs::File::open(&entry).and_then(|it| it.set_modified(SystemTime::now()));
        for (from, to) in [("programs", programs), ("app", app)] {
            workspace::remove_folder(to)?;
            copy(&entry.join(from), to)?;
        }
        // It may have gone while it was copied, be it by the user's own hand.
        let programs = programs::ALL.map(|program| programs.join(program));
        for file in programs.into_iter().chain([app.join("index.html")]) {
            anyhow::ensure!(file.is_file(), "{} is not there", file.display());
        }
        Ok(())
    }

    /// Keeps what was compiled, if it was compiled of these sources and is not there yet.
    ///
    /// # Errors
    /// Where there is no room for it; the caller has all it needs.
    pub(super) fn keep(&self, hash: &str, programs: &Path) -> anyhow::Result<()> {
        self.keep_from(hash, programs, &workspace::root().join(app::FOLDER))
    }

    fn keep_from(&self, hash: &str, programs: &Path, app: &Path) -> anyhow::Result<()> {
        let entry = self.folder.join(hash);
        if entry.exists() {
            return Ok(());
        }
        let new = self.folder.join(format!("new-{}", std::process::id()));
        let filled = fill(&new, programs, app).and_then(|()| {
            // Somebody else may have been as quick; theirs is the same.
            let _ = std::fs::rename(&new, &entry);
            self.forget_old()
        });
        workspace::remove_folder(&new)?;
        filled
    }

    /// Removes all but the youngest.
    fn forget_old(&self) -> anyhow::Result<()> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let Ok(used) = path.metadata().and_then(|it| it.modified()) else {
                continue;
            };
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("new-") {
                if used.elapsed().is_ok_and(|age| age > ABANDONED) {
                    workspace::remove_folder(&path)?;
                }
            } else {
                entries.push((used, path));
            }
        }
        entries.sort();
        let too_many = entries.len().saturating_sub(ENTRIES);
        for (_, path) in entries.into_iter().take(too_many) {
            workspace::remove_folder(&path)?;
        }
        Ok(())
    }
}

/// Makes the folder if it is not there. What is in it is executed, so nobody else may have put it there.
///
/// # Errors
/// Where it cannot be made, or others may write to it.
fn make_own(folder: &Path) -> anyhow::Result<()> {
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    let name = folder.display();
    let why_not = "so nothing compiled is shared with other checkouts";
    made.with_context(|| format!("cannot make {name}, {why_not}"))?;
    let found = folder.symlink_metadata()?;
    anyhow::ensure!(
        found.is_dir() && found.uid() == nix::unistd::geteuid().as_raw(),
        "{name} is not a folder of this user's, {why_not}"
    );
    anyhow::ensure!(
        found.mode() & 0o022 == 0,
        "others may write to {name}, {why_not}: remove it, and the next start makes it for this user alone"
    );
    Ok(())
}

fn fill(new: &Path, programs: &Path, app: &Path) -> anyhow::Result<()> {
    workspace::remove_folder(new)?;
    std::fs::create_dir_all(new.join("programs"))?;
    for program in programs::ALL {
        std::fs::copy(programs.join(program), new.join("programs").join(program))
            .with_context(|| format!("cannot keep {program}"))?;
    }
    copy(app, &new.join("app"))
}

/// A folder with all that is in it. Not by links: the compiler writes into some files that it wrote before.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for file in workspace::files(from)? {
        let target = to.join(file.strip_prefix(from)?);
        target.parent().map(std::fs::create_dir_all);
        std::fs::copy(&file, &target).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}

/// The hash of everything that programs and app are made of: sources, versions, compiler, what the environment and the
/// user's own configuration tell cargo, and the system whose libraries they use.
///
/// # Errors
/// Where that cannot be told.
pub(super) fn hash() -> anyhow::Result<String> {
    let root = workspace::root();
    let mut compiler = workspace::command("rustc");
    if let Some(cargo) = std::env::var_os("CARGO").map(PathBuf::from) {
        compiler = workspace::command(cargo.with_file_name("rustc"));
    }
    let mut others = vec![processes::output(compiler.arg("-vV"))?];
    // Where it compiles makes no difference.
    let is_cargos = |name: &str| {
        let names = [
            "CARGO_BUILD",
            "CARGO_PROFILE",
            "CARGO_TARGET",
            "CARGO_ENCODED",
            "RUSTC",
            "RUSTFLAGS",
            "CC",
            "CFLAGS",
            "AR",
        ];
        names.iter().any(|it| name.starts_with(it)) && !name.ends_with("TARGET_DIR")
    };
    let mut told: Vec<String> = std::env::vars_os()
        .filter(|(name, _)| is_cargos(&name.to_string_lossy()))
        .map(|(name, value)| format!("{name:?}={value:?}"))
        .collect();
    told.sort();
    others.extend(told);
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    for file in [
        home.map(|it| it.join("config.toml")),
        Some("/etc/os-release".into()),
    ] {
        others.push(
            file.and_then(|it| std::fs::read_to_string(it).ok())
                .unwrap_or_default(),
        );
    }
    let sources = SOURCES.into_iter().chain(programs::SOURCES);
    workspace::digest(&root, sources, &others)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> (Place, Shared) {
            let place = Place(tempfile::tempdir().unwrap());
            let folder = place.at("cache");
            for program in programs::ALL {
                place.write(&format!("programs/{program}"), program);
            }
            place.write("app/index.html", "page");
            place.write("app/snippets/a.js", "a");
            (place, Shared { folder })
        }

        fn at(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn write(&self, name: &str, text: &str) {
            std::fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
            std::fs::write(self.at(name), text).unwrap();
        }

        fn keep(&self, shared: &Shared, hash: &str) -> anyhow::Result<()> {
            shared.keep_from(hash, &self.at("programs"), &self.at("app"))
        }

        fn take(&self, shared: &Shared, hash: &str) -> anyhow::Result<()> {
            shared.take_into(hash, &self.at("theirs"), &self.at("their-app"))
        }
    }

    #[test]
    fn what_was_kept_is_taken_over_and_what_was_compiled_later_is_not() {
        let (place, shared) = Place::new();
        assert!(place.take(&shared, "a").is_err());
        place.keep(&shared, "a").unwrap();
        place.write("programs/dev-server", "another");
        place.keep(&shared, "a").unwrap();
        place.write("their-app/old.js", "old");
        place.take(&shared, "a").unwrap();
        let theirs = std::fs::read_to_string(place.at("theirs/dev-server")).unwrap();
        assert_eq!(theirs, "dev-server");
        assert!(place.at("their-app/snippets/a.js").exists());
        assert!(!place.at("their-app/old.js").exists());
        assert!(place.take(&shared, "b").is_err());
    }

    #[test]
    fn what_is_incomplete_never_has_a_name() {
        let (place, shared) = Place::new();
        std::fs::remove_file(place.at("programs/app-build")).unwrap();
        assert!(place.keep(&shared, "a").is_err());
        assert_eq!(std::fs::read_dir(&shared.folder).unwrap().count(), 0);
    }

    #[test]
    fn what_goes_while_it_is_taken_is_not_taken_over() {
        for gone in ["programs/app-build", "app/index.html"] {
            let (place, shared) = Place::new();
            place.keep(&shared, "a").unwrap();
            std::fs::remove_file(shared.folder.join("a").join(gone)).unwrap();
            assert!(place.take(&shared, "a").is_err(), "{gone}");
        }
    }

    #[test]
    fn only_a_folder_that_is_this_users_alone_is_used() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let (place, shared) = Place::new();
        make_own(&shared.folder).unwrap();
        make_own(&shared.folder).unwrap();
        let mode = || shared.folder.metadata().unwrap().mode() & 0o777;
        assert_eq!(mode(), 0o700);
        symlink(&shared.folder, place.at("link")).unwrap();
        let error = make_own(&place.at("link")).unwrap_err().to_string();
        assert!(error.contains("is not a folder of this user's"), "{error}");
        for (mode, is_own) in [(0o755, true), (0o775, false), (0o702, false)] {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&shared.folder, permissions).unwrap();
            assert_eq!(make_own(&shared.folder).is_ok(), is_own, "{mode:o}");
        }
    }

    #[test]
    fn only_the_youngest_are_kept_and_whoever_is_used_is_young() {
        let (place, shared) = Place::new();
        let minutes = |hash: &str, minutes: u64| {
            let then = SystemTime::now() - Duration::from_secs(60 * minutes);
            let folder = std::fs::File::open(shared.folder.join(hash)).unwrap();
            folder.set_modified(then).unwrap();
        };
        for (hash, old) in [("a", 4), ("b", 3), ("c", 2)] {
            place.keep(&shared, hash).unwrap();
            minutes(hash, old);
        }
        std::fs::create_dir(shared.folder.join("new-1")).unwrap();
        minutes("new-1", 120);
        place.take(&shared, "a").unwrap();
        place.keep(&shared, "d").unwrap();
        let there = ["a", "b", "c", "d", "new-1"].map(|it| shared.folder.join(it).exists());
        assert_eq!(there, [true, false, true, true, false]);
    }
}
