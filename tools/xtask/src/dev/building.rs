//! A build with what it says on the screen, how far it is and how long it still takes.

use std::io::{BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::interrupt;
use crate::processes::{Group, POLL};
use crate::screen::{self, Colour};

use super::forecast::{self, Run, Step};

/// How often a line says how far it is where there is no terminal.
const REPORT: Duration = Duration::from_secs(10);

/// The first of these lines: what takes less needs none.
const FIRST_REPORT: Duration = Duration::from_secs(3);

/// How long the lines of a process may take after its end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What cargo says of how far it is, which is said better here.
const COURSE: [&str; 8] = [
    "Compiling",
    "Finished",
    "Fresh",
    "Dirty",
    "Downloading",
    "Updating",
    "Locking",
    "Adding",
];

/// What a build left.
pub(super) struct Built {
    pub(super) status: ExitStatus,
    /// Warnings and errors.
    pub(super) said: String,
    /// The lines of its standard output.
    pub(super) output: Vec<String>,
}

/// Which of the first steps it is.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) steps: &'a [Step],
    pub(super) number: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Heard {
    /// A line of standard output.
    Output(String),
    /// A line of standard error.
    Line(String),
    /// So many parts of so many are done.
    Count(usize, usize),
    /// One more crate.
    Downloaded,
}

/// Runs cargo, or what calls it. All that it says beside its course appears on the screen with `label` in front.
/// `meanwhile` is called all the time.
pub(super) fn run(
    command: &mut Command,
    (label, colour): (&str, Colour),
    place: Option<Place<'_>>,
    mut meanwhile: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<Built> {
    interrupt::check()?;
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Its bar has the counts, which stand nowhere else.
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "80")
        .env("CARGO_TERM_COLOR", screen::colours());
    let (mut group, stdout, stderr) = Group::start(command)?;
    let (sender, heard) = mpsc::channel();
    if let Some(stdout) = stdout {
        listen(stdout, sender.clone(), |line, _| {
            Some(Heard::Output(line.to_owned()))
        });
    }
    if let Some(stderr) = stderr {
        listen(stderr, sender, understand);
    }

    let front = screen::paint(colour, &format!("{label:>9} │"));
    let mut course = Course::begin(place);
    let (mut said, mut output) = (String::new(), Vec::new());
    let mut ended = None;
    loop {
        // The last lines may still be on their way.
        match heard.recv_timeout(if ended.is_some() { LAST_WORDS } else { POLL }) {
            Ok(Heard::Output(line)) => output.push(line),
            Ok(Heard::Count(done, total)) => course.count(done, total),
            Ok(Heard::Downloaded) => course.downloaded += 1,
            Ok(Heard::Line(line)) => {
                screen::print_line(&format!("{front} {line}"));
                said += &line;
                said.push('\n');
            }
            Err(RecvTimeoutError::Timeout) if ended.is_none() => ended = group.try_wait()?,
            Err(_) => break,
        }
        course.report();
        interrupt::check()?;
        meanwhile()?;
    }
    let status = group.wait()?;
    Ok(Built {
        status,
        said,
        output,
    })
}

/// What to do about an error that is not the code's.
pub(super) fn advise(said: &str) {
    if let Some(advice) = advice(said) {
        screen::complain(advice);
    }
}

fn advice(said: &str) -> Option<&'static str> {
    let is_said = |words: &[&str]| words.iter().any(|it| said.contains(it));
    if is_said(&["No space left on device", "os error 28"]) {
        return Some(
            "the disk is full: the first build takes about 4 GB below target/; `cargo clean` frees what other \
             checkouts have there, then save a file or start again",
        );
    }
    let is_offline = is_said(&[
        "Could not resolve host",
        "Couldn't resolve host",
        "Could not connect to server",
        "failed to download",
    ]);
    is_offline.then_some(
        "the crates cannot be downloaded, which the first build has to: is there a way to the internet, \
         or a mirror in ~/.cargo/config.toml? Then start again",
    )
}

/// Reads lines, and what a bar writes over itself: `on_line` is told whether it was written to be overwritten.
fn listen(
    pipe: impl Read + Send + 'static,
    sender: Sender<Heard>,
    on_line: fn(&str, bool) -> Option<Heard>,
) {
    std::thread::spawn(move || {
        let mut line = Vec::new();
        for byte in BufReader::new(pipe).bytes().map_while(Result::ok) {
            if byte != b'\n' && byte != b'\r' {
                line.push(byte);
                continue;
            }
            let text = String::from_utf8_lossy(&line);
            let heard = on_line(text.trim_end(), byte == b'\r');
            if heard.is_some_and(|it| sender.send(it).is_err()) {
                return;
            }
            line.clear();
        }
    });
}

