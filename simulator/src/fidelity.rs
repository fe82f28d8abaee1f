//! What is imitated, what is not, and what is a guess: `fidelity.toml`, the source of the tables in the documentation.

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

/// A mistake in the file is an empty table here and a failure of the contract tests.
pub(crate) static TABLE: LazyLock<Fidelity> =
    LazyLock::new(|| toml::from_str(include_str!("fidelity.toml")).unwrap_or_default());
