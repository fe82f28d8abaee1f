//! A configuration that is not TOML.

use super::places::line;
use super::problem::{Problem, Problems};

/// Where the file stops being TOML. The parser's own report quotes the line, which may hold a secret.
pub(super) fn syntax_problem(file: &str, toml: &str, error: &toml::de::Error) -> Problems {
    let Some(span) = error.span() else {
        return Problems::from(Problem::new(file, error.message()));
    };
    let place = format!("{file} line {}", line(toml, span.start));
    let sections = toml.get(..span.start).and_then(|it| it.rsplit('\n').next());
    let sections = sections.map_or("", |it| it.trim_start().trim_start_matches('['));
    let sections = if is_bare(sections) { sections } else { "" };
    let key = toml.get(span).filter(|key| is_bare(key));
    let text = match (error.message(), key) {
        ("duplicate key", Some(key)) => {
            format!(
                "{sections}{key} stands there for the second time (duplicate key); keep one of the two, with all that belongs to it"
            )
        }
        (message, _) => message.to_owned(),
    };
    Problems::from(Problem::new(place, text))
}

/// What may be a key, and is nothing else of a line.
fn is_bare(text: &str) -> bool {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !text.is_empty() && text.bytes().all(is_bare)
}
