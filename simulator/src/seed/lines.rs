//! The lines of a file that problems are about.

use toml::de::{DeTable, DeValue};

use crate::platform::Problems;

/// The line of a mistake, and what it is. Nothing of the line itself, as the error would write it, and no value: either
/// may be a secret, typed to the half.
pub(super) fn mistake(error: &toml::de::Error, text: &str) -> String {
    let line = line_of(error.span().map_or(0, |it| it.start), text);
    let what = match error.message().rsplit_once(", expected ") {
        Some((_, expected)) => format!("something else stands here, expected {expected}"),
        None => error.message().to_owned(),
    };
    format!("line {line}: {what}; mend the TOML there")
}

fn line_of(offset: usize, text: &str) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    before.split('\n').count()
}

/// Each with the line of what it is about, as far as that stands in the file.
pub(super) fn with_lines(mut problems: Problems, text: &str) -> Problems {
    let Ok(table) = DeTable::parse(text) else {
        return problems;
    };
    for problem in &mut problems.0 {
        if let Some(offset) = offset_of(table.get_ref(), &problem.at) {
            problem.at = format!("line {}: {}", line_of(offset, text), problem.at);
        }
    }
    problems
}

/// Where `account[2].appid` begins, or if that does not stand there the account.
fn offset_of(mut table: &DeTable<'_>, at: &str) -> Option<usize> {
    let mut offset = None;
    for segment in at.split('.') {
        let (name, number) = segment.split_once('[').unwrap_or((segment, ""));
        let found = table.iter().find(|(key, _)| key.get_ref() == name);
        let Some((key, mut value)) = found else {
            break;
        };
        offset = Some(key.span().start);
        let number = number.trim_end_matches(']').parse::<usize>().ok();
        if let (DeValue::Array(items), Some(number)) = (value.get_ref(), number) {
            value = items.get(number.checked_sub(1)?)?;
            offset = Some(value.span().start);
        }
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    offset
}