/// What a line of cargo's means.
fn understand(line: &str, is_overwritten: bool) -> Option<Heard> {
    let line = line.trim_start_matches("\x1b[K");
    let plain = plain(line);
    let word = plain.split_whitespace().next().unwrap_or_default();
    if word == "Building" && plain.contains('[') {
        let counts = plain.split("] ").nth(1)?.split(':').next()?;
        let (done, total) = counts.trim().split_once('/')?;
        return Some(Heard::Count(done.parse().ok()?, total.parse().ok()?));
    }
    if word == "Downloaded" && plain.starts_with("  ") {
        return Some(Heard::Downloaded);
    }
    let is_course = plain.starts_with("   ") && COURSE.contains(&word);
    (!is_course && !is_overwritten).then(|| Heard::Line(line.to_owned()))
}

/// Without colours.
fn plain(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.find(|it: char| it.is_ascii_alphabetic());
        text + rest.and_then(|end| part.get(end + 1..)).unwrap_or_default()
    })
}

/// What is said of how far it is.
struct Course<'a> {
    run: Run,
    place: Option<Place<'a>>,
    /// Crates.
    downloaded: usize,
    reported: Option<Instant>,
}

impl<'a> Course<'a> {
    fn begin(place: Option<Place<'a>>) -> Course<'a> {
        let run = Run::begin();
        Course {
            run,
            place,
            downloaded: 0,
            reported: None,
        }
    }

    fn count(&mut self, done: usize, total: usize) {
        self.run
            .count(self.run.elapsed().as_secs_f64(), done, total);
    }

    /// A line that changes on a terminal, else one from time to time.
    fn report(&mut self) {
        let Some(line) = self.line() else { return };
        if screen::is_terminal() {
            screen::stand_below(Some(format!(
                "{} {line}",
                screen::paint(Colour::Cyan, "==>")
            )));
        } else {
            let last = self.reported.map_or_else(
                || self.run.elapsed() + REPORT - FIRST_REPORT,
                |it| it.elapsed(),
            );
            if last >= REPORT {
                self.reported = Some(Instant::now());
                screen::say(&line);
            }
        }
    }

    fn line(&self) -> Option<String> {
        let Place { steps, number } = self.place?;
        let step = steps.get(number)?;
        let following = steps.get(number + 1..).unwrap_or_default();
        let seconds = self.run.elapsed().as_secs_f64();
        // Not before cargo has found out what is there already.
        let left =
            (seconds > 2.0 && self.run.is_whole()).then(|| self.run.left(seconds, step, following));
        let so_far = match self.run.parts() {
            None if self.downloaded > 0 => format!(": {} crates downloaded", self.downloaded),
            None => String::new(),
            Some((done, all)) => format!(": {done} of {all} parts"),
        };
        Some(line(number + 1, steps.len(), step.what, &so_far, left))
    }
}

impl Drop for Course<'_> {
    fn drop(&mut self) {
        if self.place.is_some() && screen::is_terminal() {
            screen::stand_below(None);
        }
    }
}

fn line(number: usize, of: usize, what: &str, so_far: &str, left: Option<f64>) -> String {
    let left = left.map_or_else(String::new, |it| format!(", {} left", forecast::about(it)));
    let in_all = if number < of && !left.is_empty() {
        " in all"
    } else {
        ""
    };
    format!("[{number}/{of}] {what}{so_far}{left}{in_all}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_counted_and_the_course_left_out() {
        let bar = "\x1b[1m\x1b[96m    Building\x1b[0m [=====>    ] 48/75: wasmparser, toml   ";
        assert_eq!(understand(bar, true), Some(Heard::Count(48, 75)));
        let downloaded = understand("  Downloaded leptos v0.8.23", false);
        assert_eq!(downloaded, Some(Heard::Downloaded));
        let odd = "    Building [=====>    ] all but one";
        assert_eq!(understand(odd, true), None);
        let course = "\x1b[K\x1b[1m\x1b[92m   Compiling\x1b[0m walrus v0.27.3";
        assert_eq!(understand(course, false), None);
        assert_eq!(understand("    Finished `dev` profile", false), None);
    }

    #[test]
    fn what_people_have_to_read_is_left_as_it_is() {
        for line in [
            "error[E0425]: cannot find value `x`",
            "\x1b[1m\x1b[91merror\x1b[0m: no space left",
            "    Blocking waiting for file lock on build directory",
            "12 |     Compiling(x)",
            "",
        ] {
            assert_eq!(understand(line, false), Some(Heard::Line(line.to_owned())));
        }
    }

    #[test]
    fn what_the_code_cannot_help_has_its_advice() {
        let full = "error: failed to write `x.rmeta`: No space left on device (os error 28)";
        assert!(advice(full).unwrap().starts_with("the disk is full"));
        let offline = "warning: spurious network error: [6] Could not resolve host: crates.example";
        assert!(advice(offline).unwrap().contains("internet"));
        assert_eq!(advice("error[E0425]: cannot find value `x`"), None);
    }

    #[test]
    fn the_line_says_what_how_far_and_how_long() {
        let said = line(1, 2, "simulator", ": 148 of 212 parts", Some(47.0));
        assert_eq!(
            said,
            "[1/2] simulator: 148 of 212 parts, about 50 s left in all"
        );
        assert_eq!(
            line(2, 2, "app", "", Some(1.0)),
            "[2/2] app, a few seconds left"
        );
        assert_eq!(line(1, 2, "app", "", None), "[1/2] app");
    }
}
