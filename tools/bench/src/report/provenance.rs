//! Where and when was measured, and what.

use std::process::Command;

use super::machine;

/// As in `2026-11-22, commit 0123456; 2 cores, 25 GB of memory`.
pub fn here() -> String {
    let date = said_by("date", &["-u", "+%Y-%m-%d"]).unwrap_or_else(|| "undated".to_owned());
    let machine = match processor() {
        Some(name) => format!("{name}, {}", machine::description()),
        None => machine::description(),
    };
    format!("{date}, {}; {machine}", commit())
}

/// The first line that a program says, on whichever output; `None` if it fails or is silent.
pub fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).ok()?;
    let line = said.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

/// The commit, and whether something was not committed.
fn commit() -> String {
    let Some(commit) = said_by("git", &["rev-parse", "--short", "HEAD"]) else {
        return "no commit".to_owned();
    };
    match said_by("git", &["status", "--porcelain", "--untracked-files=no"]) {
        None => format!("commit {commit}"),
        Some(_) => format!("commit {commit} with changes"),
    }
}

/// The name of the processor, where the system tells (Linux).
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The output of a program; `None` if there is none.
fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_or_failing_program_says_nothing() {
        assert_eq!(said_by("true", &[]), None);
        assert_eq!(said_by("false", &[]), None);
        assert_eq!(said_by("echo", &["a"]).as_deref(), Some("a"));
    }

    #[test]
    fn a_version_is_read_from_either_output() {
        let said = |script| first_line("sh", &["-c", script]);
        assert_eq!(said("echo 1; echo 2").as_deref(), Some("1"));
        assert_eq!(said("echo 3 >&2").as_deref(), Some("3"));
        assert_eq!(said("echo 4; false"), None);
    }
}
