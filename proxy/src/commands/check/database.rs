//! The database: whether it answers, and whether its tables are those of this version.

use super::report::{Finding, Subject};
use crate::config::Config;
use login_store::{self as store, DatabaseUrl, Tables};

const CHECK: Subject = Subject("database");

/// Looks without changing anything: the proxy brings the tables to its version when it starts.
pub(super) async fn finding(config: &Config) -> Finding {
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
            "compare database_url with the server's address, user and password, or with the file's path and owner.",
        ),
    }
}
