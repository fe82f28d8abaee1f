//! The folder that trunk builds: a page, a module, and the script of it that wasm-bindgen wrote.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::names::{self, App};
use crate::page;

pub(crate) const PAGE: &str = "index.html";

/// What wasm-bindgen ends a module's name with; the script has the same name up to there.
const MODULE: &str = "_bg.wasm";

/// What stands in the page where its first stage reads how long the module is.
const NO_SIZE: &str = ", size: 0 };";

/// Makes the app in `folder` smaller and gives both files the name of what they are now: whoever has the former ones in
/// a cache that never asks must not mix them with these.
pub(crate) fn shorten(folder: &Path) -> anyhow::Result<()> {
    let old = stem_of_app(folder)?;
    let file = |stem: &str, ending: &str| folder.join(format!("{stem}{ending}"));
    let text = |path: PathBuf| {
        let text = std::fs::read_to_string(&path);
        text.with_context(|| format!("cannot read {}", path.display()))
    };
    let app = App {
        module: module(folder)?,
        script: text(file(&old, ".js"))?,
    };
    let page = page::unpack_first_stage(&text(folder.join(PAGE))?)?;
    let page = page::shorten(&page)?;
    let app = names::shorten(&app)?;

    let new = with_hash_of(&old, &app)?;
    anyhow::ensure!(page.contains(&old), "{PAGE} does not name {old}");
    std::fs::write(file(&new, MODULE), &app.module)?;
    std::fs::write(file(&new, ".js"), &app.script)?;
    let size = format!(", size: {} }};", app.module.len());
    std::fs::write(
        folder.join(PAGE),
        page.replace(&old, &new).replace(NO_SIZE, &size),
    )?;
    if new != old {
        for ending in [MODULE, ".js"] {
            std::fs::remove_file(file(&old, ending))?;
        }
    }
    Ok(())
}

/// `app-0123456789abcdef` where there is `app-0123456789abcdef_bg.wasm`.
fn stem_of_app(folder: &Path) -> anyhow::Result<String> {
    let place = folder.display();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {place}"))?;
    let names = entries.flatten().map(|entry| entry.file_name());
    let stems: Vec<String> = names
        .filter_map(|name| name.to_str()?.strip_suffix(MODULE).map(str::to_owned))
        .collect();
    match &stems[..] {
        [stem] => Ok(stem.clone()),
        _ => anyhow::bail!("{} apps in {place} instead of one", stems.len()),
    }
}

/// The name with the hash of what is in the app now in the place of trunk's.
fn with_hash_of(stem: &str, app: &App) -> anyhow::Result<String> {
    let parts = stem.rsplit_once('-');
    let (name, _) = parts.with_context(|| format!("no hash in the name {stem}"))?;
    // Its keys are fixed, so the same app has the same name.
    let mut hasher = DefaultHasher::new();
    (&app.module, &app.script).hash(&mut hasher);
    Ok(format!("{name}-{:016x}", hasher.finish()))
}

/// The WASM of the one app in `folder`.
pub(crate) fn module(folder: &Path) -> anyhow::Result<Vec<u8>> {
    let path = folder.join(stem_of_app(folder)? + MODULE);
    std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An app without imports, whose script is a comment and this.
    fn app(script: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let page = "<link href=/app-0123456789abcdef_bg.wasm><script src=/app-0123456789abcdef.js>";
        for (name, content) in [
            ("app-0123456789abcdef_bg.wasm", "\0asm\x01\0\0\0"),
            ("app-0123456789abcdef.js", &format!("// comment\n{script}")),
            (PAGE, page),
        ] {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_files_are_called_by_what_they_are_and_the_page_names_them() {
        let named = |source| {
            let folder = app(source);
            shorten(folder.path()).unwrap();
            let names = names(folder.path());
            let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
            let page = format!("<link href=/{}><script src=/{}>\n", names[1], names[0]);
            assert_eq!(
                (text(&names[2]), text(&names[0])),
                (page, source.to_owned())
            );
            names
        };
        let start = named("start();");
        assert!(!start[1].contains("0123456789abcdef"), "{start:?}");
        assert_eq!(named("start();"), start);
        assert_ne!(named("stop();")[1], start[1]);
    }

    #[test]
    fn the_page_says_how_long_its_module_is() {
        let trunk = include_str!("../../../Trunk.toml");
        assert_eq!(trunk.matches(NO_SIZE).count(), 1);
        let folder = app("start();");
        let page = folder.path().join(PAGE);
        let named = std::fs::read_to_string(&page).unwrap();
        std::fs::write(&page, format!("{named}<p>font-size: 0{NO_SIZE}</p>")).unwrap();
        shorten(folder.path()).unwrap();
        assert!(
            std::fs::read_to_string(&page)
                .unwrap()
                .contains("<p>font-size: 0, size: 8 };</p>")
        );
    }

    #[test]
    fn no_app_two_apps_and_a_page_of_another_are_refused() {
        assert!(shorten(tempfile::tempdir().unwrap().path()).is_err());

        let two = app("");
        let second = two.path().join("app-fedcba9876543210_bg.wasm");
        std::fs::write(second, b"").unwrap();
        assert!(shorten(two.path()).is_err());

        let other = app("");
        std::fs::write(other.path().join(PAGE), "<p>").unwrap();
        assert!(shorten(other.path()).is_err());
        assert_eq!(names(other.path()).len(), 3, "nothing is half done");
    }
}
