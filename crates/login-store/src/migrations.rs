//! The files of `migrations/`, embedded: the tables and how they came to be. Every database runs the same text.
//!
//! A file that was ever released is never edited, comments included: databases remember its checksum.
//!
//! While a new version is rolled out, older replicas go on using tables that the new one has changed, and may even be
//! restarted on them. So a migration only adds what older versions do not notice: tables, indexes, columns that may be
//! left out. One that does more begins a new era, with the next multiple of [`ERA`] as its number: older versions refuse
//! tables of a later era than their own, and have to be stopped before it runs.

use std::cmp::Ordering;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::{Error, Tables};

/// Listed by hand: sqlx's macro for it would build SQLite a second time.
const FILES: [(i64, &str, &str); 2] = [
    (
        1,
        "identity",
        include_str!("../migrations/0001_identity.sql"),
    ),
    (2, "record", include_str!("../migrations/0002_record.sql")),
];

/// Migrations from one multiple of this to the next go together with every version of the program that knows one of them.
const ERA: i64 = 1000;

/// All of them, to be run on a pool.
pub(crate) fn migrator() -> Migrator {
    let migration = |(version, name, sql): (i64, &'static str, &'static str)| {
        let sql = sql.into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    };
    let mut migrator = Migrator::with_migrations(FILES.into_iter().map(migration).collect());
    // Those of newer versions; `judge` looks at them.
    migrator.set_ignore_missing(true);
    migrator
}

/// The version after all of them.
pub(crate) fn newest() -> i64 {
    FILES
        .iter()
        .map(|(version, ..)| *version)
        .max()
        .unwrap_or(0)
}

/// Whether this version works on tables of that version, the newest migration that ran on them.
///
/// # Errors
/// [`Error::Newer`] if they are of a later era.
pub(crate) fn judge(version: i64) -> Result<Tables, Error> {
    let newest = newest();
    if version / ERA > newest / ERA {
        return Err(Error::Newer(version));
    }
    Ok(match version.cmp(&newest) {
        Ordering::Less => Tables::Older(version),
        Ordering::Equal => Tables::Current,
        Ordering::Greater => Tables::Extended(version),
    })
}

/// The same for a store that is being opened: those who look after the program are told what is unusual.
///
/// # Errors
/// As [`judge`].
pub(crate) fn accept(version: i64) -> Result<(), Error> {
    if let Tables::Extended(version) = judge(version)? {
        tracing::warn!(
            tables = version,
            own = newest(),
            "a newer version of this program has added to the tables; this one works on them, too"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_a_later_era_are_refused_and_all_others_are_not() {
        let newest = newest();
        assert!(matches!(judge(newest), Ok(Tables::Current)));
        assert!(matches!(judge(newest - 1), Ok(Tables::Older(_))));
        assert!(matches!(judge(newest + 1), Ok(Tables::Extended(_))));
        assert!(matches!(judge(ERA - 1), Ok(Tables::Extended(999))));
        assert!(matches!(judge(ERA), Err(Error::Newer(1000))));
    }
}
