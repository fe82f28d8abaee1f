//! The lines of a seed file that problems are about.

use toml::de::{DeTable, DeValue};

use crate::platform::Problems;

/// Each with the line of what it is about, as far as that stands in the file.
pub(super) fn with_lines(mut problems: Problems, text: &str) -> Problems {
    let Ok(table) = DeTable::parse(text) else {
        return problems;
    };
    for problem in &mut problems.0 {
        if let Some(offset) = offset_of(table.get_ref(), &problem.at) {
            let before = text.get(..offset).unwrap_or_default();
            let line = before.split('\n').count();
            problem.at = format!("line {line}: {}", problem.at);
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
