//! Moving everything from an SQLite file into PostgreSQL, once a machine is outgrown.
//!
//! `source` is the file, which nobody else has meanwhile, `target` the server, `tables` what of both is moved and how a row
//! is written down, `sums` whether both hold the same in the end. What is copied is committed in batches, each together
//! with how far it is, in a table of ours that is there until all has been compared; no proxy starts on it before.

mod error;
mod source;
mod sums;
mod tables;
mod target;
#[cfg(test)]
mod tests;

use std::path::Path;

use futures_util::StreamExt as _;

pub use error::MoveError;
use source::Source;
use tables::{TABLES, Table};
use target::Target;

use crate::PostgresUrl;

/// How far a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveProgress {
    /// What is done at the moment.
    pub step: MoveStep,
    /// `users` or `records`.
    pub rows: &'static str,
    /// So many of them are done; at first those of an interrupted run before.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

/// What a move does with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveStep {
    /// Its rows are copied.
    Copy,
    /// Those on both sides are compared.
    Compare,
}

/// What was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Users, each under one account.
    pub users: u64,
    /// What belongs to them.
    pub records: u64,
}

/// Copies all users and records of a database file into a server's tables, which are made first, and compares every row.
/// Goes on where an interrupted run has stopped; or throws away what that has copied, to begin `again`. The file stays as
/// it is, and nobody else can open it meanwhile. Logins by QR code that wait for a phone are left out: they are over in
/// three minutes.
///
/// Memory does not grow with the number of rows: a thousand of them are in it at once.
///
/// # Errors
/// [`MoveError`] says what to do.
pub async fn move_to_postgres(
    from: &Path,
    to: &PostgresUrl,
    again: bool,
    told: &dyn Fn(MoveProgress),
) -> Result<Moved, MoveError> {
    let mut source = Source::open(from).await?;
    let mut target = Target::open(to).await?;
    let (counts, mark) = source.contents().await.map_err(MoveError::Source)?;
    let places = target.places(&mark, again).await?;
    for ((table, of), mut place) in TABLES.iter().zip(counts).zip(places) {
        let tell = |done| {
            told(MoveProgress {
                step: MoveStep::Copy,
                rows: table.rows,
                done,
                of,
            })
        };
        tell(place.done());
        let mut rows = source.rows_after(table, &place.after).peekable();
        while target.copy(table, &mut rows, &mut place).await? {
            tell(place.done());
        }
    }
    for (table, of) in TABLES.iter().zip(counts) {
        compare(&mut source, &mut target, table, of, told).await?;
    }
    target.finish().await?;
    source.close().await?;
    let [users, records] = counts;
    Ok(Moved { users, records })
}

async fn compare(
    source: &mut Source,
    target: &mut Target,
    table: &Table,
    of: u64,
    told: &dyn Fn(MoveProgress),
) -> Result<(), MoveError> {
    let tell = |done| {
        told(MoveProgress {
            step: MoveStep::Compare,
            rows: table.rows,
            done,
            of,
        })
    };
    tell(0);
    let (source, target) = tokio::try_join!(source.sums(table, tell), target.sums(table))?;
    match source.differences(&target) {
        0 => Ok(()),
        differing => Err(MoveError::Different {
            table: table.name,
            differing,
            source_rows: source.rows,
            target_rows: target.rows,
        }),
    }
}
