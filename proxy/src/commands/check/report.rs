//! What was found: one finding for each thing looked at, as lines for people or as JSON for programs.

use std::fmt;

use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// In order.
    Ok,
    /// Works, but not as well or as safely as it should.
    Warning,
    /// Users meet an error page, a loop, or somebody who is not them.
    Error,
    /// Not looked at; the finding says why.
    Skipped,
}

/// One thing that was looked at. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at, a word for programs to compare: `callback_domain`, `credentials`…
    pub check: &'static str,
    /// What is the case.
    pub what: String,
    /// What it leads to, where it is not in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What to do, where there is something to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Finding {
    /// Something in order.
    pub(super) fn ok(check: &'static str, what: impl Into<String>) -> Self {
        Self {
            level: Level::Ok,
            check,
            what: what.into(),
            why: None,
            fix: None,
        }
    }

    /// Something that was not looked at.
    pub(super) fn skipped(
        check: &'static str,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Skipped,
            check,
            what: what.into(),
            why: None,
            fix: Some(fix.into()),
        }
    }

    /// Something to mend: what, why it matters, how.
    pub(super) fn bad(
        level: Level,
        check: &'static str,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            level,
            check,
            what: what.into(),
            why: Some(why.into()),
            fix: Some(fix.into()),
        }
    }
}

impl fmt::Display for Finding {
    /// One line.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Error => "error",
            Level::Skipped => "skipped",
        };
        let Self { check, what, .. } = self;
        write!(formatter, "{level:<8} {check}: {what}")?;
        if let Some(why) = &self.why {
            write!(formatter, " Why it matters: {why}")?;
        }
        if let Some(fix) = &self.fix {
            write!(formatter, " To do: {fix}")?;
        }
        Ok(())
    }
}

/// All findings, in the order in which things were looked at.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Report(pub Vec<Finding>);

impl Report {
    /// Whether something has to be mended first.
    pub fn has_errors(&self) -> bool {
        self.count(Level::Error) > 0
    }

    fn count(&self, level: Level) -> usize {
        let same = self.0.iter().filter(|finding| finding.level == level);
        same.count()
    }
}

impl fmt::Display for Report {
    /// A line for each finding and one that sums up.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.0 {
            writeln!(formatter, "{finding}")?;
        }
        let [errors, warnings] = [Level::Error, Level::Warning].map(|level| self.count(level));
        write!(formatter, "{errors} error(s), {warnings} warning(s).")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_with_what_why_and_what_to_do() {
        let finding = Finding::bad(
            Level::Error,
            "clock",
            "It is off.",
            "Logins end.",
            "Set it.",
        );
        assert_eq!(
            finding.to_string(),
            "error    clock: It is off. Why it matters: Logins end. To do: Set it."
        );
        assert_eq!(
            Finding::ok("clock", "Fine.").to_string(),
            "ok       clock: Fine."
        );
    }

    #[test]
    fn only_errors_count_as_errors() {
        let mut report = Report(vec![
            Finding::ok("a", ""),
            Finding::skipped("b", "", ""),
            Finding::bad(Level::Warning, "c", "", "", ""),
        ]);
        assert!(!report.has_errors());
        report.0.push(Finding::bad(Level::Error, "d", "", "", ""));
        assert!(report.has_errors());
        assert!(report.to_string().ends_with("\n1 error(s), 1 warning(s)."));
    }

    #[test]
    fn json_is_a_list_of_findings_without_empty_fields() {
        let report = Report(vec![
            Finding::ok("a", "w"),
            Finding::bad(Level::Error, "b", "w", "y", "f"),
        ]);
        let json = serde_json::to_value(&report).unwrap();
        let expected = serde_json::json!([
            { "level": "ok", "check": "a", "what": "w" },
            { "level": "error", "check": "b", "what": "w", "why": "y", "fix": "f" },
        ]);
        assert_eq!(json, expected);
    }
}
