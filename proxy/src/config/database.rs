//! `database_url`: the scheme chooses the kind of database.

use std::path::PathBuf;

/// Where identities are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:<path>`: a file, relative to the working directory unless absolute.
    SqliteFile(PathBuf),
    /// `sqlite::memory:`: gone when the process ends.
    SqliteMemory,
}

impl DatabaseUrl {
    /// # Errors
    /// What is wrong, without quoting the text: the URLs of other databases hold passwords.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some(path) = text.strip_prefix("sqlite:") else {
            let scheme = text.split_once(':').map_or("none", |(scheme, _)| scheme);
            return Err(format!(
                "scheme {scheme:?} is not supported; the supported scheme is sqlite, as in sqlite:/var/lib/wechat-login/proxy.sqlite"
            ));
        };
        if path == ":memory:" {
            return Ok(Self::SqliteMemory);
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
        Ok(Self::SqliteFile(PathBuf::from(path)))
    }
}
