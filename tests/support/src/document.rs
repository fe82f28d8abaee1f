//! The parts of the documents that are made of code: `docs/generated/NAME.md`, which chapters of both languages include.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Compares `docs/generated/{name}` with what it has to be, or writes it where `WECHAT_LOGIN_UPDATE_DOCS` is set.
pub fn compare(name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated");
    let path = folder.join(name);
    if std::env::var_os("WECHAT_LOGIN_UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(path, text).unwrap();
        return;
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == text,
        "docs/generated/{name} is behind; run this test with WECHAT_LOGIN_UPDATE_DOCS=1"
    );
}

/// The same Markdown in the other language, by a TOML table of translations: of each cell of a table, each heading, each
/// other line. What consists of code, numbers and links only stays.
///
/// Cells with `<br>` are translated part by part. Panics where a translation is missing, with a line for each to fill in,
/// or where one is not needed any more.
#[must_use]
pub fn translated(markdown: &str, dictionary: &str) -> String {
    let words: BTreeMap<String, String> = toml::from_str(dictionary).unwrap();
    let mut used = BTreeSet::new();
    let mut missing = BTreeSet::new();
    let mut of = |text: &str| {
        let trimmed = text.trim();
        if !has_words(trimmed) {
            return text.to_owned();
        }
        used.insert(trimmed.to_owned());
        let found = words.get(trimmed).filter(|it| !it.is_empty());
        found.map_or_else(
            || {
                missing.insert(format!("{trimmed:?} = \"\""));
                String::new()
            },
            |it| text.replace(trimmed, it),
        )
    };
    let lines = markdown.lines().map(|line| {
        let mark = line.len() - line.trim_start_matches(['#', ' ']).len();
        let (mark, rest) = line.split_at(mark);
        let cells = rest.split('|').map(|cell| {
            let parts: Vec<String> = cell.split("<br>").map(&mut of).collect();
            parts.join("<br>")
        });
        let cells: Vec<String> = cells.collect();
        format!("{mark}{}\n", cells.join("|"))
    });
    let text = lines.collect();
    let missing: Vec<String> = missing.into_iter().collect();
    assert!(
        missing.is_empty(),
        "no translation:\n{}",
        missing.join("\n")
    );
    let unused: Vec<&String> = words.keys().filter(|it| !used.contains(*it)).collect();
    assert!(unused.is_empty(), "translations of nothing: {unused:#?}");
    text
}

/// Whether there is a letter outside of code and of the addresses of links.
fn has_words(text: &str) -> bool {
    let outside_code = text.split('`').step_by(2);
    outside_code
        .flat_map(|part| part.split("](").enumerate())
        .any(|(position, part)| {
            let part = if position == 0 {
                part
            } else {
                part.split_once(')').map_or("", |it| it.1)
            };
            part.contains(char::is_alphabetic)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str =
        "### Faults\n\n| what | code |\n|---|---|\n| late<br>never | `E1` [x](y.rs) 3 s |\n";

    #[test]
    fn words_are_translated_and_code_stays() {
        let dictionary = "Faults = '故障'\nwhat = '什么'\ncode = '代码'\nlate = '迟到'\nnever = '不来'\n'`E1` [x](y.rs) 3 s' = '`E1` [x](y.rs) 3 秒'";
        let expected =
            "### 故障\n\n| 什么 | 代码 |\n|---|---|\n| 迟到<br>不来 | `E1` [x](y.rs) 3 秒 |\n";
        assert_eq!(translated(TABLE, dictionary), expected);
        assert_eq!(
            translated("| `a` | 3 | [`b`](c.rs) |\n", ""),
            "| `a` | 3 | [`b`](c.rs) |\n"
        );
    }

    #[test]
    #[should_panic(
        expected = "no translation:\n\"Faults\" = \"\"\n\"`E1` [x](y.rs) 3 s\" = \"\"\n\"code\""
    )]
    fn what_is_missing_is_said() {
        let _ = translated(TABLE, "");
    }

    #[test]
    #[should_panic(expected = "translations of nothing")]
    fn what_is_not_needed_is_said() {
        let _ = translated("", "Faults = '故障'");
    }
}
