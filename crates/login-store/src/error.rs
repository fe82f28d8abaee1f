//! How a store fails.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;

use crate::files::{self, Obstacle, Process, User};
use crate::place;

/// The database failed or holds something this program did not write.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("database: {}", said(.0))]
    Database(Arc<sqlx::Error>),
    /// There is no connection. Nothing was asked of the database.
    #[error("database: {}", said(.0))]
    Unreachable(sqlx::Error),
    /// The server takes no writes.
    #[error(
        "database: the server is read-only (a standby?); name an address that always leads to the one that takes writes"
    )]
    ReadOnly,
    /// The tables could not be brought to this version.
    #[error("database migration: {}", said_of_migration(.0))]
    Migration(MigrateError),
    /// A move into it has not come to its end.
    #[error(
        "database: a move into it is not finished; run `wechat-login-proxy move` again, which goes on where it was, or \
         drop all tables there to give it up"
    )]
    HalfMoved,
    /// Another process has the database file open: this one, where the system tells.
    #[error(
        "database: {holder} has the file open; stop the proxy that runs on it (systemctl stop wechat-login-proxy)",
        holder = .0.as_ref().map_or("another process".to_owned(), ToString::to_string)
    )]
    InUse(Option<Process>),
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
    /// Files and folders of the database are not as it needs them.
    #[error("database: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Files(Vec<Obstacle>),
    /// The database is neither what it was before a restore nor what it will be after it.
    #[error(
        "database: a restore of {} is under way or was interrupted; run `wechat-login-proxy restore FILE` again", .0.display()
    )]
    HalfRestored(PathBuf),
    /// A stored value that no version of this program writes.
    #[error("database: column {0} holds an impossible value")]
    Corrupt(&'static str),
    /// The system has no random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(#[from] getrandom::Error),
}

impl Error {
    /// Whether it passes by itself, so that asking again helps: the database is away or changes its server, or others were in
    /// the way for too long, too many of them or one that held a row.
    pub fn is_passing(&self) -> bool {
        if self.is_undone() || self.is_lost_connection() {
            return true;
        }
        match self.database() {
            Some(sqlx::Error::PoolTimedOut) => true,
            // SQLITE_BUSY: others were writing all the time. PostgreSQL's codes have five characters: query_canceled, by our
            // own timeout.
            Some(error) => code_of(error).is_some_and(|it| matches!(&*it, "5" | "57014")),
            None => false,
        }
    }

