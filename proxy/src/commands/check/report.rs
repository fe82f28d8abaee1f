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

/// What is looked at, by the word its findings have for programs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject(pub(super) &'static str);

impl Subject {
    /// In order.
    pub(super) fn ok(self, what: impl Into<String>) -> Finding {
        self.finding(Level::Ok, what.into(), None, None)
    }

    /// Not looked at.
    pub(super) fn skipped(self, what: impl Into<String>, fix: &str) -> Finding {
        self.finding(Level::Skipped, what.into(), None, Some(fix.to_owned()))
    }

    /// Something that should be better: what, why it matters, how.
    pub(super) fn warning(
        self,
        what: impl Into<String>,
        why: &str,
        fix: impl Into<String>,
    ) -> Finding {
        self.bad(Level::Warning, what, why, fix)
    }

    /// Something to mend: what, why it matters, how.
    pub(super) fn error(
        self,
        what: impl Into<String>,
        why: &str,
        fix: impl Into<String>,
    ) -> Finding {
        self.bad(Level::Error, what, why, fix)
    }

    /// The same, as bad as `level` says.
    pub(super) fn bad(
        self,
        level: Level,
        what: impl Into<String>,
        why: &str,
        fix: impl Into<String>,
    ) -> Finding {
        self.finding(level, what.into(), Some(why.to_owned()), Some(fix.into()))
    }

    fn finding(
        self,
        level: Level,
        what: String,
        why: Option<String>,
        fix: Option<String>,
    ) -> Finding {
        let Self(check) = self;
        Finding {
            level,
            check,
            what,
            why,
            fix,
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
        let bad = Subject("clock").error("It is off.", "Logins end.", "Set it.");
        let line = "error    clock: It is off. Why it matters: Logins end. To do: Set it.";
        assert_eq!(bad.to_string(), line);
        let ok = Subject("clock").ok("Fine.");
        assert_eq!(ok.to_string(), "ok       clock: Fine.");
    }

    #[test]
    fn only_errors_count_as_errors() {
        let subject = Subject("a");
        let mut report = Report(vec![
            subject.ok(""),
            subject.skipped("", ""),
            subject.warning("", "", ""),
        ]);
        assert!(!report.has_errors());
        report.0.push(subject.error("", "", ""));
        assert!(report.has_errors());
        assert!(report.to_string().ends_with("\n1 error(s), 1 warning(s)."));
    }

    #[test]
    fn json_is_a_list_of_findings_without_empty_fields() {
        let subject = Subject("a");
        let report = Report(vec![subject.ok("w"), subject.error("w", "y", "f")]);
        let json = serde_json::to_value(&report).unwrap();
        let expected = serde_json::json!([
            { "level": "ok", "check": "a", "what": "w" },
            { "level": "error", "check": "a", "what": "w", "why": "y", "fix": "f" },
        ]);
        assert_eq!(json, expected);
    }
}
