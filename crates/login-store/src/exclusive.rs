//! A database file of which nobody else has any part, until the connection is closed.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteLockingMode};
use sqlx::{ConnectOptions as _, Executor as _, SqliteConnection};

use crate::error::sqlite_code;
use crate::{Error, holder};

/// For somebody who only has a look. A proxy holds its file as long as it runs.
const PATIENCE: Duration = Duration::from_secs(1);

/// Opens a database that is there for reading all of it while nobody else can open it, be it to read. What a crash has
/// left in its `-wal` is read, too.
///
/// There is no `-shm` then, and a new `-wal` belongs to whom the file belongs, also where root opens it. The locks are
/// lost as soon as this process closes the same file anywhere else.
///
/// # Errors
/// [`Error::InUse`] if somebody has it open, [`Error::Database`] if it cannot be read or is no database.
pub(crate) async fn open_exclusively(path: &Path) -> Result<SqliteConnection, Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        // With a write-ahead log it is this that locks readers out, and without one the transaction.
        .locking_mode(SqliteLockingMode::Exclusive)
        .busy_timeout(PATIENCE)
        // How far the reading thread may be ahead, in rows.
        .row_buffer_size(1_000)
        .disable_statement_logging();
    let opened = async {
        let mut connection = options.connect().await?;
        connection.execute("BEGIN EXCLUSIVE").await?;
        Ok(connection)
    };
    opened.await.map_err(|error: sqlx::Error| {
        // SQLITE_BUSY.
        match sqlite_code(&error) {
            Some(5) => Error::InUse(holder::holder(path).ok().flatten()),
            _ => error.into(),
        }
    })
}