    /// The database's own code of it: five characters from PostgreSQL.
    pub fn code(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Unreachable(error) => code_of(error),
            other => code_of(other.database()?),
        }
    }

    /// Whether no server answered at all.
    pub fn is_without_server(&self) -> bool {
        let error = match self {
            Self::Unreachable(error) => Some(error),
            other => other.database(),
        };
        matches!(error, Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut))
    }

    /// Whether nothing was done, and it would be if it were tried again.
    pub(crate) fn is_undone(&self) -> bool {
        match self {
            Self::Unreachable(
                sqlx::Error::PoolClosed | sqlx::Error::Tls(_) | sqlx::Error::Configuration(_),
            ) => false,
            // A wrong password, no right, no such database.
            Self::Unreachable(error) => !code_of(error)
                .is_some_and(|it| it.starts_with("28") || matches!(&*it, "3D000" | "42501")),
            Self::ReadOnly => true,
            // serialization_failure, deadlock_detected, too_many_connections, cannot_connect_now, lock_not_available
            Self::Database(error) => code_of(error)
                .is_some_and(|it| matches!(&*it, "40001" | "40P01" | "53300" | "57P03" | "55P03")),
            _ => false,
        }
    }

    /// Whether the connection was lost, so that nobody knows what was done.
    pub(crate) fn is_lost_connection(&self) -> bool {
        match self.database() {
            Some(sqlx::Error::Io(error)) => matches!(
                error.kind(),
                ErrorKind::BrokenPipe
                    | ErrorKind::ConnectionAborted
                    | ErrorKind::ConnectionRefused
                    | ErrorKind::ConnectionReset
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
                    | ErrorKind::NotConnected
                    | ErrorKind::TimedOut
                    | ErrorKind::UnexpectedEof
            ),
            // The class of connection exceptions, which poolers use for all of theirs; statement_completion_unknown,
            // admin_shutdown, crash_shutdown, idle_session_timeout.
            Some(error) => code_of(error).is_some_and(|it| {
                it.starts_with("08") || matches!(&*it, "40003" | "57P01" | "57P02" | "57P05")
            }),
            None => false,
        }
    }

    /// Refuses a database in whose place a restore is putting another one.
    ///
    /// # Errors
    /// [`Self::HalfRestored`].
    pub fn refuse_half_restored(database: &Path) -> Result<(), Self> {
        let database = place::resolved(database);
        if place::restore_of(&database).symlink_metadata().is_ok() {
            return Err(Self::HalfRestored(database));
        }
        Ok(())
    }

    /// Refuses a database in whose place, or beside which, is a link: whoever follows it would read and write elsewhere.
    ///
    /// # Errors
    /// [`Self::Files`].
    pub(crate) fn refuse_links(database: &Path) -> Result<(), Self> {
        let found = files::links(database);
        match found.is_empty() {
            true => Ok(()),
            false => Err(Self::Files(found)),
        }
    }

    /// Says what is in the way at the database's place, if that is what it comes from.
    pub(crate) fn explained(self, database: &Path) -> Self {
        if !self.is_about_files() {
            return self;
        }
        Self::in_the_way(database).unwrap_or(self)
    }

    /// [`Self::Files`], if anything there is not as it should be.
    pub(crate) fn in_the_way(database: &Path) -> Option<Self> {
        let found = files::obstacles(database, &User::current());
        let full = files::full(database).filter(|_| found.is_empty());
        let found: Vec<Obstacle> = found.into_iter().chain(full).collect();
        (!found.is_empty()).then_some(Self::Files(found))
    }

    /// Whose they are, what is missing, a full disk.
    fn is_about_files(&self) -> bool {
        let error = match self {
            Self::Migration(MigrateError::Execute(error)) => Some(error),
            _ => self.database(),
        };
        match error {
            Some(sqlx::Error::Io(_)) => true,
            // SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN.
            Some(error) => matches!(sqlite_code(error), Some(8 | 10 | 13 | 14)),
            None => false,
        }
    }

    pub(crate) fn unreachable(error: sqlx::Error) -> Self {
        Self::Unreachable(plain(error))
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
        // read_only_sql_transaction
        if code_of(&error).as_deref() == Some("25006") {
            return Self::ReadOnly;
        }
        Self::Database(Arc::new(plain(error)))
    }
}

/// The database's own code of an error.
fn code_of(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error()?.code()
}

/// SQLite's result code: the lower byte of what it says, which above it is more exact.
pub(crate) fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    let code = code_of(error)?.parse::<i32>().ok()?;
    Some(code & 0xff)
}

/// As somebody would say it who knows what it comes from.
pub(crate) fn plain(error: sqlx::Error) -> sqlx::Error {
    match error {
        // What the driver makes of a load balancer that has no server: it takes connections and closes them.
        sqlx::Error::Protocol(text) if text.contains("SSLRequest: 0x00") => {
            let text = "the connection was closed before the server said a word";
            sqlx::Error::Io(std::io::Error::new(ErrorKind::ConnectionRefused, text))
        }
        other => other,
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

/// In the server's own words, without the line of its source, and what to do.
fn said(error: &sqlx::Error) -> String {
    let server = error.as_database_error();
    let server = server.and_then(|it| it.try_downcast_ref::<PgDatabaseError>());
    let said = server.map_or_else(
        || error.to_string(),
        |it| format!("error returned from database: {}", it.message()),
    );
    said + hint(error)
}

fn said_of_migration(error: &MigrateError) -> String {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => said(error),
        other => other.to_string(),
    }
}

/// What to do about it, where the error alone does not say.
fn hint(error: &sqlx::Error) -> &'static str {
    // insufficient_privilege
    if code_of(error).as_deref() == Some("42501") {
        return "; let the role own the database and all that is in it";
    }
    let text = error.to_string();
    let hints = [
        ("is full", "; make room on its file system"),
        (
            "readonly database",
            "; `wechat-login-proxy check` says which file belongs to whom",
        ),
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
