//! The chapters as they are written: the same in all languages, each named by its table of contents, and no sentence twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;

const CONTENTS: &str = "SUMMARY.md";

/// Bytes from which on a sentence is a fact of its own: 27 Chinese characters, or half a line of English.
const SENTENCE: usize = 80;

/// The chapters of one language.
struct Written<'a> {
    language: &'a str,
    /// As its table of contents has them.
    names: Vec<String>,
    /// What has to be the same in all languages, for each chapter.
    shapes: BTreeMap<String, Vec<String>>,
}

impl Written<'_> {
    fn differences(&self, other: &Written) -> Vec<String> {
        let [mine, others] = [self, other].map(|it| format!("docs/{}/", it.language));
        let mut found = Vec::new();
        if self.names != other.names {
            found.push(format!(
                "{mine}{CONTENTS} and {others}{CONTENTS} name other chapters, or in another order"
            ));
        }
        for (name, shape) in &other.shapes {
            // Where it is missing that is said elsewhere.
            let Some(there) = self.shapes.get(name) else {
                continue;
            };
            if let Some(what) = first_difference(there, shape) {
                found.push(format!("{mine}{name} and {others}{name}: {what}"));
            }
        }
        found
    }
}

/// How many chapters there are; an error names all that is wrong.
pub(super) fn check(docs: &Path, languages: &[&str]) -> anyhow::Result<usize> {
    let mut wrong = Vec::new();
    let mut first: Option<Written> = None;
    for language in languages {
        let folder = docs.join(language);
        let names = named(&read(&folder.join(CONTENTS))?);
        let texts = texts(&folder)?;
        wrong.extend(missing(language, &names, &texts));
        wrong.extend(repeated(&texts).map(|it| format!("docs/{language}/{it}")));
        let shapes = texts.iter().map(|(name, text)| (name.clone(), shape(text)));
        let written = Written {
            language,
            names,
            shapes: shapes.collect(),
        };
        match &first {
            Some(first) => wrong.extend(first.differences(&written)),
            None => first = Some(written),
        }
    }
    anyhow::ensure!(wrong.is_empty(), "the chapters:\n{}", wrong.join("\n"));
    Ok(first.map_or(0, |it| it.names.len()))
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The chapters of a language and what is in them, its table of contents left aside.
fn texts(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") && name != CONTENTS {
            let text = read(&folder.join(&name))?;
            texts.insert(name, text);
        }
    }
    Ok(texts)
}

/// The chapters that a table of contents names.
fn named(contents: &str) -> Vec<String> {
    let links = contents.lines().filter_map(|line| line.split_once("]("));
    let names = links.filter_map(|(_, rest)| rest.split(')').next());
    names.map(str::to_owned).collect()
}

fn missing(language: &str, names: &[String], texts: &BTreeMap<String, String>) -> Vec<String> {
    let named: BTreeSet<&String> = names.iter().collect();
    let missing = names.iter().filter(|it| !texts.contains_key(*it));
    let missing = missing.map(|it| format!("docs/{language}/{it} is missing"));
    let unnamed = texts.keys().filter(|it| !named.contains(it));
    let unnamed = unnamed.map(|it| format!("docs/{language}/{CONTENTS} does not name {it}"));
    missing.chain(unnamed).collect()
}

/// The lines of a chapter, each with whether it is code.
fn lines(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut fence: Option<&str> = None;
    text.lines().map(move |line| {
        let trimmed = line.trim_start();
        let ticks = &trimmed[..trimmed.len() - trimmed.trim_start_matches('`').len()];
        match fence {
            // It ends with as many as it began with.
            Some(begun) => {
                if trimmed.trim_end() == begun {
                    fence = None;
                }
                (line, true)
            }
            None => {
                let begins = ticks.len() >= 3;
                fence = begins.then_some(ticks);
                (line, begins)
            }
        }
    })
}

/// What has to be the same in all languages, in its order: the level of each heading, each block of code with its language,
/// each included file.
fn shape(text: &str) -> Vec<String> {
    let mut shape = Vec::new();
    let mut was_code = false;
    for (line, is_code) in lines(text) {
        let trimmed = line.trim();
        let level = trimmed.len() - trimmed.trim_start_matches('#').len();
        if is_code && !was_code {
            shape.push(format!("a block of code, {trimmed}"));
        } else if !is_code && level > 0 && trimmed[level..].starts_with(' ') {
            shape.push(format!("a heading of level {level}"));
        }
        if let Some((_, rest)) = trimmed.split_once("{{#include ") {
            let file = rest.split("}}").next().unwrap_or_default();
            // A file that is made in each language says which.
            shape.push(format!("the file {}", file.replace(".zh.md", ".en.md")));
        }
        was_code = is_code && !(was_code && trimmed.starts_with("```"));
    }
    shape
}

