//! The files of `migrations/`, embedded: the tables and how they came to be. Every database runs the same text.
//!
//! A file that was ever released is never edited, comments included: databases remember its checksum.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Listed by hand: sqlx's macro for it would build SQLite a second time.
const FILES: [(i64, &str, &str); 2] = [
    (
        1,
        "identity",
        include_str!("../../migrations/0001_identity.sql"),
    ),
    (
        2,
        "record",
        include_str!("../../migrations/0002_record.sql"),
    ),
];

/// All of them, to be run on a pool.
pub(super) fn migrator() -> Migrator {
    let migration = |(version, name, sql): (i64, &'static str, &'static str)| {
        let sql = sql.into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(FILES.into_iter().map(migration).collect())
}

/// The version after all of them.
pub(super) fn newest() -> i64 {
    FILES
        .iter()
        .map(|(version, ..)| *version)
        .max()
        .unwrap_or(0)
}
