//! Where the database is: `database_url`, whose scheme chooses the kind of database, or PostgreSQL's parts one by one.
//!
//! An address is read here, strictly, and not by the driver: a password with characters that have a meaning in addresses
//! would be cut there, and what is left of it looked up as a host or written into the log.

use std::path::PathBuf;

use crate::postgres_url::{self, PostgresUrl};

/// Where identities and records are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:<path>`: a file, relative to the working directory unless absolute.
    SqliteFile(PathBuf),
    /// `sqlite::memory:`: gone when the process ends.
    SqliteMemory,
    /// `postgres://…` or `postgresql://…`: a server.
    Postgres(PostgresUrl),
}

impl DatabaseUrl {
    /// # Errors
    /// What is wrong, without quoting the text: the URLs of servers hold passwords.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("sqlite", path)) => parse_sqlite(path),
            Some(("postgres" | "postgresql", rest)) => {
                postgres_url::parse(rest).map(Self::Postgres)
            }
            // Not quoted either: where the scheme was forgotten, it is the user.
            _ => Err(
                "does not begin with a scheme that is supported; write sqlite:, as in \
                 sqlite:/var/lib/wechat-login/proxy.sqlite, or postgres:"
                    .to_owned(),
            ),
        }
    }
}

fn parse_sqlite(path: &str) -> Result<DatabaseUrl, String> {
    if path == ":memory:" {
        return Ok(DatabaseUrl::SqliteMemory);
    }
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() {
        return Err("no path after sqlite:".to_owned());
    }
    if path.contains('?') {
        return Err(
            "options after a question mark are not supported; write only the path".to_owned(),
        );
    }
    Ok(DatabaseUrl::SqliteFile(PathBuf::from(path)))
}
