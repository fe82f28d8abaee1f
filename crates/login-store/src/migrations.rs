//! The files of `migrations/`, embedded: the tables and how they came to be. Every database runs the same text.
//!
//! A file that was ever released is never edited, comments included: databases remember its checksum.
//!
//! While a new version is rolled out, older replicas go on using tables that the new one has changed, and may even be
//! restarted on them. So a migration only adds what older versions do not notice: tables, indexes, columns that may be
//! left out. One that does more begins a new era, with the next multiple of [`ERA`] as its number: older versions refuse
//! tables of a later era than their own, and have to be stopped before it runs.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Executor as _, PgConnection, PgPool, Row as _, SqlSafeStr};

use crate::Error;

/// Listed by hand: sqlx's macro for it would build SQLite a second time.
const FILES: [(i64, &str, &str); 3] = [
    (
        1,
        "identity",
        include_str!("../migrations/0001_identity.sql"),
    ),
    (2, "record", include_str!("../migrations/0002_record.sql")),
    (3, "scan", include_str!("../migrations/0003_scan.sql")),
];

/// Migrations from one multiple of this to the next go together with every version of the program that knows one of them.
const ERA: i64 = 1000;

/// Where sqlx notes which migrations ran.
pub(crate) const APPLIED: &str = "SELECT MAX(version) FROM _sqlx_migrations";

/// Where a move into PostgreSQL notes how far it is; there until it has come to its end.
pub(crate) const MOVE: &str = "wechat_login_move";

/// Whether a move into it has begun and not come to its end.
pub(crate) async fn is_half_moved(connection: &mut PgConnection) -> sqlx::Result<bool> {
    // Not prepared: that would need a session.
    let row = sqlx::raw_sql("SELECT to_regclass('wechat_login_move') IS NOT NULL");
    row.fetch_one(connection).await?.try_get(0)
}

/// What tables a database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    /// Those of this version.
    Current,
    /// Those of this version, and what this later one has added; ours works on them.
    Extended(i64),
    /// Those of this earlier version; the next start brings them to ours.
    Older(i64),
    /// None of ours; the next start makes them.
    None,
}

/// Runs all of them on PostgreSQL, in one transaction, for which others who do so wait: a lock of a session would stay with
/// whichever connection of a pooler it was taken on.
///
/// sqlx's own way prepares statements by name, which in a pooler's connection meet those of other programs.
///
/// # Errors
/// [`Error`] if one fails, or if the tables are none of ours to use; nothing is changed then.
pub(crate) async fn run_on_postgres(pool: &PgPool) -> Result<(), Error> {
    // Whatever was set there by others does not count; that a table is there already is no news for a log. The number is
    // nothing but ours.
    const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED;
        SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL client_min_messages = warning;
        SELECT pg_advisory_xact_lock(8613871550013)";
    // To the letter as sqlx makes it, which older versions of this program read.
    const NOTES: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (
        version BIGINT PRIMARY KEY, description TEXT NOT NULL,
        installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL,
        checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)";
    const RAN: &str = "SELECT version, checksum FROM _sqlx_migrations";
    const NOTE: &str = "INSERT INTO _sqlx_migrations
        (version, description, success, checksum, execution_time) VALUES ($1, $2, TRUE, $3, -1)";
    let mut transaction = pool.begin_with(BEGIN).await?;
    transaction.execute(NOTES).await?;
    let ran = sqlx::query_as(RAN).persistent(false);
    let ran: Vec<(i64, Vec<u8>)> = ran.fetch_all(&mut *transaction).await?;
    let ran: BTreeMap<i64, Vec<u8>> = ran.into_iter().collect();
    let newest = ran.last_key_value().map_or(NEWEST, |(version, _)| *version);
    accept(newest.max(NEWEST))?;
    for migration in migrator().iter() {
        match ran.get(&migration.version) {
            Some(checksum) if *checksum == *migration.checksum => {}
            Some(_) => return Err(Error::Changed(migration.version)),
            None => {
                transaction.execute(migration.sql.clone()).await?;
                let note = sqlx::query(NOTE).persistent(false);
                let note = note.bind(migration.version).bind(&*migration.description);
                let note = note.bind(&*migration.checksum);
                note.execute(&mut *transaction).await?;
            }
        }
    }
    Ok(transaction.commit().await?)
}

/// All of them, to be run on a database.
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
const NEWEST: i64 = {
    let [.., (version, ..)] = FILES;
    version
};

/// Whether this version works on tables of that version, the newest migration that ran on them.
///
/// # Errors
/// [`Error::Newer`] if they are of a later era.
pub(crate) fn judge(version: i64) -> Result<Tables, Error> {
    if version / ERA > NEWEST / ERA {
        return Err(Error::Newer(version));
    }
    Ok(match version.cmp(&NEWEST) {
        Ordering::Less => Tables::Older(version),
        Ordering::Equal => Tables::Current,
        Ordering::Greater => Tables::Extended(version),
    })
}

/// Whether it works on tables on which these have run, in their order, with their checksums.
///
/// # Errors
/// As [`judge`], and [`Error::Changed`] if one of them was another one than ours.
pub(crate) fn judge_all(ran: &[(i64, Vec<u8>)]) -> Result<Tables, Error> {
    for (version, checksum) in ran {
        let all = migrator();
        let ours = all.iter().find(|it| it.version == *version);
        if ours.is_some_and(|ours| *ours.checksum != **checksum) {
            return Err(Error::Changed(*version));
        }
    }
    let newest = ran.last().map_or(0, |(version, _)| *version);
    judge(newest)
}

/// The same for a store that is being opened: those who look after the program are told what is unusual.
///
/// # Errors
/// As [`judge`].
pub(crate) fn accept(version: i64) -> Result<(), Error> {
    if let Tables::Extended(version) = judge(version)? {
        tracing::warn!(
            tables = version,
            own = NEWEST,
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
        assert!(matches!(judge(NEWEST), Ok(Tables::Current)));
        assert!(matches!(judge(NEWEST - 1), Ok(Tables::Older(_))));
        assert!(matches!(judge(NEWEST + 1), Ok(Tables::Extended(_))));
        assert!(matches!(judge(ERA - 1), Ok(Tables::Extended(999))));
        assert!(matches!(judge(ERA), Err(Error::Newer(1000))));
    }
}
