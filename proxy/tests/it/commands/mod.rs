//! The program by its command line: a module for each subcommand that tests are about, `start` for the others.

mod certificate;
mod check;
mod config;
mod health;
mod mistakes;
mod moving;
mod start;
mod units;

use crate::support::toml;

/// A configuration with these lines, whose database is beside it.
fn on_file(lines: &str) -> String {
    let keys = "session_keys = [\"a3f1c09e57d2b8460e9cd1735fa8b264\"]";
    toml(&format!(
        "database_url = \"sqlite:proxy.sqlite\"\n{keys}\n{lines}"
    ))
}
