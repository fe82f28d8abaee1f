//! The table keeps its promises.

use std::fs;
use std::path::{Path, PathBuf};

use super::{GROUPS, Status};

const BEGIN: &str = "<!-- fidelity: begin, written by a test -->\n";
const END: &str = "<!-- fidelity: end -->";

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn table() -> String {
    let mut table = String::new();
    for group in GROUPS {
        table.push_str(&format!(
            "\n### {}\n\n| 规则 | 情况 | 依据 | 契约测试 |\n|---|---|---|---|\n",
            group.title
        ));
        for rule in group.rules {
            let test = rule
                .test
                .map(|test| format!("`{test}`"))
                .unwrap_or_default();
            let (text, status, source) = (rule.rule, rule.status.label(), rule.source);
            table.push_str(&format!("| {text} | {status} | {source} | {test} |\n"));
        }
    }
    table.push('\n');
    table
}

// WECHAT_SIMULATOR_UPDATE_DOCS=1 writes the table instead of comparing it.
#[test]
fn the_documentation_shows_this_table() {
    let path = package().join("../docs/simulator.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the mark before the table");
    let (shown, after) = rest.split_once(END).expect("the mark after the table");
    if std::env::var_os("WECHAT_SIMULATOR_UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
    } else {
        assert!(
            shown == table(),
            "docs/simulator.md is behind; run cargo test -p wechat-simulator with WECHAT_SIMULATOR_UPDATE_DOCS=1"
        );
    }
}

#[test]
fn every_imitated_rule_has_a_contract_test_and_every_named_test_exists() {
    let mut files = Vec::new();
    collect(&package().join("tests/contract"), &mut files);
    let contract: String = files
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    for rule in GROUPS.iter().flat_map(|group| group.rules) {
        let imitated = rule.status == Status::Imitated;
        assert!(!imitated || rule.test.is_some(), "no test: {}", rule.rule);
        if let Some(test) = rule.test {
            assert!(
                contract.contains(&format!("async fn {test}(")),
                "no such test: {test}"
            );
        }
        assert!(!rule.rule.contains('|') && !rule.source.contains('|'));
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
