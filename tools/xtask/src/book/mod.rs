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
const BESIDE: [&str; 4] = ["deploy", "index.html", "openapi.json", "pictures"];

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
            std::fs::write(&page, finished(&text))?;
        }
    }
    Ok(())
}

/// A page with what mdBook cannot do: the link of `docs/theme/header.hbs`, which knows only the name of the source, and
/// no blank between two Chinese sentences that stand on lines of their own.
fn finished(page: &str) -> String {
    let page = page.replace(".md\" hreflang=", ".html\" hreflang=");
    let mut parts = page.split("<pre");
    let mut finished = joined(parts.next().unwrap_or_default());
    for part in parts {
        let (code, rest) = part.split_once("</pre>").unwrap_or((part, ""));
        finished += &format!("<pre{code}</pre>{}", joined(rest));
    }
    finished
}

fn joined(text: &str) -> String {
    let ends = ["。", "；", "！", "？", "："];
    ends.iter().fold(text.to_owned(), |text, end| {
        text.replace(&format!("{end}\n"), end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_sentences_follow_one_another_without_a_blank_and_code_stays() {
        let page = "<a href=\"../en/a.md\" hreflang=\"en\"><p>一。\n二。Three.\nFour</p><pre># 一。\n# 二</pre>三。\n四";
        let finished_page = "<a href=\"../en/a.html\" hreflang=\"en\"><p>一。二。Three.\nFour</p><pre># 一。\n# 二</pre>三。四";
        assert_eq!(finished(page), finished_page);
    }
}
