//! The program by its command line: a module for each subcommand that tests are about, `start` for the others.

mod check;
mod health;
mod start;
