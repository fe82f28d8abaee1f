//! What commands print for people and for other programs.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

/// Prints it. Whoever has stopped reading, as `| head` does, wants no more of it.
///
/// # Errors
/// If nothing can be written for any other reason, such as a full disk.
pub(super) fn print(text: impl Display) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match write!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}
