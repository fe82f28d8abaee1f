//! How a move ends before its time.

use crate::Error;

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
         database: somebody has written to one of them meanwhile; {}", after(*source_rows, *target_rows)
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

/// What is more than was copied is somebody's.
fn after(source_rows: u64, target_rows: u64) -> &'static str {
    match target_rows > source_rows {
        true => "stop whoever does, and name a new database",
        false => "begin anew with --again, which removes what was copied",
    }
}

impl From<sqlx::Error> for MoveError {
    fn from(error: sqlx::Error) -> Self {
        Self::Target(error.into())
    }
}
