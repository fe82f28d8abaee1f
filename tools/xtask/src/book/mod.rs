//! `cargo xtask book`: the documents as a book in each language, in `target/book/`, and whether it holds together.

mod chapters;
mod links;

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::processes;
use crate::screen;
use crate::tools;
use crate::workspace;

/// Folder in `docs/` and in the book, language, title.
const LANGUAGES: [[&str; 3]; 2] = [
    ["en", "en", "WeChat login"],
    ["zh", "zh-CN", "微信网页登录"],
];

/// What of `docs/` stands beside the chapters, for them to link to, and the page that chooses the language.
const BESIDE: [&str; 3] = ["deploy", "index.html", "openapi.json"];

/// Builds it, and says where it is.
pub(crate) fn run() -> anyhow::Result<()> {
    let figure = build()?;
    screen::say(&format!(
        "{figure}: {}",
        folder().join("index.html").display()
    ));
    Ok(())
}

/// Where it is.
pub(crate) fn folder() -> PathBuf {
    workspace::root().join("target/book")
}

/// Builds it, and says how large it is. Fails where a chapter is missing or differs between the languages, where mdBook
/// warns, or where a link leads nowhere.
pub(crate) fn build() -> anyhow::Result<String> {
    let (docs, book) = (workspace::root().join("docs"), folder());
    let names = chapters::check(&docs, &LANGUAGES.map(|[folder, ..]| folder))?;
    let mdbook = tools::mdbook()?;
    workspace::remove_folder(&book)?;
    for language in LANGUAGES {
        build_in(language, &mdbook, &docs, &book)?;
    }
    for name in BESIDE {
        let mut copy = workspace::command("cp");
        processes::output(copy.arg("-R").arg(docs.join(name)).arg(&book))?;
    }
    let links = links::check(&book)?;
    Ok(format!("{names} chapters in both languages, {links} links"))
}

fn build_in(
    [folder, language, title]: [&str; 3],
    mdbook: &Path,
    docs: &Path,
    book: &Path,
) -> anyhow::Result<()> {
    let built = book.join(folder);
    let mut build = workspace::command(mdbook);
    build.arg("build").arg(docs).arg("--dest-dir").arg(&built);
    build
        .env("MDBOOK_BOOK__SRC", folder)
        .env("MDBOOK_BOOK__LANGUAGE", language)
        .env("MDBOOK_BOOK__TITLE", title)
        .env_remove("MDBOOK_LOG")
        .env("NO_COLOR", "1");
    let output = build.output().context("cannot start mdBook")?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    // It goes on where a file to include is missing.
    let is_warned = ["WARN", "ERROR"].iter().any(|word| said.contains(word));
    anyhow::ensure!(output.status.success() && !is_warned, "mdBook: {said}");
    for page in workspace::files(&built)? {
        if page.extension().is_some_and(|it| it == "html") {
            let text = std::fs::read_to_string(&page)?;
            // Of `docs/theme/header.hbs`, which knows the name of the source.
            std::fs::write(&page, text.replace(".md\" hreflang=", ".html\" hreflang="))?;
        }
    }
    Ok(())
}
