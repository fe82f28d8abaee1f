//! How a store fails.

use std::io::ErrorKind;
use std::sync::Arc;

use sqlx::migrate::MigrateError;

/// The database failed or holds something this program did not write.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("database: {0}{hint}", hint = hint(.0))]
    Database(Arc<sqlx::Error>),
    /// The tables could not be brought to this version.
    #[error("database migration: {0}")]
    Migration(MigrateError),
    /// A pooler has too few connections for us.
    #[error(
        "database: the pooler gave no session to each of our {0} connections within five seconds; in session mode it \
         needs default_pool_size = {0} for each replica and as many for a command, or write pool_mode = transaction"
    )]
    Pooler(u32),
    /// A migration that ran on the tables is not the one of this program with the same number.
    #[error(
        "database: migration {0} that ran on it is another one than this program's; run the build that made the \
         tables, or use a database of your own"
    )]
    Changed(i64),
    /// The tables were brought to a version this program cannot use.
    #[error(
        "database: its tables are of version {0}, which a newer version of this program has made; \
         run that version, or restore a backup from before"
    )]
    Newer(i64),
    /// A stored value that no version of this program writes.
    #[error("database: column {0} holds an impossible value")]
    Corrupt(&'static str),
    /// The system has no random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(#[from] getrandom::Error),
}

impl Error {
    /// Whether others were in the way for too long: too many of them, or one that held a row. Asking again helps.
    pub fn is_queue_full(&self) -> bool {
        match self.database() {
            Some(sqlx::Error::PoolTimedOut) => true,
            Some(sqlx::Error::Io(error)) => error.kind() == ErrorKind::ConnectionRefused,
            // SQLITE_BUSY: others were writing all the time. PostgreSQL's codes have five characters: lock_not_available,
            // query_canceled (both by our own timeouts), too_many_connections, serialization_failure, deadlock_detected.
            Some(sqlx::Error::Database(error)) => matches!(
                error.code().as_deref(),
                Some("5" | "55P03" | "57014" | "53300" | "40001" | "40P01")
            ),
            _ => false,
        }
    }

    /// Whether a row was refused because what it belongs to is not there.
    pub(crate) fn is_foreign_key_violation(&self) -> bool {
        let error = self.database().and_then(sqlx::Error::as_database_error);
        error.is_some_and(|error| error.is_foreign_key_violation())
    }

    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(match error {
            // What the driver makes of a load balancer that has no server: it takes connections and closes them.
            sqlx::Error::Protocol(text) if text.contains("SSLRequest: 0x00") => {
                let text = "the connection was closed before the server said a word";
                sqlx::Error::Io(std::io::Error::new(ErrorKind::ConnectionRefused, text))
            }
            other => other,
        }))
    }
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMismatch(version) => Self::Changed(version),
            other => Self::Migration(other),
        }
    }
}

/// What to do about it, where the error alone does not say.
fn hint(error: &sqlx::Error) -> &'static str {
    let text = error.to_string();
    let hints = [
        (
            "statement pooling mode",
            "; write pool_mode = transaction for this database into the pooler's configuration",
        ),
        (
            "invalid peer certificate",
            "; name the file with its authority's certificate in sslrootcert, and the server as its certificate does; \
             sslmode=require takes any certificate but those of version 1",
        ),
        (
            "server does not support TLS",
            "; switch TLS on there, or write sslmode=disable if nobody else can listen on the way",
        ),
    ];
    let hint = hints.into_iter().find(|(words, _)| text.contains(words));
    hint.map_or("", |(_, hint)| hint)
}
