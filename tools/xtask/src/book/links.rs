//! Whether every link leads somewhere: in the built book, and in the Markdown files of the repository outside of it.
//!
//! Nothing is asked of other people's servers, so addresses with a scheme are left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use anyhow::Context;

use crate::processes;
use crate::workspace;

/// The names that `#name` may lead to, for each file that can have some.
type Anchors = BTreeMap<PathBuf, BTreeSet<String>>;

/// How many there are; an error names all that lead nowhere.
pub(super) fn check(book: &Path) -> anyhow::Result<usize> {
    let mut anchors = Anchors::new();
    let mut links = Vec::new();
    for path in workspace::files(book)? {
        if path.extension().is_some_and(|it| it == "html") {
            let text = read(&path)?;
            anchors.insert(
                path.clone(),
                attributes(&text, &["id"]).into_iter().collect(),
            );
            links.extend(
                attributes(&text, &["href", "src"])
                    .into_iter()
                    .map(|link| (path.clone(), link)),
            );
        }
    }
    let root = workspace::root();
    let mut git = workspace::command("git");
    let listed = git.args(["ls-files", "-co", "--exclude-standard", "--", "*.md"]);
    for name in processes::output(listed)?.lines() {
        let path = root.join(name);
        match name
            .strip_prefix("docs/")
            .and_then(|it| it.strip_suffix(".md"))
        {
            // Its headings are those of the built page; what it links to was seen there.
            Some(page) => {
                let built = anchors.get(&book.join(page).with_extension("html"));
                let names = built.cloned().unwrap_or_default();
                anchors.insert(path, names);
            }
            None => {
                let text = read(&path)?;
                anchors.insert(path.clone(), headings(&text));
                links.extend(
                    markdown_links(&text)
                        .into_iter()
                        .map(|link| (path.clone(), link)),
                );
            }
        }
    }
    let total = links.len();
    let dead = links.iter().filter_map(|(from, link)| {
        let reason = reason(from, link, &anchors)?;
        let from = from.strip_prefix(&root).unwrap_or(from);
        Some(format!("{}: {link}: {reason}", from.display()))
    });
    // The same page of a book has the same links in its head and at its foot.
    let dead: BTreeSet<String> = dead.collect();
    let dead: Vec<String> = dead.into_iter().collect();
    anyhow::ensure!(
        dead.is_empty(),
        "links that lead nowhere:\n{}",
        dead.join("\n")
    );
    Ok(total)
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Why a link in this file leads nowhere, if it does.
fn reason(from: &Path, link: &str, anchors: &Anchors) -> Option<&'static str> {
    let is_elsewhere = ["http:", "https:", "mailto:", "data:"];
    if is_elsewhere.iter().any(|scheme| link.starts_with(scheme)) {
        return None;
    }
    let link = decoded(link);
    let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
    let target = match path {
        "" => from.to_owned(),
        _ => joined(from, path),
    };
    if !target.exists() {
        return Some("no such file");
    }
    let names = anchors.get(&target);
    let is_there = anchor.is_empty() || names.is_some_and(|names| names.contains(anchor));
    (!is_there).then_some("no such heading")
}

/// A path as seen from a file.
fn joined(from: &Path, path: &str) -> PathBuf {
    let mut target = from.parent().unwrap_or(from).to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => {
                target.pop();
            }
            Component::CurDir => {}
            other => target.push(other),
        }
    }
    target
}

/// What these attributes of the elements of a page are. mdBook quotes them; whatever else has a `<` in its text is a
/// script, which has no links.
fn attributes(html: &str, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_script = false;
    for piece in html.split('<').skip(1) {
        is_script &= !piece.starts_with("/script");
        if is_script {
            continue;
        }
        is_script = piece.starts_with("script");
        let tag = piece.split('>').next().unwrap_or_default();
        for name in names {
            let value = tag.split_once(&format!(" {name}=\""));
            if let Some(value) = value.and_then(|(_, rest)| rest.split('"').next()) {
                found.push(value.replace("&amp;", "&"));
            }
        }
    }
    found
}

/// Percent-encoding undone.
fn decoded(link: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = link.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let escaped = digits.and_then(|it| u8::from_str_radix(it, 16).ok());
        match escaped.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Links and pictures of a Markdown file, code left aside.
fn markdown_links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        // Code between backticks is every second part; a link whose words are code goes on in the next one.
        let words: Vec<&str> = line.split('`').step_by(2).collect();
        let words = words.join("");
        let ends = words.split("](").skip(1);
        found.extend(
            ends.filter_map(|it| it.split([')', ' ']).next())
                .map(str::to_owned),
        );
        found.extend(attributes(&words, &["href", "src", "srcset"]));
    }
    found
}

/// What GitHub calls the headings of a file.
fn headings(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let names = headings.map(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words
            .chars()
            .filter(|it| it.is_alphanumeric() || "-_ ".contains(*it));
        kept.map(|it| if it == ' ' { '-' } else { it }).collect()
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_pages_and_of_markdown_are_found_and_those_in_code_are_not() {
        let page = "<a class=\"x\" href=\"a.html#b\">&lt;a href=\"c\"&gt;</a><script>if (a <b) \" src=\"d\"</script>\
                    <script src=\"e.js\"></script><h2 id=\"会话\">";
        assert_eq!(attributes(page, &["href", "src"]), ["a.html#b", "e.js"]);
        assert_eq!(attributes(page, &["id"]), ["会话"]);
        let markdown = "[`a`](b.md#c) `[d](e)` ![f](g.png \"h\")\n```\n[i](j)\n```\n<img alt=\"\" src=\"k.webp\">";
        assert_eq!(markdown_links(markdown), ["b.md#c", "g.png", "k.webp"]);
        assert_eq!(
            headings("# Real `WeChat` clients, all\nwords\n")
                .first()
                .unwrap(),
            "real-wechat-clients-all"
        );
    }

    #[test]
    fn a_link_leads_to_a_file_that_is_there_and_to_a_name_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let [from, page] = ["en/a.html", "b.html"].map(|it| folder.path().join(it));
        std::fs::create_dir(folder.path().join("en")).unwrap();
        for file in [&from, &page] {
            std::fs::write(file, "").unwrap();
        }
        let names = |name: &str| BTreeSet::from([name.to_owned()]);
        let anchors = Anchors::from([(from.clone(), names("own")), (page, names("会话"))]);
        let reason = |link: &str| reason(&from, link, &anchors);
        for fine in [
            "../b.html",
            "../b.html#%E4%BC%9A%E8%AF%9D",
            "#own",
            "https://weixin.qq.com/#x",
            "..",
        ] {
            assert_eq!(reason(fine), None, "{fine}");
        }
        assert_eq!(reason("b.html"), Some("no such file"));
        for no_name in ["../b.html#own", "#会话", "..#a"] {
            assert_eq!(reason(no_name), Some("no such heading"), "{no_name}");
        }
    }
}
