//! What is written to the terminal, and in which colour.
//!
//! Nothing here panics when the terminal is gone (a lost connection, `make dev | head`): the processes still have to
//! be ended, and as nobody can see or end them any more, a line that cannot be written is a request to do so.

use std::cell::RefCell;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::interrupt;

/// Colours of the standard terminal palette, by their SGR number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Failures.
    Red = 31,
    /// Success, and the address to open.
    Green = 32,
    /// Skipped steps; the simulator's log lines.
    Yellow = 33,
    /// The proxy's log lines.
    Blue = 34,
    /// What the app's build says.
    Magenta = 35,
    /// Our own announcements.
    Cyan = 36,
}

/// Whether a person is watching, so that colours make sense.
pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal() && crate::workspace::told("NO_COLOR").is_none()
}

/// What cargo and trunk are told about colours.
pub(crate) fn colours() -> &'static str {
    if is_terminal() { "always" } else { "never" }
}

/// `text` in `colour` on a terminal, else unchanged.
pub(crate) fn paint(colour: Colour, text: &str) -> String {
    if is_terminal() {
        format!("\x1b[{}m{text}\x1b[0m", colour as u8)
    } else {
        text.to_owned()
    }
}

thread_local! {
    /// What this thread has to say, if it says it later.
    static HELD_BACK: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Does `work`, and keeps its lines for its end: what runs beside something else would else be mixed with that.
pub(crate) fn all_at_once<T>(work: impl FnOnce() -> T) -> T {
    HELD_BACK.set(Some(Vec::new()));
    let _said_at_the_end = SaidAtTheEnd;
    work()
}

/// Says what was held back, also at the end of work that panics.
struct SaidAtTheEnd;

impl Drop for SaidAtTheEnd {
    fn drop(&mut self) {
        let lines = HELD_BACK.take().unwrap_or_default();
        print_line(&lines.join("\n"));
    }
}

/// Whether this thread says what it has to say later.
pub(crate) fn is_held_back() -> bool {
    HELD_BACK.with_borrow(Option::is_some)
}

/// One whole line, never torn apart by another thread's line.
pub(crate) fn print_line(line: &str) {
    let is_held =
        HELD_BACK.with_borrow_mut(|held| held.as_mut().map(|it| it.push(line.to_owned())));
    if is_held.is_some() {
        return;
    }
    if cfg!(test) {
        // The test runner keeps back only what this macro prints; "error:" lines of passing tests alarm people.
        println!("{line}");
        return;
    }
    let standing = STANDING.lock().unwrap_or_else(PoisonError::into_inner);
    // Over the line that stands below all others, which follows again.
    let text = match &*standing {
        Some(below) => format!("\r{ERASE}{line}\n{below}"),
        None => format!("{line}\n"),
    };
    write(&text);
}

/// The rest of the terminal's line.
const ERASE: &str = "\x1b[K";

/// The line below all others, if there is one.
static STANDING: Mutex<Option<String>> = Mutex::new(None);

/// Keeps this line below all others, in place of the last one, until it is taken away. Only for a terminal, and for
/// lines that fit.
pub(crate) fn stand_below(line: Option<String>) {
    let mut standing = STANDING.lock().unwrap_or_else(PoisonError::into_inner);
    if *standing != line {
        write(&format!("\r{ERASE}{}", line.as_deref().unwrap_or_default()));
        *standing = line;
    }
}

fn write(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_bytes());
    if written.and_then(|()| stdout.flush()).is_err() {
        interrupt::request();
    }
}

/// An announcement of what happens now, with how long it usually takes if that is long.
pub(crate) fn say(text: &str) {
    print_line(&format!("{} {text}", paint(Colour::Cyan, "==>")));
}

/// The reason for a failure.
pub(crate) fn complain(text: &str) {
    print_line(&format!("{} {text}", paint(Colour::Red, "error:")));
}

/// Minutes and seconds as in `1:20`.
pub(crate) fn clock(duration: Duration) -> String {
    format!("{}:{:02}", duration.as_secs() / 60, duration.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_held_back_for_ever() {
        let said = all_at_once(is_held_back);
        let panicked = std::panic::catch_unwind(|| all_at_once(|| panic!("on purpose")));
        assert!(said && panicked.is_err());
        assert!(!is_held_back());
    }
}