fn first_difference(one: &[String], other: &[String]) -> Option<String> {
    let end = "the end".to_owned();
    let length = one.len().max(other.len());
    let at = |shape: &[String], index: usize| shape.get(index).unwrap_or(&end).clone();
    (0..length)
        .find(|index| at(one, *index) != at(other, *index))
        .map(|index| {
            format!(
                "after {index} headings, blocks of code and included files the one has {}, the other {}",
                at(one, index),
                at(other, index)
            )
        })
}

/// Sentences that stand twice, in one chapter or in two.
fn repeated(texts: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for (name, text) in texts {
        for (line, _) in lines(text).filter(|(_, is_code)| !is_code) {
            // Cells of tables are sentences, too.
            let cells = line.split('|').flat_map(|cell| cell.split_inclusive('。'));
            for sentence in cells.flat_map(|it| it.split_inclusive(". ")) {
                let sentence = sentence.trim_matches(|it: char| !it.is_alphanumeric());
                if sentence.len() < SENTENCE {
                    continue;
                }
                if let Some(other) = seen.insert(sentence.to_owned(), name) {
                    found.push(format!("{name} says again what {other} has: {sentence}"));
                }
            }
        }
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAPTER: &str = "# A\n\nwords\n\n```sh\n# no heading\n```\n\n````md\n```\n## no\n````\n## B\n\n{{#include ../generated/b.en.md}}\n";

    fn folder(chapters: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in chapters {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn check_all(chapters: &[(&str, &str)]) -> Result<usize, String> {
        let folder = folder(chapters);
        check(folder.path(), &["en", "zh"]).map_err(|error| error.to_string())
    }

    #[test]
    fn the_same_chapters_in_other_words_are_fine() {
        let translated = CHAPTER.replace("words", "话").replace("b.en.md", "b.zh.md");
        let both = [
            ("en/SUMMARY.md", "- [A](a.md)\n"),
            ("zh/SUMMARY.md", "- [甲](a.md)\n"),
            ("en/a.md", CHAPTER),
            ("zh/a.md", &translated),
        ];
        assert_eq!(check_all(&both), Ok(1));
    }

    #[test]
    fn what_is_missing_unnamed_or_of_another_shape_is_named() {
        let wrong = |zh: &[(&str, &str)]| {
            let en = [("en/SUMMARY.md", "- [A](a.md)\n"), ("en/a.md", CHAPTER)];
            check_all(&[&en[..], zh].concat()).unwrap_err()
        };
        let summary = ("zh/SUMMARY.md", "- [甲](a.md)\n");
        assert!(wrong(&[summary]).contains("docs/zh/a.md is missing"));
        let unnamed = [("zh/SUMMARY.md", ""), ("zh/a.md", CHAPTER)];
        assert!(wrong(&unnamed).contains("docs/zh/SUMMARY.md does not name a.md"));
        assert!(wrong(&unnamed).contains("name other chapters"));
        for (from, to, said) in [
            (
                "## B",
                "### B",
                "the one has a heading of level 2, the other a heading of level 3",
            ),
            (
                "```sh",
                "```toml",
                "a block of code, ```sh, the other a block of code, ```toml",
            ),
            (
                "generated/b.en.md",
                "generated/c.en.md",
                "the other the file ../generated/c.en.md",
            ),
            (
                "{{#include ../generated/b.en.md}}",
                "",
                "the one has the file ../generated/b.en.md, the other the end",
            ),
        ] {
            let other = CHAPTER.replace(from, to);
            let said_of_it = wrong(&[summary, ("zh/a.md", &other)]);
            assert!(said_of_it.contains(said), "{said_of_it}");
        }
    }

    #[test]
    fn a_long_sentence_stands_once_in_each_language_and_code_may_stand_twice() {
        let long = "Whoever has read this sentence once does not want to read it again in another chapter of the book.";
        let twice = |what: &str| {
            let text = format!("# A\n\n- {what} And more.\n");
            check_all(&[
                ("en/SUMMARY.md", "- [A](a.md)\n- [B](b.md)\n"),
                ("zh/SUMMARY.md", "- [A](a.md)\n- [B](b.md)\n"),
                ("en/a.md", &text),
                ("en/b.md", &text),
                ("zh/a.md", &text.replace(what, "甲")),
                ("zh/b.md", &text.replace(what, "乙")),
            ])
        };
        let said = twice(long).unwrap_err();
        assert!(
            said.contains("docs/en/b.md says again what a.md has: Whoever"),
            "{said}"
        );
        assert_eq!(twice("Short."), Ok(2));
        let code = format!("# A\n\n```sh\n{long}\n```\n");
        let texts = [("a.md".to_owned(), code.clone()), ("b.md".to_owned(), code)];
        assert_eq!(repeated(&BTreeMap::from(texts)).count(), 0);
    }
}
