//! What is wrong with something a developer wrote, and how to mend it.

use std::fmt;

use serde::Serialize;

/// One mistake in a seed file, a state file, or something sent to the control API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{at}: {what}; {fix}")]
pub struct Problem {
    /// Where: a key, such as `person[2].id`.
    pub at: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub fix: String,
}

/// All mistakes found at once, never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// A single one.
    pub(crate) fn one(at: impl fmt::Display, what_and_fix: impl fmt::Display) -> Self {
        let mut problems = Self::default();
        problems.say(at, what_and_fix);
        problems
    }

    /// Adds one: what is wrong, a semicolon, and what to do about it.
    pub(crate) fn say(&mut self, at: impl fmt::Display, what_and_fix: impl fmt::Display) {
        let text = what_and_fix.to_string();
        let (what, fix) = text.rsplit_once("; ").unwrap_or((&text, ""));
        let [at, what, fix] = [&at.to_string(), what, fix].map(str::to_owned);
        self.0.push(Problem { at, what, fix });
    }

    /// # Errors
    /// All of them, if there are any.
    pub(crate) fn or_ok(self) -> Result<(), Self> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(self),
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(Problem::to_string).collect();
        formatter.write_str(&lines.join("\n"))
    }
}
