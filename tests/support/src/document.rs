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
/// Cells with `<br>` are translated part by part. What is not in the table itself may be with a `#` for each number and
/// each piece of code, which stay in their order: `"# of # runs" = "# 次，共 # 次"`. Panics where a translation is missing,
/// with a line for each to fill in, or where one is not needed any more.
#[must_use]
pub fn translated(markdown: &str, dictionary: &str) -> String {
    let words: BTreeMap<String, String> = toml::from_str(dictionary).unwrap();
    // From English; what the app shows is Chinese there already.
    let has_chinese = |text: &&String| text.contains(|it| ('一'..='龥').contains(&it));
    let into_chinese = words.keys().filter(has_chinese).count() < words.len().div_ceil(2);
    let mut used = BTreeSet::new();
    let mut missing = BTreeSet::new();
    let mut of = |text: &str| {
        let trimmed = text.trim();
        if !has_words(trimmed)
            || into_chinese && !trimmed.contains(|it: char| it.is_ascii_alphabetic())
        {
            return text.to_owned();
        }
        let (pattern, figures) = pattern(trimmed);
        let key = if words.contains_key(trimmed) {
            trimmed
        } else {
            &pattern
        };
        used.insert(key.to_owned());
        let Some(found) = words.get(key).filter(|it| !it.is_empty()) else {
            missing.insert(format!("{key:?} = \"\""));
            return String::new();
        };
        if key == trimmed {
            return text.replace(trimmed, found);
        }
        let mut figures = figures.into_iter();
        let parts = found
            .split_inclusive('#')
            .map(|part| match part.strip_suffix('#') {
                Some(before) => format!("{before}{}", figures.next().unwrap_or("#")),
                None => part.to_owned(),
            });
        text.replace(trimmed, &parts.collect::<String>())
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

/// A text with a `#` for each number and each piece of code, and these.
fn pattern(text: &str) -> (String, Vec<&str>) {
    let (mut pattern, mut figures, mut rest) = (String::new(), Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '`' => rest[1..].find('`').map_or(1, |end| end + 2),
            '0'..='9' => {
                let end = rest.find(|it: char| !it.is_ascii_digit() && !",.".contains(it));
                rest[..end.unwrap_or(rest.len())]
                    .trim_end_matches([',', '.'])
                    .len()
            }
            other => {
                pattern.push(other);
                rest = &rest[other.len_utf8()..];
                continue;
            }
        };
        pattern.push('#');
        figures.push(&rest[..length]);
        rest = &rest[length..];
    }
    (pattern, figures)
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
    fn figures_and_code_need_no_translation_of_their_own() {
        let text = "| 1,024.5 of 3 runs, commit `a1` |\n";
        let dictionary = "'# of # runs, commit #' = '# 次（共 # 次），提交 #'";
        let expected = "| 1,024.5 次（共 3 次），提交 `a1` |\n";
        assert_eq!(translated(text, dictionary), expected);
    }

    /// Commands that measure write the English ones.
    #[test]
    fn what_was_measured_is_there_in_both_languages() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["bench-page", "bench-proxy", "chaos", "engines", "failover"] {
            let read = |path| std::fs::read_to_string(package.join(path)).unwrap();
            let measured = read(format!("../../docs/generated/{name}.en.md"));
            let dictionary = read(format!("translations/{name}.toml"));
            compare(
                &format!("{name}.zh.md"),
                &translated(&measured, &dictionary),
            );
        }
    }

    #[test]
    #[should_panic(
        expected = "no translation:\n\"# [x](y.rs) # s\" = \"\"\n\"Faults\" = \"\"\n\"code\""
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
