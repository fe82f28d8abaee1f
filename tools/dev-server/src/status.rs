//! How the build is, as whoever builds the app writes it into a file.
//!
//! | first line | what it means |
//! |---|---|
//! | `building` | the app is being compiled |
//! | `ready N` | the app in the folder is good; another `N` is another app |
//! | `broken` | it does not compile, the compiler's words follow, and the folder has the last good version |

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::watch;

/// How often the file is looked at.
const PAUSE: Duration = Duration::from_millis(200);

/// As much of the compiler's words as fits above a page.
const MOST_LINES: usize = 24;
const MOST_LETTERS: usize = 4000;

/// How the build is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    /// The last good app, if there was one since this program began.
    pub ready: Option<String>,
    /// Why there is none, or none newer: the compiler's first lines.
    pub broken: Option<String>,
}

impl Build {
    /// What follows on this where the file says that. A file that says nothing it could changes nothing.
    fn then(&self, text: &str) -> Self {
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        match first
            .trim_end()
            .split_once(' ')
            .unwrap_or((first.trim_end(), ""))
        {
            ("ready", number) if !number.is_empty() => Self {
                ready: Some(number.to_owned()),
                broken: None,
            },
            ("broken", _) => Self {
                ready: self.ready.clone(),
                broken: Some(first_lines(rest)),
            },
            // Meanwhile whoever has read that it is broken keeps what he reads.
            _ => self.clone(),
        }
    }
}

/// Follows the file for as long as anybody asks.
pub fn watch(file: PathBuf) -> watch::Receiver<Build> {
    let (told, builds) = watch::channel(read(&file, &Build::default()));
    actix_web::rt::spawn(async move {
        while !told.is_closed() {
            tokio::time::sleep(PAUSE).await;
            told.send_if_modified(|build| {
                let next = read(&file, build);
                let is_new = next != *build;
                *build = next;
                is_new
            });
        }
    });
    builds
}

fn read(file: &Path, before: &Build) -> Build {
    let text = std::fs::read(file).unwrap_or_default();
    before.then(&String::from_utf8_lossy(&text))
}

/// From the first error on, without the terminal's colours.
fn first_lines(text: &str) -> String {
    let plain = without_colours(text);
    let lines: Vec<&str> = plain.lines().map(str::trim_end).collect();
    let is_error = |line: &&str| line.starts_with("error");
    let start = lines.iter().position(is_error).unwrap_or_default();
    let lines: Vec<&str> = lines.into_iter().skip(start).take(MOST_LINES).collect();
    lines.join("\n").chars().take(MOST_LETTERS).collect()
}

/// Without escape sequences: `ESC [ … letter`.
fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            let _ = letters.by_ref().skip(1).find(char::is_ascii_alphabetic);
        } else if letter != '\r' {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_leads_from_one_state_to_the_next() {
        let mut build = Build::default();
        let (one, two) = (Some("1".to_owned()), Some("2".to_owned()));
        let words = Some("error: no".to_owned());
        for (text, ready, broken) in [
            ("", &None, &None),
            ("building", &None, &None),
            ("broken\nerror: no", &None, &words),
            ("ready 1\n", &one, &None),
            ("building\n", &one, &None),
            (
                "broken\n\u{1b}[1m\u{1b}[31mwarning\u{1b}[0m: x\n\u{1b}[31merror\u{1b}[0m: no\r\n",
                &one,
                &words,
            ),
            // Until it is known whether it is mended.
            ("building", &one, &words),
            ("read", &one, &words),
            ("ready 2", &two, &None),
            ("broken\nerror: no", &two, &words),
            // Taken back rather than mended.
            ("ready 2", &two, &None),
        ] {
            build = build.then(text);
            assert_eq!((&build.ready, &build.broken), (ready, broken), "{text}");
        }
    }

    #[test]
    fn a_compiler_of_many_words_is_cut_short() {
        let text = "error: x\n".repeat(1000);
        assert_eq!(first_lines(&text).lines().count(), MOST_LINES);
        let long = format!("error{}", "茶".repeat(10_000));
        assert_eq!(first_lines(&long).chars().count(), MOST_LETTERS);
    }
}
