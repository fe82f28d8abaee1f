//! What is imitated, what is not, and what is a guess: `fidelity.toml`, the source of the table in the documentation.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// How far a rule of WeChat can be relied on here: the word in the file, and in the tables that are made of it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    /// As WeChat documents it or developers report it; a contract test holds it.
    #[serde(rename(deserialize = "imitated", serialize = "已模拟"))]
    Imitated,
    /// WeChat does something here, but nobody has said what; the simulator had to choose.
    #[serde(rename(deserialize = "guess", serialize = "猜测"))]
    Guess,
    /// The simulator does without, or does otherwise.
    #[serde(rename(deserialize = "not_imitated", serialize = "不模拟"))]
    NotImitated,
}

/// The whole table.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fidelity {
    pub(crate) group: Vec<Group>,
}

/// Rules about one thing.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    /// What they are about, in Chinese.
    pub(crate) title: String,
    /// One line each.
    pub(crate) rule: Vec<Rule>,
}

/// One line of the table.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// In Chinese.
    pub(crate) rule: String,
    /// How far it goes.
    pub(crate) status: Status,
    /// On what it rests, in words.
    pub(crate) source: String,
    /// The contract test that holds it: the name of a function in `tests/contract`. Every imitated rule has one.
    pub(crate) test: Option<String>,
}

/// A mistake in the file is an empty table here and a failure of the tests below.
pub(crate) static TABLE: LazyLock<Fidelity> =
    LazyLock::new(|| toml::from_str(include_str!("fidelity.toml")).unwrap_or_default());

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    const BEGIN: &str = "<!-- fidelity: begin, written by a test -->\n";
    const END: &str = "<!-- fidelity: end -->";

    fn package() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    fn markdown() -> String {
        let mut table = String::new();
        for Group { title, rule } in &TABLE.group {
            table.push_str(&format!(
                "\n### {title}\n\n| 规则 | 情况 | 依据 | 契约测试 |\n|---|---|---|---|\n"
            ));
            for rule in rule {
                let test = rule.test.as_ref().map(|test| format!("`{test}`"));
                let status = serde_json::to_value(rule.status).unwrap();
                let (text, status, source) = (&rule.rule, status.as_str().unwrap(), &rule.source);
                let test = test.unwrap_or_default();
                table.push_str(&format!("| {text} | {status} | {source} | {test} |\n"));
            }
        }
        table + "\n"
    }

    // WECHAT_SIMULATOR_UPDATE_DOCS=1 writes the table instead of comparing it.
    #[test]
    fn the_documentation_shows_this_table() {
        let path = package().join("../docs/zh/simulator.md");
        let text = fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(BEGIN).expect("the mark before the table");
        let (shown, after) = rest.split_once(END).expect("the mark after the table");
        if std::env::var_os("WECHAT_SIMULATOR_UPDATE_DOCS").is_some() {
            fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", markdown())).unwrap();
        } else {
            let command = "WECHAT_SIMULATOR_UPDATE_DOCS=1 cargo test -p wechat-simulator fidelity";
            assert!(
                shown == markdown(),
                "docs/zh/simulator.md is behind; run {command}"
            );
        }
    }

    #[test]
    fn every_imitated_rule_has_a_contract_test_and_every_named_test_exists() {
        let mut contract = String::new();
        for file in fs::read_dir(package().join("tests/contract")).unwrap() {
            let path = file.unwrap().path();
            contract.push_str(&fs::read_to_string(path).unwrap());
        }
        assert!(TABLE.group.iter().all(|group| !group.rule.is_empty()) && !TABLE.group.is_empty());
        for rule in TABLE.group.iter().flat_map(|group| &group.rule) {
            let imitated = rule.status == Status::Imitated;
            assert!(!imitated || rule.test.is_some(), "no test: {}", rule.rule);
            if let Some(test) = &rule.test {
                let declaration = format!("fn {test}(");
                assert!(contract.contains(&declaration), "no such test: {test}");
            }
            assert!(!rule.rule.contains('|') && !rule.source.contains('|'));
        }
    }
}
