//! Whether an SQLite file is whole, looked at beside whoever uses it.

use std::path::Path;

use sqlx::{Connection as _, SqliteConnection};

use crate::Error;
use crate::error::sqlite_code;
use crate::inspect::to_look;

/// More takes longer to read than somebody who looks wants to wait.
const MOST_BYTES: u64 = 1 << 30;

/// What of an SQLite file is seen from its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Soundness {
    /// All pages are what they should be.
    Whole,
    /// What SQLite says of the first that is not.
    Damaged(String),
    /// There is none yet.
    Absent,
    /// Of more than 1 GiB, and so not looked through.
    Large,
}

/// Looks through the database at this path, and changes nothing.
///
/// # Errors
/// [`Error`] if it cannot be read, which says nothing about what is in it.
pub async fn soundness(database: &Path) -> Result<Soundness, Error> {
    Error::refuse_half_restored(database)?;
    if !database.try_exists().map_err(sqlx::Error::from)? {
        return Ok(Soundness::Absent);
    }
    let bytes = database.metadata().map_err(sqlx::Error::from)?.len();
    if bytes > MOST_BYTES {
        return Ok(Soundness::Large);
    }
    match look(database).await {
        Ok(said) if said == "ok" => Ok(Soundness::Whole),
        Ok(said) => Ok(Soundness::Damaged(said)),
        Err(error) if is_of_damage(&error) => Ok(Soundness::Damaged(error.to_string())),
        Err(error) => Err(Error::from(error).explained(database)),
    }
}

async fn look(database: &Path) -> Result<String, sqlx::Error> {
    let mut connection = SqliteConnection::connect_with(&to_look(database)).await?;
    let said = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection);
    let said = said.await?;
    connection.close().await?;
    Ok(said)
}

/// `SQLITE_CORRUPT` and `SQLITE_NOTADB`.
fn is_of_damage(error: &sqlx::Error) -> bool {
    matches!(sqlite_code(error), Some(11 | 26))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SqliteStore;

    #[tokio::test]
    async fn a_file_is_absent_then_whole_then_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("proxy.sqlite");
        assert_eq!(soundness(&path).await.unwrap(), Soundness::Absent);
        assert!(!path.exists());
        let store = SqliteStore::open_file(&path).await.unwrap();
        // Beside whoever has it open.
        assert_eq!(soundness(&path).await.unwrap(), Soundness::Whole);
        crate::Store::close(&store).await;
        drop(store);

        let whole = std::fs::read(&path).unwrap();
        let page = 4096;
        // Every page but the first, and the first one's own words.
        for place in [0, page, 2 * page] {
            let mut bytes = whole.clone();
            bytes[place..][..64].fill(0x5a);
            std::fs::write(&path, bytes).unwrap();
            let found = soundness(&path).await.unwrap();
            assert!(matches!(found, Soundness::Damaged(_)), "{place}: {found:?}");
        }
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let found = soundness(&path).await.unwrap();
        assert!(matches!(found, Soundness::Damaged(_)), "{found:?}");
    }

    #[tokio::test]
    async fn a_large_file_is_left_alone() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(MOST_BYTES + 1).unwrap();
        assert_eq!(soundness(file.path()).await.unwrap(), Soundness::Large);
    }
}
