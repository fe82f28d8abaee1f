//! What is imitated, what is not, and what is a guess: the table in the documentation, held here so that a test can
//! compare it with the contract tests and with the documentation itself.

mod rules;
#[cfg(test)]
mod tests;

pub(crate) use rules::GROUPS;

/// How far a rule of WeChat can be relied on here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// As WeChat documents it or developers report it; a contract test holds it.
    Imitated,
    /// WeChat does something here, but nobody has said what; the simulator had to choose.
    Guess,
    /// The simulator does without, or does otherwise.
    NotImitated,
}

impl Status {
    /// The word in the table.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Imitated => "已模拟",
            Self::Guess => "猜测",
            Self::NotImitated => "不模拟",
        }
    }
}

/// Rules about one thing.
pub(crate) struct Group {
    /// What they are about, in Chinese.
    pub(crate) title: &'static str,
    /// One line each.
    pub(crate) rules: &'static [Rule],
}

/// One line of the table.
pub(crate) struct Rule {
    /// The rule, in Chinese.
    pub(crate) rule: &'static str,
    /// How far it goes.
    pub(crate) status: Status,
    /// On what it rests, in words.
    pub(crate) source: &'static str,
    /// The contract test that holds it: the name of a function in `tests/contract`. Every imitated rule has one.
    #[cfg_attr(not(test), expect(dead_code, reason = "compared in a test"))]
    pub(crate) test: Option<&'static str>,
}
