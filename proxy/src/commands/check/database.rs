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
        " A pooler is in between, which works in transaction mode, and in session mode with default_pool_size = 10 for each \
         replica; the server's own address saves three ways there and back for each statement."
    } else {
        ""
    };
    if connection.is_local {
        return CONNECTION.ok(format!("It does not leave this machine.{pooler}"));
    }
    let (promise, is_demanded, is_proved) = match connection.sslmode {
        Mode::Disable | Mode::Allow => ("disable: never encrypted", false, false),
        Mode::Prefer => (
            "prefer, which promises nothing: not encrypted where the server, or somebody before it, says no",
            false,
            false,
        ),
        Mode::Require => ("require: encrypted, with whoever answers", true, false),
        Mode::VerifyCa => (
            "verify-ca: encrypted, with a server whose certificate is of the authority",
            true,
            true,
        ),
        Mode::VerifyFull => (
            "verify-full: encrypted, with the server of this name",
            true,
            true,
        ),
    };
    let now = match connection.is_encrypted {
        Some(true) => "Encrypted",
        Some(false) => "Not encrypted",
        None if is_demanded => "Encrypted",
        None => "Perhaps not encrypted",
    };
    let what = format!("{now}; sslmode is {promise}.{pooler}");
    if is_proved {
        return CONNECTION.ok(what);
    }
    CONNECTION.warning(
        what,
        "whoever is on the way can read users' ids and records, or answer in the server's place.",
        "write sslmode=verify-full, and sslrootcert with the file of the authority's certificate where the system does not \
         know it; nothing where nobody else is on that network.",
    )
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
        Err(error @ store::Error::ReadOnly) => CHECK.error(format!("{error}."),
            "nobody can log in as long as it is.",
            "find out where the address leads: to a standby, to the leader of before a failover, or to a server with \
             default_transaction_read_only.",
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
        use PgSslMode::{Prefer, Require, VerifyFull};
        for (sslmode, is_encrypted, is_proved, words) in [
            (Prefer, Some(true), false, "Encrypted; sslmode is prefer"),
            (Prefer, Some(false), false, "Not encrypted; sslmode is"),
            (Prefer, None, false, "Perhaps not encrypted; sslmode is"),
            (Require, None, false, "Encrypted; sslmode is require"),
            (VerifyFull, Some(true), true, "Encrypted; sslmode is verify"),
        ] {
            let finding = judge_connection(&Connection {
                is_local: false,
                sslmode,
                is_encrypted,
                is_pooled: false,
            });
            assert_eq!(finding.level == Level::Ok, is_proved, "{finding}");
            assert!(finding.what.starts_with(words), "{finding}");
        }
    }
}
