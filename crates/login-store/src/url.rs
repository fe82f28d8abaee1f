//! `database_url`: the scheme chooses the kind of database.

use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

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

wechat_oauth::redacted! {
    /// A PostgreSQL address that was checked; usually with a password in it.
    PostgresUrl
}

impl DatabaseUrl {
    /// # Errors
    /// What is wrong, without quoting the text: the URLs of servers hold passwords.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("sqlite", path)) => parse_sqlite(path),
            Some(("postgres" | "postgresql", _)) => match PgConnectOptions::from_str(text) {
                Ok(_) => Ok(Self::Postgres(PostgresUrl(text.to_owned()))),
                // The parser's own words may quote the address.
                Err(_) => Err("is no PostgreSQL address; it looks like \
                     postgres://user:password@host:5432/database, special characters of the password as %XX"
                    .to_owned()),
            },
            other => {
                let scheme = other.map_or("none", |(scheme, _)| scheme);
                Err(format!(
                    "scheme {scheme:?} is not supported; write sqlite:, as in \
                     sqlite:/var/lib/wechat-login/proxy.sqlite, or postgres:"
                ))
            }
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
