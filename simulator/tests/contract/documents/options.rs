//! The options in the chapter are those of the command line.

use std::collections::BTreeSet;
use std::process::Command;

const CHAPTERS: [&str; 2] = [
    include_str!("../../../../docs/en/simulator.md"),
    include_str!("../../../../docs/zh/simulator.md"),
];

/// The name at the beginning of a text, `--seed` of `--seed FILE`.
fn option(text: &str) -> Option<&str> {
    let end = text.find(|it: char| !it.is_ascii_lowercase() && it != '-');
    text.starts_with("--")
        .then(|| &text[..end.unwrap_or(text.len())])
}

#[test]
fn the_chapter_has_every_option_and_no_other() {
    let program = Command::new(env!("CARGO_BIN_EXE_wechat-simulator"));
    let help = { program }.arg("--help").output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    let lines = help.lines().map(str::trim_start);
    let mut options: BTreeSet<&str> = lines.filter_map(option).collect();
    // `-h, --help` and `-V, --version` are every program's, and do not begin so.
    assert!(!options.contains("--help") && options.contains("--seed"));
    options.remove("--");
    for chapter in CHAPTERS {
        let rows = chapter.lines().filter_map(|it| it.strip_prefix("| `"));
        let named: BTreeSet<&str> = rows.filter_map(option).collect();
        assert_eq!(named, options);
    }
}
