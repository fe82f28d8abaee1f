//! The list of all attempts, and the table made of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

const LIST: &str = include_str!("list.toml");

const BEGIN: &str = "<!-- attacks:begin -->\n";
const END: &str = "<!-- attacks:end -->\n";

/// One attempt.
struct Attack {
    tried: String,
    stopped_by: String,
    file: String,
    test: String,
}

fn families() -> Vec<(String, Vec<Attack>)> {
    let list: Table = LIST.parse().unwrap();
    let families = list["family"].as_array().unwrap();
    families.iter().map(family).collect()
}

fn family(family: &Value) -> (String, Vec<Attack>) {
    let attacks = family["attacks"].as_array().unwrap();
    let attacks = attacks.iter().map(|attack| {
        let attack: Vec<String> = attack.clone().try_into().unwrap();
        let [tried, stopped_by, file, test] = attack.try_into().unwrap();
        Attack {
            tried,
            stopped_by,
            file,
            test,
        }
    });
    (
        family["name"].as_str().unwrap().to_owned(),
        attacks.collect(),
    )
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The names of all tests in a file.
fn tests_in(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split("test]\n").skip(1);
    pieces.filter_map(|piece| {
        let (_, name) = piece.split_once("fn ")?;
        name.split_once('(').map(|(name, _)| name)
    })
}

#[test]
fn every_attack_of_the_list_has_a_test() {
    let mut seen = BTreeSet::new();
    for attack in families().iter().flat_map(|(_, attacks)| attacks) {
        let text = std::fs::read_to_string(root().join(&attack.file));
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", attack.file));
        let is_there = tests_in(&text).any(|name| name == attack.test);
        assert!(is_there, "{} has no test {}", attack.file, attack.test);
        assert!(seen.insert(&attack.test), "{} is there twice", attack.test);
    }
}

#[test]
fn every_test_of_an_attack_is_in_the_list() {
    let mut folders = vec!["tools/fuzz/tests/open_redirects.rs".to_owned()];
    for (folder, beginning) in [
        ("proxy/tests/it/attacks", ""),
        ("proxy/tests/it/forward_auth", "forgeries"),
        ("tests/e2e/tests/journeys", "attacks_"),
    ] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let is_meant = name.starts_with(beginning) && name.ends_with(".rs");
            if is_meant && name != "list.rs" {
                folders.push(format!("{folder}/{name}"));
            }
        }
    }
    let families = families();
    let listed: BTreeSet<(&str, &str)> = families
        .iter()
        .flat_map(|(_, attacks)| attacks)
        .map(|attack| (attack.file.as_str(), attack.test.as_str()))
        .collect();
    for file in &folders {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        for test in tests_in(&text) {
            assert!(
                listed.contains(&(file, test)),
                "{file}: {test} is not listed"
            );
        }
    }
}

fn table() -> String {
    let families = families();
    let count: usize = families.iter().map(|(_, attacks)| attacks.len()).sum();
    let mut text = format!(
        "{count} tests, made of [proxy/tests/it/attacks/list.toml](../proxy/tests/it/attacks/list.toml).\n"
    );
    for (name, attacks) in &families {
        write!(
            text,
            "\n### {name}\n\n| tried | what stops it | test |\n|---|---|---|\n"
        )
        .unwrap();
        for Attack {
            tried,
            stopped_by,
            file,
            test,
        } in attacks
        {
            writeln!(text, "| {tried} | {stopped_by} | [{test}](../{file}) |").unwrap();
        }
    }
    text
}

// WECHAT_LOGIN_UPDATE_DOCS=1 writes the table instead of comparing it.
#[test]
fn the_table_in_the_documents_is_this_list() {
    let path = root().join("docs/security.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("WECHAT_LOGIN_UPDATE_DOCS").is_some() {
        std::fs::write(path, expected).unwrap();
    } else {
        assert!(
            text == expected,
            "docs/security.md is behind; run cargo test -p wechat-login-proxy --test it attacks::list with \
             WECHAT_LOGIN_UPDATE_DOCS=1"
        );
    }
}
