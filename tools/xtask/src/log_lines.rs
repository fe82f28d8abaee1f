//! The log lines of several processes on one screen, each with its process's name in front.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::processes::POLL;
use crate::screen::{self, Colour};

/// How many lines are kept, to be shown again when the process dies.
const KEPT: usize = 20;

/// What one process writes: passed on line by line, the last twenty lines kept.
#[derive(Default)]
pub(crate) struct LogLines {
    last: Arc<Mutex<VecDeque<String>>>,
    readers: Vec<JoinHandle<()>>,
}

impl LogLines {
    /// Prints what `child` writes to its piped outputs, as `label │ line`.
    pub(crate) fn print(child: &mut Child, label: &'static str, colour: Colour) -> LogLines {
        let front = screen::paint(colour, &format!("{label:>9} │"));
        LogLines::each(child, move |line| {
            screen::print_line(&format!("{front} {line}"));
        })
    }

    /// Calls `on_line` for every line that `child` writes to its piped outputs.
    pub(crate) fn each(
        child: &mut Child,
        on_line: impl Fn(&str) + Clone + Send + 'static,
    ) -> LogLines {
        let mut lines = LogLines::default();
        if let Some(stdout) = child.stdout.take() {
            lines.read(stdout, on_line.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            lines.read(stderr, on_line);
        }
        lines
    }

    fn read(&mut self, pipe: impl Read + Send + 'static, on_line: impl Fn(&str) + Send + 'static) {
        let last = Arc::clone(&self.last);
        self.readers.push(std::thread::spawn(move || {
            // Bytes, because one broken character must not end the reading and with it block the process.
            for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                let line = line.trim_end();
                on_line(line);
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                if last.len() == KEPT {
                    last.pop_front();
                }
                last.push_back(line.to_owned());
            }
        }));
    }

    /// The last twenty lines, once the ended process's pipes are empty.
    pub(crate) fn last_lines(&self) -> Vec<String> {
        // A stray descendant may hold the pipe open, so the wait has an end.
        let asked = Instant::now();
        while !self.readers.iter().all(JoinHandle::is_finished)
            && asked.elapsed() < Duration::from_secs(1)
        {
            std::thread::sleep(POLL);
        }
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_lines_of(input: &[u8]) -> Vec<String> {
        let mut lines = LogLines::default();
        lines.read(std::io::Cursor::new(input.to_vec()), |_| {});
        lines.last_lines()
    }

    #[test]
    fn twenty_lines_are_kept_and_the_oldest_dropped() {
        let written: Vec<String> = (1..=21).map(|number| format!("line {number}")).collect();
        let all_but_last = last_lines_of(written[..20].join("\n").as_bytes());
        assert_eq!(all_but_last, written[..20]);
        let newest = last_lines_of(written.join("\n").as_bytes());
        assert_eq!(newest, written[1..]);
    }

    #[test]
    fn broken_characters_do_not_end_the_reading() {
        assert_eq!(last_lines_of(b"a\xff\nb\r\n"), ["a\u{fffd}", "b"]);
    }
}
