//! Moving everything from an SQLite file into PostgreSQL, once a machine is outgrown.
//!
//! `source` is the file, which nobody else has meanwhile, `target` the server, `tables` what of both is moved and how a row
//! is written down, `sums` whether both hold the same in the end. What is copied is committed in batches, each together
//! with how far it is, in a table of ours that is there until all has been compared; no proxy starts on it before.

mod source;
mod sums;
mod tables;
mod target;
#[cfg(test)]
mod tests;

use std::path::Path;

use futures_util::StreamExt as _;

use source::Source;
use sums::Sums;
use tables::{TABLES, Table};
use target::Target;

use crate::{Error, PostgresUrl};

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

/// Why a move has not come to its end. What it has copied stays, and a second run goes on there, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The file failed, or somebody has it.
    #[error("the file to move from: {0}")]
    Source(Error),
    /// There is nothing to move.
    #[error("the file to move from: there is no database of this program there")]
    NoSource,
    /// Its tables are those of an earlier version.
    #[error(
        "the file to move from: its tables are of an earlier version; start this version on it once, which brings them \
         to its own, and stop it again"
    )]
    OldSource,
    /// The server failed.
    #[error(transparent)]
    Target(#[from] Error),
    /// Proxies or another move have so many sessions there.
    #[error(
        "database: {0} session(s) of a wechat-login-proxy are on it; stop every proxy that uses it, and move first"
    )]
    TargetInUse(i64),
    /// There are so many rows of a kind that no move has brought.
    #[error(
        "database: it holds {1} {0} that did not come from this move: it is that of another installation, or was moved \
         and used already; name a new one"
    )]
    NotOurs(&'static str, u64),
    /// The file is not as it was when the move began.
    #[error(
        "database: what an interrupted move has left there is of another file, or this one was written to since; begin \
         anew with --again, which removes what that move has copied"
    )]
    SourceChanged,
    /// Some of what was moved is not there any more.
    #[error(
        "database: some of what an interrupted move has copied is gone; begin anew with --again, which removes the rest \
         of it"
    )]
    TargetChanged,
    /// A value that PostgreSQL cannot hold, or not in this column.
    #[error(
        "table {table}: a row cannot be stored by PostgreSQL: its {column} {why}, which no proxy has written; correct it \
         in the file"
    )]
    Unstorable {
        /// The table it is in.
        table: &'static str,
        /// The column it is in.
        column: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The server takes some rows of this table as little.
    #[error("table {0}: the server refuses a row: {1}")]
    Refused(&'static str, String),
    /// Both sides do not hold the same.
    #[error(
        "table {table}: at least {differing} row(s) are not the same, of {source_rows} in the file and {target_rows} in the \
         database: somebody has written to one of them meanwhile; begin anew with --again, which removes what was copied"
    )]
    Different {
        /// The table.
        table: &'static str,
        /// As far as that can be told.
        differing: u64,
        /// All rows of it in the file.
        source_rows: u64,
        /// And on the server.
        target_rows: u64,
    },
}

impl From<sqlx::Error> for MoveError {
    fn from(error: sqlx::Error) -> Self {
        Self::Target(error.into())
    }
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
