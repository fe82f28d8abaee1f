//! The database: whether it answers, and whether its tables are those of this version.

use super::report::{Finding, Subject};
use crate::config::Config;
use login_store::{self as store, Connection, DatabaseUrl, PgSslMode, Tables};

const CHECK: Subject = Subject("database");
const CONNECTION: Subject = Subject("database_connection");

/// Looks without changing anything: the proxy brings the tables to its version when it starts.
pub(super) async fn findings(config: &Config) -> Vec<Finding> {
    let tables = tables(config).await;
    let DatabaseUrl::Postgres(url) = &config.database else {
        return vec![tables];
    };
    // Where nobody answers, that was said.
    let connection = store::connection(url).await.ok();
    let connection = connection.map(|connection| judge_connection(&connection));
    std::iter::once(tables).chain(connection).collect()
}

/// What stands between this machine and the server.
fn judge_connection(connection: &Connection) -> Finding {
    use PgSslMode as Mode;
    let pooler = if connection.is_pooled {
        " A pooler is in between: each statement has a transaction of its own, in session mode (default_pool_size = 10 for \
         each replica) and in transaction mode; the server's own address saves the way there and back three times."
    } else {
        ""
    };
    let is_encrypted = match (connection.is_encrypted, connection.sslmode) {
        (Some(is_encrypted), _) => is_encrypted,
        (None, mode) => matches!(mode, Mode::Require | Mode::VerifyCa | Mode::VerifyFull),
    };
    let now = match (connection.is_encrypted, is_encrypted) {
        (_, true) => "Encrypted",
        (Some(_), false) => "Not encrypted",
        (None, false) => "Perhaps not encrypted",
    };
    let (mode, promise) = match connection.sslmode {
        Mode::Disable | Mode::Allow => ("disable", "is never encrypted"),
        Mode::Prefer => (
            "prefer",
            "promises nothing: it goes on without encryption where the server, or somebody before it, has none",
        ),
        Mode::Require => ("require", "is encrypted, with whoever answers"),
        Mode::VerifyCa => (
            "verify-ca",
            "is encrypted, with any server whose certificate is of the authority",
        ),
        Mode::VerifyFull => (
            "verify-full",
            "is encrypted, with the server of this name and no other",
        ),
    };
    if connection.is_local {
        return CONNECTION.ok(format!("It does not leave this machine.{pooler}"));
    }
    let what = format!("{now}; sslmode={mode} {promise}.{pooler}");
    match connection.sslmode {
        Mode::VerifyFull | Mode::VerifyCa => CONNECTION.ok(what),
        _ => CONNECTION.warning(
            what,
            "whoever is on the way can read users' ids and records, and answer in the server's place.",
            "write sslmode=verify-full, and sslrootcert with the file of the authority's certificate where the system does \
             not know it; leave it where nobody else is on that network.",
        ),
    }
}

async fn tables(config: &Config) -> Finding {
    if matches!(config.database, DatabaseUrl::SqliteMemory) {
        return CHECK.warning(
            "database_url is sqlite::memory:.",
            "all identities and records are gone when the process ends.",
            "name a file, such as sqlite:/var/lib/wechat-login/proxy.sqlite.",
        );
    }
    judge(store::inspect(&config.database).await)
}

fn judge(tables: Result<Tables, store::Error>) -> Finding {
    match tables {
        Ok(Tables::Current) => CHECK.ok("Answers, with the tables of this version."),
        Ok(Tables::Extended(version)) => CHECK.warning(format!(
                "A newer version of this program has added to its tables, by migration {version}."
            ),
            "this version works on them, but after an update all replicas should be of the new version.",
            "run the newer version here, too, or nothing while the update is under way.",
        ),
        Ok(Tables::None) => CHECK.warning("Has none of our tables yet.",
            "where tables were expected, this is another database than the one that was meant.",
            "nothing if this is a new installation: the proxy makes them when it starts.",
        ),
        Ok(Tables::Older(version)) => CHECK.warning(format!("Its tables are of the older version {version}."),
            "the proxy brings them to its version when it starts; the way back is a backup.",
            "make a backup, then start the proxy.",
        ),
        Err(error @ store::Error::Newer(_)) => CHECK.error(format!("{error}."),
            "the proxy refuses to start.",
            "run the newer version, or restore a backup from before.",
        ),
        Err(error) => CHECK.error(format!("{error}."),
            "no login works without the database.",
            "compare database_url, or [database], with the server's address, user and password, or with the file's path and owner.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Level;
    use super::*;

    #[test]
    fn what_a_mode_promises_and_what_is_so_are_two_things() {
        let judge = |sslmode, is_encrypted| {
            let connection = Connection {
                is_local: false,
                sslmode,
                is_encrypted,
                is_pooled: false,
            };
            let finding = judge_connection(&connection);
            (finding.level, finding.what)
        };
        for (mode, is_encrypted, level, words) in [
            (
                PgSslMode::Prefer,
                Some(true),
                Level::Warning,
                "Encrypted; sslmode=prefer promises nothing",
            ),
            (
                PgSslMode::Prefer,
                Some(false),
                Level::Warning,
                "Not encrypted; sslmode=prefer",
            ),
            (
                PgSslMode::Prefer,
                None,
                Level::Warning,
                "Perhaps not encrypted",
            ),
            (
                PgSslMode::Disable,
                Some(false),
                Level::Warning,
                "Not encrypted; sslmode=disable",
            ),
            (
                PgSslMode::Require,
                None,
                Level::Warning,
                "Encrypted; sslmode=require is encrypted, with whoever",
            ),
            (
                PgSslMode::VerifyFull,
                Some(true),
                Level::Ok,
                "Encrypted; sslmode=verify-full",
            ),
        ] {
            let (found, what) = judge(mode, is_encrypted);
            assert_eq!(found, level, "{what}");
            assert!(what.starts_with(words), "{what}");
        }
    }
}
