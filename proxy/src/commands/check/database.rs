//! The database: whether it answers, and whether its tables are those of this version.

use super::report::{Finding, Level, Subject};
use super::service::Service;
use crate::config::Config;
use login_store::{
    self as store, CONNECTIONS_NEEDED, Connection, DatabaseUrl, PgSslMode, Rights, Tables,
};

const CHECK: Subject = Subject("database");
const ROLE: Subject = Subject("database_role");
const CONNECTION: Subject = Subject("database_connection");

/// Looks without changing anything: the proxy brings the tables to its version when it starts.
///
/// PostgreSQL is asked as the service's user: over a socket it may want to know who that is (`peer` in pg_hba.conf).
pub(super) async fn findings(config: &Config, service: Option<&Service>) -> Vec<Finding> {
    let DatabaseUrl::Postgres(url) = &config.database else {
        return vec![tables(config).await];
    };
    let other = service.filter(|service| !service.is_self);
    let _acting = other.and_then(Service::acts);
    let tables = match store::inspect(&config.database).await {
        Err(error) if other.is_some_and(|it| !it.is_named()) && is_about_peer(&error) => {
            return vec![CHECK.skipped(
                "The server asks for the system's user (peer), and that of the service has no name while it does not run.",
                "start the service, and look at its log; or give the role a password.",
            )];
        }
        tables => judge(tables, true),
    };
    if tables.level == Level::Error {
        // Where nobody answers, that was said.
        return vec![tables];
    }
    let role = match store::rights(url).await {
        Ok(rights) => judge_rights(&rights),
        Err(error) => failed(&error, true),
    };
    let connection = store::connection(url).await;
    let connection =
        connection.map_or_else(|error| failed(&error, true), |it| judge_connection(&it));
    vec![tables, role, connection]
}

/// Whether we are not who the server takes us for: a word that all its translations keep.
fn is_about_peer(error: &store::Error) -> bool {
    error.code().as_deref() == Some("28000") && error.to_string().to_lowercase().contains("peer")
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

/// Whether our role may do what a start and a login do, and not much more.
fn judge_rights(rights: &Rights) -> Finding {
    const NO_START: &str = "the service does not start, or no login can be stored.";
    let Rights {
        role,
        schema,
        missing,
        connections,
        ..
    } = rights;
    let Some(schema) = schema else {
        return ROLE.error(
            format!("The role {role} finds no schema that it may use."),
            NO_START,
            format!("GRANT USAGE, CREATE ON SCHEMA public TO {role}; or set its search_path."),
        );
    };
    if !rights.may_make_tables {
        return ROLE.error(
            format!("The role {role} may not make tables in the schema {schema}."),
            NO_START,
            format!("GRANT CREATE ON SCHEMA {schema} TO {role}, or let it own the database (ALTER DATABASE … OWNER TO {role})."),
        );
    }
    if !missing.is_empty() {
        return ROLE.error(
            format!("The role {role} lacks {}.", missing.join(", ")),
            NO_START,
            format!("let the tables belong to it: ALTER TABLE … OWNER TO {role}."),
        );
    }
    if *connections < CONNECTIONS_NEEDED {
        let level = if *connections < 2 {
            Level::Error
        } else {
            Level::Warning
        };
        return ROLE.bad(
            level,
            format!("The role {role} gets {connections} connection(s) at most."),
            "each replica opens up to eleven, and a command beside it one: what gets none waits, and then fails.",
            format!(
                "raise what is lowest for all replicas together: ALTER ROLE {role} CONNECTION LIMIT, ALTER DATABASE … \
                 CONNECTION LIMIT, max_connections."
            ),
        );
    }
    if rights.is_superuser {
        return ROLE.warning(
            format!("The role {role} is a superuser."),
            "whoever has its password has the whole server and its machine.",
            "make a role of its own that owns this database and nothing else.",
        );
    }
    ROLE.ok(format!(
        "The role {role} may do what is needed in the schema {schema}."
    ))
}

async fn tables(config: &Config) -> Finding {
    if matches!(config.database, DatabaseUrl::SqliteMemory) {
        return CHECK.warning(
            "database_url is sqlite::memory:.",
            "all identities and records are gone when the process ends.",
            "name a file, such as sqlite:/var/lib/wechat-login/proxy.sqlite.",
        );
    }
    judge(store::inspect(&config.database).await, false)
}

fn judge(tables: Result<Tables, store::Error>, is_server: bool) -> Finding {
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
        Err(error) => failed(&error, is_server),
    }
}

/// Each fault with its own remedy.
fn failed(error: &store::Error, is_server: bool) -> Finding {
    let code = error.code();
    let text = error.to_string();
    // Most of our own say themselves what to do.
    let (what, own_fix) = text.split_once("; ").unwrap_or((&text, ""));
    let fix = match code.as_deref().unwrap_or_default() {
        "28P01" => {
            "write the password that the role has (ALTER ROLE … PASSWORD), percent-encoded in an address; servers say the \
                    same where there is no such role."
        }
        // A word that no translation changes.
        "28000" if text.contains("pg_hba.conf") => {
            "add a line for this machine, role and database to the server's pg_hba.conf, and reload it; where it wants TLS, \
             write sslmode=require."
        }
        "28000" => {
            "make the role (CREATE ROLE … LOGIN PASSWORD), or correct the user; over a socket the server may want the \
                    system's user to have its name (peer in pg_hba.conf)."
        }
        "3D000" => "make the database (CREATE DATABASE … OWNER …), or correct its name.",
        "42501" => {
            "let the role own the database, or GRANT CONNECT on it and USAGE, CREATE on the schema."
        }
        "53300" => {
            "raise what is lowest: CONNECTION LIMIT of the role or of the database, max_connections; eleven for each \
                    replica and one for a command."
        }
        _ if !own_fix.is_empty() => own_fix,
        _ if is_server && error.is_without_server() => {
            "start the server, or correct host and port; else look at its listen_addresses and at the firewall between."
        }
        _ if is_server => "look at the server's log, and at database_url or [database].",
        _ => "look at the file: whether it is a database of this program, and whose it is.",
    };
    let what = if fix == own_fix { what } else { &text };
    CHECK.error(
        format!("{what}."),
        "no login works without the database.",
        format!("{}.", fix.trim_end_matches('.')),
    )
}

#[cfg(test)]
mod tests {
    use super::super::report::Level;
    use super::*;

    /// A real server with room for one would refuse whoever looks, as long as the connection before is not gone.
    #[test]
    fn few_connections_are_a_warning_and_a_single_one_is_an_error() {
        let narrow = |connections| Rights {
            role: "lean".to_owned(),
            is_superuser: false,
            schema: Some("lean".to_owned()),
            may_make_tables: true,
            missing: vec![],
            connections,
        };
        for (connections, level) in [
            (1, Level::Error),
            (2, Level::Warning),
            (CONNECTIONS_NEEDED - 1, Level::Warning),
            (CONNECTIONS_NEEDED, Level::Ok),
        ] {
            assert_eq!(
                judge_rights(&narrow(connections)).level,
                level,
                "{connections}"
            );
        }
    }

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
