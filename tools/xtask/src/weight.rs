//! What a phone downloads to show the entry page, and the limit on it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::screen;

/// Bytes after brotli that the entry page may load at most: half a second on a slow phone's 1.6 Mbit/s.
const LIMIT: usize = 100_000;

/// What it had better be: the limit is where the build fails.
const AIM: usize = 80_000;

/// The files that the entry page loads.
pub(crate) struct Weight {
    files: Vec<FileWeight>,
}

struct FileWeight {
    name: String,
    plain: usize,
    brotli: usize,
}

impl Weight {
    /// Bytes after brotli, all files together.
    pub(crate) fn brotli(&self) -> usize {
        self.files.iter().map(|file| file.brotli).sum()
    }

    /// A table of the files.
    pub(crate) fn print(&self) {
        screen::print_line("     brotli      plain  file");
        for file in &self.files {
            screen::print_line(&format!(
                "  {:>9}  {:>9}  {}",
                file.brotli, file.plain, file.name
            ));
        }
        screen::print_line(&format!("  {:>9}             in all", self.brotli()));
    }

    /// One line for the summary.
    pub(crate) fn summary(&self) -> String {
        format!("{} of {LIMIT} bytes (brotli)", self.brotli())
    }

    /// How far the aim is.
    pub(crate) fn against_the_aim(&self) -> String {
        let verdict = match self.brotli().checked_sub(AIM) {
            None | Some(0) => "met".to_owned(),
            Some(more) => format!("missed by {more}"),
        };
        format!("the aim of {AIM} is {verdict}; the limit is {LIMIT}")
    }

    /// # Errors
    /// When the entry page is too heavy.
    pub(crate) fn check_limit(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.brotli() <= LIMIT,
            "the entry page loads {} bytes (brotli), the limit is {LIMIT}",
            self.brotli()
        );
        Ok(())
    }
}

/// Weighs `index.html` in `folder` and everything it loads.
///
/// # Errors
/// When files cannot be read, or no WebAssembly is among them: then something is wrong with the search.
pub(crate) fn of_entry_page(folder: &Path) -> anyhow::Result<Weight> {
    let names = loaded_files(folder)?;
    anyhow::ensure!(
        names.iter().any(|name| name.ends_with(".wasm")),
        "index.html in {} loads no .wasm file",
        folder.display()
    );
    let files = names
        .into_iter()
        .map(|name| {
            let content = read(folder, &name)?;
            Ok(FileWeight {
                plain: content.len(),
                brotli: read(folder, &format!("{name}.br"))?.len(),
                name,
            })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Weight { files })
}

/// The one WASM file that the entry page in `folder` loads.
///
/// # Errors
/// When there is none or several.
pub(crate) fn wasm_in(folder: &Path) -> anyhow::Result<PathBuf> {
    let names = loaded_files(folder)?;
    let mut modules = names.iter().filter(|name| name.ends_with(".wasm"));
    match (modules.next(), modules.next()) {
        (Some(name), None) => Ok(folder.join(name)),
        _ => anyhow::bail!(
            "index.html in {} does not load exactly one .wasm file",
            folder.display()
        ),
    }
}

/// `index.html`, the files of the folder it names, and those that its scripts and style sheets name.
fn loaded_files(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut unread = vec!["index.html".to_owned()];
    while let Some(name) = unread.pop() {
        if !found.insert(name.clone()) {
            continue;
        }
        let names_others = [".html", ".js", ".css"]
            .iter()
            .any(|ending| name.ends_with(ending));
        if names_others {
            let text = String::from_utf8_lossy(&read(folder, &name)?).into_owned();
            let of_folder = names_in(&text).filter(|name| folder.join(name).is_file());
            unread.extend(of_folder.map(str::to_owned));
        }
    }
    Ok(found)
}

/// Everything in `text` that may be a file name: what stands between quotes, brackets, blanks or equals signs,
/// without a leading `/` or `./` and without query and fragment. So attributes, imports and `url()` all count.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    let is_border = |c: char| c.is_whitespace() || "\"'`()<>=,;".contains(c);
    text.split(is_border).filter_map(|word| {
        let word = word.split(['?', '#']).next()?;
        let name = word.strip_prefix("./").unwrap_or(word);
        let name = name.strip_prefix('/').unwrap_or(name);
        let stays_inside = !name.starts_with('/') && !name.split('/').any(|part| part == "..");
        (!name.is_empty() && stays_inside).then_some(name)
    })
}

fn read(folder: &Path, name: &str) -> anyhow::Result<Vec<u8>> {
    let path = folder.join(name);
    std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compress;

    fn weight_of(brotli: usize) -> Weight {
        Weight {
            files: vec![FileWeight {
                name: "app.wasm".to_owned(),
                plain: brotli,
                brotli,
            }],
        }
    }

    #[test]
    fn the_limit_itself_is_allowed_and_one_byte_more_is_not() {
        assert!(weight_of(LIMIT).check_limit().is_ok());
        assert!(weight_of(LIMIT + 1).check_limit().is_err());
    }

    #[test]
    fn the_aim_itself_is_met_and_one_byte_more_is_not() {
        assert!(weight_of(AIM).against_the_aim().contains("is met"));
        assert!(
            weight_of(AIM + 1)
                .against_the_aim()
                .contains("missed by 1;")
        );
    }

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        compress::folder(folder.path()).unwrap();
        folder
    }

    #[test]
    fn everything_the_entry_page_names_counts_and_nothing_else() {
        let folder = folder(&[
            (
                "index.html",
                "<link rel=preload href=/app-1_bg.wasm as=fetch><link rel=\"stylesheet\" href=\"/app.css?v=1\">\
                 <script type=module>import init from '/app-1.js'; init({module_or_path:'/app-1_bg.wasm'})</script>\
                 <a href='https://open.weixin.qq.com/'>gone.js</a>",
            ),
            ("app-1.js", "import {now} from './snippets/time.js';"),
            ("app-1_bg.wasm", "\0asm"),
            ("app.css", "body{background:url(/logo.svg#top)}"),
            ("logo.svg", "<svg/>"),
            ("snippets/time.js", "export function now() {}"),
            ("other-page.js", "unused"),
        ]);
        let names: Vec<String> = loaded_files(folder.path()).unwrap().into_iter().collect();
        assert_eq!(
            names,
            [
                "app-1.js",
                "app-1_bg.wasm",
                "app.css",
                "index.html",
                "logo.svg",
                "snippets/time.js"
            ]
        );
        assert!(of_entry_page(folder.path()).unwrap().brotli() > 0);
    }

    #[test]
    fn a_page_without_wasm_is_refused() {
        let folder = folder(&[("index.html", "<p>empty</p>")]);
        assert!(of_entry_page(folder.path()).is_err());
    }

    #[test]
    fn names_never_leave_the_folder() {
        assert_eq!(names_in("'../../etc/passwd' '//host/a.js'").count(), 0);
    }
}
