//! The list of all attempts, and the tables made of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use test_support::document;

#[derive(Deserialize)]
struct List {
    family: Vec<Family>,
}

#[derive(Deserialize)]
struct Family {
    name: String,
    attacks: Vec<Attack>,
}

/// One attempt: what is tried, what stops it, the file and the name of the test.
#[derive(Deserialize)]
struct Attack(String, String, String, String);

fn families() -> Vec<Family> {
    let list: List = toml::from_str(include_str!("list.toml")).unwrap();
    list.family
}

/// Files and names of the tests in the list.
fn listed() -> Vec<(String, String)> {
    let attacks = families().into_iter().flat_map(|family| family.attacks);
    attacks
        .map(|Attack(_, _, file, test)| (file, test))
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The names of all tests in a file.
fn tests_in(file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(file));
    let text = text.unwrap_or_else(|error| panic!("{file}: {error}"));
    let pieces = text.split("test]\n").skip(1);
    let names = pieces.filter_map(|piece| {
        let (_, name) = piece.split_once("fn ")?;
        Some(name.split_once('(')?.0.to_owned())
    });
    names.collect()
}

#[test]
fn every_attack_of_the_list_has_a_test() {
    let mut seen = BTreeSet::new();
    for (file, test) in listed() {
        assert!(tests_in(&file).contains(&test), "{file} has no test {test}");
        assert!(seen.insert(test.clone()), "{test} is there twice");
    }
}

#[test]
fn every_test_of_an_attack_is_in_the_list() {
    let mut files = Vec::new();
    for (folder, beginning) in [
        ("proxy/tests/it/attacks", ""),
        ("proxy/tests/it/forward_auth", "forgeries"),
        ("tests/e2e/tests/journeys", "attacks_"),
    ] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let is_meant = name.starts_with(beginning) && name.ends_with(".rs");
            if is_meant && name != "list.rs" {
                files.push(format!("{folder}/{name}"));
            }
        }
    }
    let listed = listed();
    for file in files {
        for test in tests_in(&file) {
            let entry = (file.clone(), test);
            assert!(listed.contains(&entry), "{entry:?} is not listed");
        }
    }
}

fn table() -> String {
    let mut text = format!("{} tests.\n", listed().len());
    for Family { name, attacks } in families() {
        let head = "| tried | what stops it | test |\n|---|---|---|\n";
        text += &format!("\n### {name}\n\n{head}");
        for Attack(tried, stopped_by, _, test) in attacks {
            text += &format!("| {tried} | {stopped_by} | `{test}` |\n");
        }
    }
    text
}

#[test]
fn the_tables_in_the_documents_are_this_list() {
    document::compare("attacks.en.md", &table());
    let chinese = document::translated(&table(), include_str!("list.zh.toml"));
    document::compare("attacks.zh.md", &chinese);
}
